#include "lib/engine/mirror_copy.h"

#include <utility>

#include "lib/base/strings.h"
#include "lib/engine/core.h"
#include "lib/engine/service_exchange.h"
#include "lib/engine/upstream_exchange.h"

namespace postern {
namespace {

// kMostTime bounds a copy whose answer does not come.
constexpr Duration kMostTime = std::chrono::minutes(1);

}  // namespace

MirrorCopy::MirrorCopy(Core& core, ClusterState& cluster)
    : SelfOwned(core),
      core_(core),
      cluster_(cluster),
      body_(&core.chunks()),
      timer_(this, [](void* self) {
        auto* copy = static_cast<MirrorCopy*>(self);
        if (Exchange* exchange = std::exchange(copy->exchange_, nullptr)) exchange->Release();
        copy->End();
      }) {}

MirrorCopy::~MirrorCopy() = default;

std::unique_ptr<MirrorCopy> MirrorCopy::Start(Core& core, ClusterState& cluster,
                                              const Order& order) {
  const RequestOut& head = *order.head;
  const bool http2 = cluster.SpeaksHttp2(order.http2_client);
  EndpointPtr endpoint;
  if (cluster.service == nullptr) {
    endpoint = cluster.Pick(core.now(), core.random(), {});
    if (endpoint == nullptr) return nullptr;
    const ConnectionPool* pool = endpoint->FindPool(cluster.ServerName(head.authority));
    if (RoomFor(core, cluster, pool, http2, false) == UpstreamRoom::kNone) return nullptr;
  }
  std::unique_ptr<MirrorCopy> self(new MirrorCopy(core, cluster));
  self->method_ = head.method;
  self->scheme_ = head.scheme;
  self->authority_ = head.authority;
  self->path_ = head.path;
  for (const HeaderView& field : head.headers) self->fields_.AddCopy(field.name, field.value);
  const std::string_view earlier = self->fields_.Joined("x-forwarded-for");
  if (!order.own_ip.empty()) {
    self->fields_.Set("x-forwarded-for",
                      earlier.empty() ? self->fields_.text().Copy(order.own_ip)
                                      : self->fields_.text().Concat({earlier, ",", order.own_ip}));
  }
  self->fields_.Set("x-envoy-internal", "true");
  if (order.timeout > Duration::zero()) {
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(order.timeout).count();
    self->fields_.Set("x-envoy-expected-rq-timeout-ms", self->fields_.text().Copy(StrCat(count)));
  }
  self->order_ = {self->method_, self->scheme_,          self->authority_,
                  self->path_,   self->fields_.fields(), false};
  self->end_ = self->end_sent_ = order.end;
  self->in_requests_ = CountHold(cluster.requests);
  core.wheel().After(self->timer_, core.now(), kMostTime);
  if (cluster.service != nullptr) {
    ServiceOrder service;
    service.head = {HttpVersion::kHttp11, self->method_, self->scheme_,
                    self->authority_,     self->path_,   self->order_.headers};
    service.has_body = !order.end;
    self->exchange_ = &ServiceExchange::Begin(core, cluster, order.client, service, self.get());
  } else {
    self->endpoint_ = endpoint;
    self->in_active_ = CountHold(endpoint->active);
    self->exchange_ = &BeginUpstream(core, cluster, endpoint, http2,
                                     {.head = &self->order_, .end = order.end}, self.get());
  }
  return self;
}

void MirrorCopy::SendBody(ByteSpan bytes, bool end) {
  if (exchange_ == nullptr || end_) return;
  if (ready_ && body_.empty() && !exchange_->full()) {
    exchange_->SendBody(bytes, false);
  } else if (body_.size() + bytes.size() > core_.limits().replay_bytes) {
    std::exchange(exchange_, nullptr)->Release();
    return End();
  } else {
    body_.Append(bytes);
  }
  end_ = end;
  Flush();
}

void MirrorCopy::Flush() {
  if (exchange_ == nullptr || !ready_ || end_sent_) return;
  core_.SetLending(false);
  while (!body_.empty() && !exchange_->full()) {
    const ByteSpan bytes = body_.front();
    exchange_->SendBody(bytes, false);
    body_.Consume(bytes.size());
  }
  if (!end_ || !body_.empty()) return;
  end_sent_ = true;
  exchange_->SendBody({}, true);
}

void MirrorCopy::OnReady() {
  ready_ = true;
  Flush();
}

void MirrorCopy::OnHead(std::unique_ptr<ResponseMessage> head, bool end) {
  core_.messages().Give(std::move(head));
  if (end) OnBodyEnd();
}

void MirrorCopy::OnBodyEnd() {
  std::exchange(exchange_, nullptr)->Release();
  End();
}

void MirrorCopy::OnFailed(const Failure& /*failure*/) {
  exchange_ = nullptr;
  End();
}

void MirrorCopy::End() {
  if (std::exchange(over_, true)) return;
  core_.wheel().Stop(timer_);
  in_requests_.Release();
  in_active_.Release();
  if (left_) core_.DeferDelete(std::unique_ptr<DeferredDeletable>(this));
}

void MirrorCopy::Leave(std::unique_ptr<MirrorCopy> copy) {
  Core& core = copy->core_;
  if (!copy->end_ && copy->exchange_ != nullptr) {
    // The request broke off: so does the copy.
    std::exchange(copy->exchange_, nullptr)->Release();
    copy->End();
  }
  if (copy->over_) return core.DeferDelete(std::move(copy));
  copy.release()->left_ = true;  // Its own from now on.
}

}  // namespace postern
