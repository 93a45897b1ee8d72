#include "lib/engine/service_exchange.h"

#include <string>
#include <utility>

#include "lib/base/strings.h"
#include "lib/engine/core.h"
#include "lib/http/field_rules.h"

namespace postern {
namespace {

// IsFraming returns whether a field belongs to one connection, so that a service's is ignored.
bool IsFraming(std::string_view name) {
  return name == "connection" || name == "keep-alive" || name == "proxy-connection" ||
         name == "transfer-encoding";
}

}  // namespace

Exchange& ServiceExchange::Begin(Core& core, ClusterState& cluster, ConnectionId client,
                                 const ServiceOrder& order, ExchangeUser* user) {
  auto* self = new ServiceExchange(core, user, order.head.method == "HEAD");
  self->upstream_ = &ServiceStream::Request(core, cluster, client, order, self);
  core.Later<&ServiceStream::NotifyReady>(self->upstream_->id());
  return *self;
}

void ServiceExchange::SendBody(ByteSpan bytes, bool end) {
  if (upstream_ == nullptr) return;
  upstream_->Send(bytes);
  if (end) upstream_->SendEnd();
}

void ServiceExchange::SendTrailers(std::span<const HeaderView> trailers) {
  if (upstream_ != nullptr) upstream_->SendTrailers(trailers);
}

void ServiceExchange::Pause() {
  if (upstream_ != nullptr) upstream_->Pause();
}

void ServiceExchange::Resume() {
  if (upstream_ != nullptr) upstream_->Resume();
}

void ServiceExchange::DeleteSelf() { core_.DeferDelete(std::unique_ptr<DeferredDeletable>(this)); }

void ServiceExchange::Release() {
  user_ = nullptr;
  if (ServiceStream* upstream = std::exchange(upstream_, nullptr); upstream != nullptr) {
    upstream->Drop(over_ ? absl::OkStatus() : absl::CancelledError("the request was given up"));
  }
  DeleteSelf();
}

void ServiceExchange::OnUpstreamHead(const ResponseHead& head, bool end,
                                     std::optional<uint64_t> length) {
  if (user_ == nullptr) return;
  std::unique_ptr<ResponseMessage> message = core_.messages().TakeResponse();
  message->status = head.status;
  for (const HeaderView& field : head.headers) {
    const std::string name = AsciiLower(field.name);
    // A service may not put on the wire what a codec would refuse to read.
    if (!IsFieldName(name) || !IsFieldValue(field.value) || IsFraming(name)) continue;
    if (name == "content-length") {
      message->content_length = ParseContentLength(field.value);
      if (!message->content_length.has_value()) continue;
    }
    message->headers.AddCopy(name, field.value);
  }
  if (head.status < 200 && head.status != 101) {
    user_->OnInterim(head.status, message->headers.fields());
    core_.messages().Give(std::move(message));
    return;
  }
  const bool bodiless = head_only_ || head.status == 204 || head.status == 304;
  const bool measured = message->content_length.has_value() || head.status == 204;
  if (length.has_value() && !measured && head.status != 304) {
    message->content_length = length;
    message->headers.AddCopy("content-length", StrCat(*length));
  }
  message->has_body = !end && !bodiless;
  over_ = end || bodiless;
  user_->OnHead(std::move(message), over_);
}

void ServiceExchange::OnUpstreamBytes(ByteSpan* bytes) {
  const ByteSpan all = std::exchange(*bytes, {});
  if (user_ != nullptr && !over_) user_->OnBody(all);
}

void ServiceExchange::OnUpstreamTrailers(std::span<const HeaderView> trailers) {
  if (user_ != nullptr && !over_) user_->OnTrailers(trailers);
}

void ServiceExchange::OnUpstreamEnd() {
  if (std::exchange(over_, true) || user_ == nullptr) return;
  user_->OnBodyEnd();
}

void ServiceExchange::OnUpstreamWritable() {
  if (user_ != nullptr) user_->OnWritable();
}

void ServiceExchange::OnUpstreamReady() {
  if (user_ != nullptr) user_->OnReady();
}

void ServiceExchange::OnUpstreamGone(const absl::Status& why) {
  upstream_ = nullptr;
  if (user_ == nullptr) return;
  if (why.ok()) return;  // Both sides have ended; the user releases.
  Failure failure;
  failure.kind = TryResult::Kind::kReset;
  failure.sent = true;
  failure.why = why;
  ExchangeUser* user = std::exchange(user_, nullptr);
  DeleteSelf();
  user->OnFailed(failure);
}

}  // namespace postern
