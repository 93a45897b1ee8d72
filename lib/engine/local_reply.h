// The answers that the engine makes itself, field by field as Envoy makes them (observed.md 1.1).
// When one is due, and sending it, is left to lib/engine/stream.h; `connection` and what frames the
// body are added by the codec.

#ifndef POSTERN_ENGINE_LOCAL_REPLY_H_
#define POSTERN_ENGINE_LOCAL_REPLY_H_

#include <span>
#include <string>
#include <string_view>

#include "lib/http/grpc_web.h"
#include "lib/http/headers.h"
#include "postern/engine_options.h"

namespace postern {

// A LocalReply is one answer. Everything is borrowed.
struct LocalReply {
  int status = 404;
  std::string_view body = {};
  std::string_view content_type = "text/plain";
  std::span<const HeaderView> first = {};  // Before all else: location, x-envoy-overloaded.
  bool grpc = false;                       // The request is gRPC: trailers only.
  int grpc_status = -1;                    // -1: what `status` translates to.
  const GrpcWebForm* web = nullptr;        // The request was gRPC-Web, and was translated.

  // wire_status returns what goes out as the status: 200 to gRPC.
  int wire_status() const { return grpc ? 200 : status; }

  // wire_body returns what goes out as the body: nothing to gRPC, nor to gRPC-Web.
  std::string_view wire_body() const { return grpc || web != nullptr ? std::string_view() : body; }
};

// BeginReply puts the fields of `reply` that stand before those of header operations into
// `headers`, which is empty; EndReply, once operations are done, puts the others, and last `date`
// and `server` (none if that is empty). A content-type that an operation has set stays.
void BeginReply(const LocalReply& reply, HeaderList* headers);
void EndReply(const LocalReply& reply, std::string_view date, std::string_view server,
              HeaderList* headers);

// ResetBody returns the body of a 502 or 503 for an upstream that failed with Envoy's `reason`:
// "remote connection failure", "connection termination", "protocol error", "overflow", ...
std::string ResetBody(std::string_view reason, bool retried);

// ExpandBody returns the text of `body` with its %COMMANDS% filled in: escaped as JSON if its type
// says so, else as HTML.
std::string ExpandBody(const EngineOptions::LocalBody& body, std::string_view detail,
                       std::string_view request_id);

}  // namespace postern

#endif  // POSTERN_ENGINE_LOCAL_REPLY_H_
