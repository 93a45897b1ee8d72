// What nghttp2 calls on an H2Codec, and the session that calls it. The codec's own methods are in
// lib/http/h2_codec.h.

#ifndef POSTERN_HTTP_H2_CALLBACKS_H_
#define POSTERN_HTTP_H2_CALLBACKS_H_

#include <nghttp2/nghttp2.h>

#include "lib/http/h2_codec.h"

namespace postern {

// H2Callbacks change the codec's own state and submit frames; nothing else may be called from
// them (engine.md 2.4).
template <typename Side>
struct H2Callbacks {
  using Codec = H2Codec<Side>;
  using Stream = typename Codec::Stream;

  // NewSession returns a session that calls `codec` back and has its SETTINGS to send, or nullptr.
  static nghttp2_session* NewSession(Codec* codec);

  // Read is the data source of every message.
  static ssize_t Read(nghttp2_session* session, int32_t stream_id, uint8_t* buffer, size_t length,
                      uint32_t* flags, nghttp2_data_source* source, void* user);

 private:
  static Codec& Self(void* user) { return *static_cast<Codec*>(user); }
  static void Count(Codec& self, Stream* stream, size_t name_size, size_t value_size);
  static void CountReset(Codec& self);

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t flags,
                      void* user);
  static int OnInvalidHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                             size_t name_size, const uint8_t* value, size_t value_size,
                             uint8_t flags, void* user);
  static int OnFrameRecv(nghttp2_session*, const nghttp2_frame* frame, void* user);
  static int OnData(nghttp2_session* session, uint8_t flags, int32_t stream_id,
                    const uint8_t* bytes, size_t size, void* user);
  static int OnFrameSend(nghttp2_session* session, const nghttp2_frame* frame, void* user);
  static int OnStreamClose(nghttp2_session*, int32_t stream_id, uint32_t code, void* user);
  static int SendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* head, size_t length,
                      nghttp2_data_source* source, void* user);
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_CALLBACKS_H_
