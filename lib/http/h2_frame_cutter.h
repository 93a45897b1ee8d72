// The input of an HTTP/2 connection, cut so that nghttp2 sees one frame at a time and each frame's
// head can be judged before. What is too much is for lib/http/h2_budget.h.

#ifndef POSTERN_HTTP_H2_FRAME_CUTTER_H_
#define POSTERN_HTTP_H2_FRAME_CUTTER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "postern/bytes.h"

namespace postern {

// A FrameHead is the header of a frame, RFC 9113 section 4.1, and what is padding in it.
struct FrameHead {
  uint32_t length = 0;
  uint32_t padding = 0;  // Bytes of `length`, among them the one that counts them.
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t stream = 0;
};

// An H2FrameCutter knows where in the preface or in a frame its input is.
class H2FrameCutter {
 public:
  // H2FrameCutter expects `preface` bytes ahead of the first frame.
  explicit H2FrameCutter(size_t preface) : preface_left_(preface) {}

  // A Piece is what nghttp2 is to see next; nothing while a frame's head is not whole.
  struct Piece {
    ByteSpan bytes;
    std::optional<FrameHead> begins;  // The frame that begins with `bytes`.
    // It is a WINDOW_UPDATE of a stream by 0: the stream's error, for which nghttp2 would end the
    // connection (RFC 9113 section 6.9). `bytes` are then of no use.
    bool zero_update = false;
  };

  // Cut takes a piece from the front of `input`; `bytes` stay until the next call.
  Piece Cut(ByteSpan* input);

 private:
  bool CollectHead(ByteSpan* input);
  FrameHead ReadHead() const;

  size_t preface_left_;
  std::array<uint8_t, 13> head_ = {};  // With what Leading counts.
  size_t head_size_ = 0;
  size_t frame_left_ = 0;  // Of the payload.
  bool in_block_ = false;  // A header block goes on with the next frame.
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_FRAME_CUTTER_H_
