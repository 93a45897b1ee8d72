// gRPC-Web on its way to gRPC and back, where Envoy's filter stands: a request is routed as it
// comes, and is gRPC from its faults on; its answer is gRPC-Web again once all else is done to it,
// be it the upstream's or made here.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/stream.h"
#include "lib/http/grpc.h"
#include "lib/snapshot/tables.h"

namespace postern {
namespace {

// A Piece is what is decoded or encoded at a time.
using Piece = std::array<uint8_t, 4096>;

}  // namespace

void Stream::RecognizeGrpcWeb() {
  const std::optional<GrpcWebForm> form = FindGrpcWeb(request_->headers);
  if (!form.has_value()) return;
  const std::vector<Chain>& chains = session_->client().parts().shared->chains;
  const uint32_t chain = session_->client().chain().chain;
  if (chain < chains.size() && chains[chain].grpc_web) web_ = form;
}

void Stream::TranslateRequest() {
  if (!web_.has_value()) return;
  // What is refused for its head alone does not get as far as the filters; what has no route does.
  const auto* reject = std::get_if<Reject>(&route_.action);
  if (reject != nullptr && reject->detail != "route_not_found") return;
  translated_ = true;
  SetGrpcRequest(&fields_);
}

void Stream::DecodeBody(ByteSpan bytes) {
  core_.SetLending(false);
  const size_t begun = decoder_.held() + bytes.size();
  size_t decoded = 0;
  Piece piece;
  while (!bytes.empty() && !decoder_.broken()) {
    const size_t size = decoder_.Decode(&bytes, piece);
    if (size == 0) continue;
    decoded += size;
    TakeBody({piece.data(), size});
    if (done_) return;
  }
  // What is decoded is consumed as it is sent, what is held once its group is whole.
  session_->codec().Consumed(key_, begun - decoder_.held() - decoded);
  if (decoder_.broken() && !discards()) RefuseBody("grpc_base_64_decode_failed");
}

// RefuseBody answers a request whose body is not base64; `detail` is a literal.
void Stream::RefuseBody(std::string_view detail) {
  translated_ = true;
  GiveUp({.status = 400,
          .detail = detail,
          .body = "Bad gRPC-web request, invalid base64 data.",
          .ops = true,
          .close = true},
         ResetReason::kProtocolError);
}

// TranslateHead returns whether the head of the upstream's answer can go. Where the body is not
// gRPC, the head waits for it, and has it as grpc-message.
bool Stream::TranslateHead(bool end) {
  if (!translated_) return true;
  gathers_ = !end && !HoldsGrpc(status_, answer_.Find("content-type").value_or(""));
  SetGrpcWebType(web_->text_response, &answer_);
  headed_ = true;  // No other answer can come any more.
  return !gathers_;
}

void Stream::GatherBody(ByteSpan bytes) {
  core_.SetLending(false);
  response_left_.Append(
      bytes.first(std::min(bytes.size(), kMostGrpcMessage - response_left_.size())));
}

void Stream::SendGathered(bool end) {
  gathers_ = false;
  std::string message;
  while (!response_left_.empty()) {
    const ByteSpan bytes = response_left_.front();
    message += GrpcMessage(AsText(bytes));
    response_left_.Consume(bytes.size());
  }
  SetGrpcOutcome(status_, message, &answer_);
  grpc_status_ = GrpcFromHttp(status_);
  FinishUpstreamHead(end);
}

void Stream::EncodeBody(ByteSpan bytes) {
  core_.SetLending(false);
  Piece piece;
  while (!bytes.empty()) {
    const size_t size = encoder_.Encode(&bytes, piece);
    if (size > 0) PassBody({piece.data(), size});
  }
}

// EndEncoded pads a message that breaks off.
void Stream::EndEncoded() {
  core_.SetLending(false);
  std::array<uint8_t, 4> group;
  if (encoder_.Finish(group) > 0) PassBody(group);
}

void Stream::EncodeTrailers(std::span<const HeaderView> trailers) {
  if (request_->method == "HEAD") return;
  const std::string frame = GrpcWebTrailers(trailers);
  EndEncoded();
  if (web_->text_response) return EncodeBody(AsBytes(frame));
  PassBody(AsBytes(frame));
}

}  // namespace postern
