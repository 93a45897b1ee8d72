#include "lib/http/grpc_web_encoder.h"

#include <algorithm>

namespace postern {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr uint8_t kHeadSize = 5;

void WriteGroup(uint32_t bits, uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    out[i] = static_cast<uint8_t>(kAlphabet[bits >> (18 - 6 * i) & 0x3f]);
  }
}

}  // namespace

size_t GrpcWebEncoder::Add(uint8_t byte, uint8_t* out) {
  bits_ = bits_ << 8 | byte;
  if (++count_ < 3) return 0;
  WriteGroup(bits_, out);
  bits_ = count_ = 0;
  return 4;
}

size_t GrpcWebEncoder::Encode(ByteSpan* input, std::span<uint8_t> out) {
  size_t written = 0;
  while (!input->empty() && out.size() - written >= kRoom) {
    uint8_t* const to = out.data() + written;
    const uint8_t* in = input->data();
    size_t taken = 1;
    if (head_ < kHeadSize) {
      ++head_;
      left_ = left_ << 8 | *in;  // The flag is shifted out at the end.
      written += Add(*in, to);
    } else if (count_ == 0 && left_ >= 3 && input->size() >= 3) {
      const size_t groups =
          std::min({size_t{left_} / 3, input->size() / 3, (out.size() - written) / 4 - 1});
      for (size_t i = 0; i < groups; ++i, in += 3) {
        WriteGroup(uint32_t{in[0]} << 16 | uint32_t{in[1]} << 8 | in[2], to + 4 * i);
      }
      taken = 3 * groups;
      left_ -= static_cast<uint32_t>(taken);
      written += 4 * groups;
    } else {
      --left_;
      written += Add(*in, to);
    }
    *input = input->subspan(taken);
    if (head_ == kHeadSize && left_ == 0) written += Finish(out.subspan(written));
  }
  return written;
}

size_t GrpcWebEncoder::Finish(std::span<uint8_t> out) {
  head_ = 0;
  left_ = 0;
  if (count_ == 0) return 0;
  WriteGroup(bits_ << (8 * (3 - count_)), out.data());
  for (size_t i = 1u + count_; i < 4; ++i) out[i] = '=';
  bits_ = count_ = 0;
  return 4;
}

}  // namespace postern
