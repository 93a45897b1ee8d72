#include "tests/wire/codec_proxy.h"

#include <utility>

#include "lib/http/forwarded.h"
#include "lib/http/hygiene.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

constexpr std::string_view kDate = "Tue, 24 Nov 2026 10:27:00 GMT";

}  // namespace

CodecProxy::CodecProxy()
    : server_options_{.reject_underscores = true},
      server_(&server_options_, &pool_, &client_sink_),
      client_(&client_options_, &pool_, &upstream_sink_) {}

void CodecProxy::FromClient(std::string_view bytes) {
  client_input_ += bytes;
  PumpClient();
}

void CodecProxy::ClientEnd() {
  server_.PeerEnd();
  PumpClient();
}

void CodecProxy::FromUpstream(std::string_view bytes) {
  upstream_input_ += bytes;
  PumpUpstream();
}

void CodecProxy::UpstreamEnd() {
  client_.PeerEnd();
  PumpUpstream();
}

void CodecProxy::PumpClient() {
  ByteSpan input = AsBytes(client_input_);
  for (CodecEvent event = server_.Next(&input); event.kind != Kind::kNone;
       event = server_.Next(&input)) {
    switch (event.kind) {
      case Kind::kRequest:
        OnRequest(std::move(event));
        break;
      case Kind::kData:
        client_.SendData(up_, event.data, false);
        break;
      case Kind::kEnd:
        client_.SendData(up_, {}, true);
        break;
      case Kind::kRefused:
        if (up_ != 0) client_.Reset(up_, ResetReason::kCancelled);
        if (response_begun_ && event.stream == down_) {
          server_.Reset(event.stream, ResetReason::kInternalError);
          break;
        }
        Answer(event.stream, event.refusal.status,
               event.refusal.codec_error ? ReasonPhrase(event.refusal.status) : "",
               event.refusal.close);
        break;
      case Kind::kReset:
        client_.Reset(up_, ResetReason::kCancelled);
        break;
      default:
        break;
    }
  }
  client_input_ = std::string(AsText(input));
  client_closed = server_.finished();
  upstream_closed = up_ != 0 || to_upstream.size() > 0 ? !client_.reusable() : false;
}

void CodecProxy::OnRequest(CodecEvent event) {
  RequestMessage& request = *event.request;
  down_ = event.stream;
  response_begun_ = false;
  if (request.method == "CONNECT") return Answer(down_, 404, "", true);
  if (!request.upgrade.empty() && request.upgrade != "websocket") {
    return Answer(down_, 403, "", true);
  }
  const bool upgrade = !request.upgrade.empty();
  HeaderList headers;
  headers.Borrow(request.headers);
  RemoveHopByHop(upgrade, &headers);
  RemoveInternal(&headers);
  AddForwarded({.remote = "192.0.2.1", .local = "192.0.2.9"}, &headers);
  const auto id = RequestId({1, 2, 3});
  headers.Set("x-request-id", {id.data(), id.size()});
  if (request.version != HttpVersion::kHttp10 && request.headers.Find("expect")) {
    // As Envoy's defaults have it; Istio passes it on.
    headers.Remove("expect");
    server_.SendInterim(down_, 100, {});
  }
  up_ = client_.SendRequest({.method = request.method,
                             .authority = request.authority,
                             .path = request.path,
                             .headers = headers.fields(),
                             .upgrade = upgrade},
                            event.end);
}

void CodecProxy::PumpUpstream() {
  ByteSpan input = AsBytes(upstream_input_);
  for (CodecEvent event = client_.Next(&input); event.kind != Kind::kNone;
       event = client_.Next(&input)) {
    switch (event.kind) {
      case Kind::kInterim:
        server_.SendInterim(down_, event.response->status, event.response->headers.fields());
        break;
      case Kind::kResponse:
        OnResponse(std::move(event));
        break;
      case Kind::kData:
        server_.SendData(down_, event.data, false);
        break;
      case Kind::kEnd:
        server_.SendData(down_, {}, true);
        up_ = 0;
        break;
      case Kind::kFailed:
        OnUpstreamFailed(event);
        break;
      default:
        break;
    }
  }
  upstream_input_ = std::string(AsText(input));
  upstream_closed = !client_.reusable();
  client_closed = server_.finished();
  PumpClient();
}

void CodecProxy::OnResponse(CodecEvent event) {
  HeaderList& headers = event.response->headers;
  response_begun_ = true;
  SanitizeResponse(event.response->status == 101, &headers);
  FinishResponse(kDate, "postern", &headers);
  server_.SendResponse(down_, {.status = event.response->status, .headers = headers.fields()},
                       event.end);
  if (event.end) up_ = 0;
}

void CodecProxy::OnUpstreamFailed(const CodecEvent& event) {
  if (std::exchange(up_, 0) == 0) return;
  const bool lost = event.reason == ResetReason::kConnectionLost;
  flags = lost ? "UC" : "UPE";
  if (response_begun_) {
    client_reset = true;
    server_.Reset(down_, ResetReason::kInternalError);
  } else {
    Answer(down_, lost ? 503 : 502, "upstream connect error or disconnect/reset before headers",
           false);
  }
}

void CodecProxy::Answer(StreamKey stream, int status, std::string_view body, bool close) {
  HeaderList headers;
  const std::string length = std::to_string(body.size());
  if (!body.empty()) {
    headers.Add("content-length", length);
    headers.Add("content-type", "text/plain");
  }
  FinishResponse(kDate, "postern", &headers);
  server_.SendResponse(stream, {.status = status, .headers = headers.fields(), .close = close},
                       body.empty());
  if (!body.empty()) server_.SendData(stream, AsBytes(body), true);
}

}  // namespace postern
