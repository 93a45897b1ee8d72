#include "lib/http/chunk_decoder.h"

#include <algorithm>
#include <limits>

#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr int kMostDigits = 16;
constexpr uint32_t kLineExtra = 4 << 10;
constexpr uint32_t kTotalExtra = 16 << 10;

bool IsExtensionByte(char c) { return c == '\t' || (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f); }

}  // namespace

// Takes one byte of a size line, from after its first digit to its CR.
bool ChunkDecoder::Line(char c) {
  if (c == '\r') {
    state_ = State::kSizeLf;
    return true;
  }
  if (state_ == State::kSize) {
    if (const int digit = HexDigit(c); digit >= 0) {
      if (++digits_ > kMostDigits) return false;
      if (size_ > (std::numeric_limits<int64_t>::max() >> 4)) return false;
      size_ = size_ << 4 | static_cast<uint64_t>(digit);
      return true;
    }
  }
  if (++line_extra_ > kLineExtra || ++total_extra_ > kTotalExtra) return false;
  if (state_ == State::kExtension) return IsExtensionByte(c);
  if (c == ';') {
    state_ = State::kExtension;
    return true;
  }
  state_ = State::kBlank;
  return c == ' ' || c == '\t';
}

ChunkDecoder::Result ChunkDecoder::Next(std::string_view* input, std::string_view* data) {
  while (!input->empty()) {
    const char c = input->front();
    switch (state_) {
      case State::kFirstDigit: {
        const int digit = HexDigit(c);
        if (digit < 0) return Result::kBad;
        size_ = static_cast<uint64_t>(digit);
        digits_ = 1;
        line_extra_ = 0;
        state_ = State::kSize;
        break;
      }
      case State::kSize:
      case State::kBlank:
      case State::kExtension:
        if (!Line(c)) return Result::kBad;
        break;
      case State::kSizeLf:
        if (c != '\n') return Result::kBad;
        if (size_ == 0) {
          input->remove_prefix(1);
          return Result::kLast;
        }
        state_ = State::kData;
        break;
      case State::kData: {
        const size_t size = std::min<uint64_t>(size_, input->size());
        *data = input->substr(0, size);
        input->remove_prefix(size);
        size_ -= size;
        if (size_ == 0) state_ = State::kDataCr;
        return Result::kData;
      }
      case State::kDataCr:
        if (c != '\r') return Result::kBad;
        state_ = State::kDataLf;
        break;
      case State::kDataLf:
        if (c != '\n') return Result::kBad;
        state_ = State::kFirstDigit;
        break;
    }
    input->remove_prefix(1);
  }
  return Result::kMore;
}

}  // namespace postern
