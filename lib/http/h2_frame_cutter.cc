#include "lib/http/h2_frame_cutter.h"

#include <algorithm>
#include <utility>

namespace postern {
namespace {

constexpr size_t kFrameHead = 9;
constexpr uint8_t kData = 0, kHeaders = 1, kWindowUpdate = 8, kContinuation = 9;
constexpr uint8_t kEndHeaders = 4, kPadded = 8;

bool HasIncrement(const FrameHead& head) { return head.type == kWindowUpdate && head.length == 4; }

bool IsPadded(const FrameHead& head) {
  return (head.type == kData || head.type == kHeaders) && (head.flags & kPadded) != 0 &&
         head.length > 0;
}

// Returns how many bytes of the payload are judged with the head: a WINDOW_UPDATE's increment, or
// the length of padding.
size_t Leading(const FrameHead& head) { return HasIncrement(head) ? 4 : IsPadded(head) ? 1 : 0; }

}  // namespace

// Takes from `input` what is missing of a frame's head, and of what leads its payload. Returns
// whether it is whole.
bool H2FrameCutter::CollectHead(ByteSpan* input) {
  const auto fill = [&](size_t wanted) {
    const size_t size = std::min(wanted - head_size_, input->size());
    std::copy_n(input->begin(), size, head_.begin() + head_size_);
    head_size_ += size;
    *input = input->subspan(size);
    return head_size_ == wanted;
  };
  if (head_size_ < kFrameHead && !fill(kFrameHead)) return false;
  return fill(kFrameHead + Leading(ReadHead()));
}

FrameHead H2FrameCutter::ReadHead() const {
  const auto& h = head_;
  FrameHead head;
  head.length = static_cast<uint32_t>(h[0] << 16 | h[1] << 8 | h[2]);
  head.type = h[3];
  head.flags = h[4];
  head.stream = (static_cast<uint32_t>(h[5]) << 24 | h[6] << 16 | h[7] << 8 | h[8]) & INT32_MAX;
  return head;
}

H2FrameCutter::Piece H2FrameCutter::Cut(ByteSpan* input) {
  size_t& left = preface_left_ > 0 ? preface_left_ : frame_left_;
  if (left > 0) {
    const ByteSpan bytes = input->first(std::min(left, input->size()));
    *input = input->subspan(bytes.size());
    left -= bytes.size();
    return {bytes, std::nullopt};
  }
  if (!CollectHead(input)) return {};
  FrameHead head = ReadHead();
  if (IsPadded(head)) head.padding = uint32_t{1} + head_[kFrameHead];
  const size_t size = std::exchange(head_size_, 0);
  frame_left_ = head.length - (size - kFrameHead);
  Piece piece = {.bytes = ByteSpan(head_).first(size), .begins = head};
  if (head.type == kHeaders || head.type == kContinuation) {
    in_block_ = (head.flags & kEndHeaders) == 0;
  }
  piece.zero_update = HasIncrement(head) && head.stream != 0 && !in_block_ &&
                      ((head_[9] & 0x7f) | head_[10] | head_[11] | head_[12]) == 0;
  return piece;
}

}  // namespace postern
