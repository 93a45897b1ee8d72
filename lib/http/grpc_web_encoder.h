// The body of an application/grpc-web-text answer, from gRPC's. Its last frame, which has the
// trailers, is lib/http/grpc_web.h's.

#ifndef POSTERN_HTTP_GRPC_WEB_ENCODER_H_
#define POSTERN_HTTP_GRPC_WEB_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "postern/bytes.h"

namespace postern {

// A GrpcWebEncoder writes each message as base64 of its own, padded, as Envoy does: a client can
// decode it when it is there. What it holds back of one is less than three bytes.
class GrpcWebEncoder {
 public:
  // kRoom is how much room in `out` lets Encode go on.
  static constexpr size_t kRoom = 8;

  // Encode takes from the front of `input` until that is empty or `out` has less room than kRoom.
  // It returns how many characters it wrote.
  size_t Encode(ByteSpan* input, std::span<uint8_t> out);

  // Finish ends a message, be it complete or not, so that what follows is another. It returns how
  // many characters it wrote: at most 4.
  size_t Finish(std::span<uint8_t> out);

 private:
  size_t Add(uint8_t byte, uint8_t* out);

  uint8_t head_ = 0;   // How much of the message's head has come: a flag, and four bytes of length.
  uint32_t left_ = 0;  // That length, or what of it has come; then what is left of the message.
  uint32_t bits_ = 0;  // Of the group that has begun, of `count_` bytes.
  uint8_t count_ = 0;
};

}  // namespace postern

#endif  // POSTERN_HTTP_GRPC_WEB_ENCODER_H_
