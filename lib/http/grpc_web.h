// gRPC-Web as Envoy's filter translates it: which requests it takes, and what becomes of the fields
// on both sides. Bodies in base64 are left to lib/http/base64_decoder.h and
// lib/http/grpc_web_encoder.h.

#ifndef POSTERN_HTTP_GRPC_WEB_H_
#define POSTERN_HTTP_GRPC_WEB_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/http/headers.h"

namespace postern {

// kMostGrpcMessage is how much of a body that is not gRPC is told to the client.
inline constexpr size_t kMostGrpcMessage = 16384;

// A GrpcWebForm says which of a request's bodies are base64: application/grpc-web-text.
struct GrpcWebForm {
  bool text_request = false;   // By its content-type.
  bool text_response = false;  // By its accept, whatever the request's body is.
};

// FindGrpcWeb returns the form of a request that is gRPC-Web. As in Envoy its content-type is one
// of four, to the letter: a parameter or "+json" makes it another's.
std::optional<GrpcWebForm> FindGrpcWeb(const HeaderList& headers);

// SetGrpcRequest makes a request's fields gRPC's. A grpc-accept-encoding stays.
void SetGrpcRequest(HeaderList* headers);

// HoldsGrpc returns whether an answer's body is gRPC messages, and so gRPC-Web's.
bool HoldsGrpc(int status, std::string_view content_type);

// SetGrpcWebType makes an answer's content-type gRPC-Web's. It loses its content-length: the body
// will be another.
void SetGrpcWebType(bool text, HeaderList* headers);

// SetGrpcOutcome makes an answer with HTTP `status`, whose body was no gRPC, one without a body but
// with its own grpc-status. `message` is that body as GrpcMessage writes it.
void SetGrpcOutcome(int status, std::string_view message, HeaderList* headers);

// GrpcWebTrailers returns the frame that ends a body in the place of `trailers`.
std::string GrpcWebTrailers(std::span<const HeaderView> trailers);

}  // namespace postern

#endif  // POSTERN_HTTP_GRPC_WEB_H_
