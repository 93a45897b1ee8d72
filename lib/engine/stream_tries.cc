// The tries of a stream upstream: where each goes, what comes of it, and whether there is another.

#include <string>
#include <utility>

#include "lib/base/strings.h"
#include "lib/base/time_math.h"
#include "lib/engine/client_connection.h"
#include "lib/engine/client_text.h"
#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/mirror_copy.h"
#include "lib/engine/service_exchange.h"
#include "lib/engine/stream.h"
#include "lib/engine/upstream_exchange.h"
#include "lib/http/forwarded.h"
#include "lib/match/ip.h"
#include "lib/snapshot/tables.h"
#include "lib/upstream/backoff.h"
#include "lib/upstream/request_hash.h"

namespace postern {
namespace {

// IsIdempotent returns whether doing a request twice is doing it once (RFC 9110 section 9.2.2).
bool IsIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" ||
         method == "PUT" || method == "DELETE";
}

}  // namespace

void Stream::StartForward() {
  const Forward& forward = *this->forward();
  cluster_ = &core_.clusters().Find(forward.cluster, ClusterIndex());
  forwarding_ = true;
  retries_left_ = forward.retry == nullptr ? 0 : forward.retry->attempts;
  WriteUpstreamHead();
  if (!forward.hash_policies.empty()) Hash();
  if (cluster_->Carries()) StartMirrors();
  StartRouteTimer();
  Try();
}

// An index means something to the clusters of the engine's present Snapshot only.
uint32_t Stream::ClusterIndex() const {
  return snapshot_ == core_.snapshot() ? forward()->cluster_index : UINT32_MAX;
}

// The hash is of the head as it goes upstream; where no balancer asks for it, no cookie is made.
void Stream::Hash() {
  if (cluster_->service != nullptr || !cluster_->policy().balancer.by_hash()) return;
  std::string_view client_ip = client_text_->remote_ip();
  std::string forwarded;
  if (const uint32_t hops = options_->num_trusted_proxies; hops > 0) {
    client_ip = TrustedAddress(request_->headers.Joined("x-forwarded-for"), hops, client_ip);
    if (const auto ip = ParseIp(client_ip); ip) client_ip = forwarded = FormatIp(ip->v6, ip->bytes);
  }
  const std::string_view scheme =
      order_.scheme.empty() ? fields_.Find("x-forwarded-proto").value_or("http") : order_.scheme;
  const RequestHead head = {request_->version, order_.method, scheme,
                            order_.authority,  order_.path,   order_.headers};
  RequestHash hash = HashRequest(forward()->hash_policies, head, client_ip, *info_);
  hash_ = hash.value;
  set_cookies_ = std::move(hash.set_cookies);
}

void Stream::StartMirrors() {
  const Forward& forward = *this->forward();
  for (size_t i = 0; i < forward.mirrors.size(); ++i) {
    const Mirror& mirror = forward.mirrors[i];
    if (!Rolls(route_.random, Die::kMirror, static_cast<uint32_t>(i), mirror.millionths)) continue;
    const uint32_t index = snapshot_ == core_.snapshot() ? mirror.cluster_index : UINT32_MAX;
    ClusterState& cluster = core_.clusters().Find(mirror.cluster, index);
    if (!cluster.Carries()) continue;
    MirrorCopy::Order order;
    order.head = &order_;
    order.end = body_end_ && body_.empty();
    order.client = session_->client().id();
    order.http2_client = !alone();
    order.own_ip = client_text_->local_ip();
    order.timeout = RouteTimeout();
    auto copy = MirrorCopy::Start(core_, cluster, order);
    if (copy != nullptr) mirrors_.push_back(std::move(copy));
  }
}

void Stream::Try() {
  if (!cluster_->Carries()) {
    Flag(ResponseFlag::kNC);
    return Answer({.status = 503, .detail = "cluster_not_found", .ops = true});
  }
  if (cluster_->requests >= cluster_->policy().max_requests) return AnswerOverflow();
  if (cluster_->service != nullptr) return Send(nullptr);
  const RetryPolicy* retry = forward()->retry;
  const bool avoid = retry == nullptr || retry->avoid_previous_hosts;
  const EndpointPtr endpoint = cluster_->Pick(
      core_.now(), core_.random(),
      avoid ? std::span<const EndpointPtr>(tried_) : std::span<const EndpointPtr>(), hash_);
  if (endpoint == nullptr) {
    Flag(ResponseFlag::kUH);
    return Answer({.status = 503,
                   .detail = "no_healthy_upstream",
                   .body = "no healthy upstream",
                   .ops = true});
  }
  if (Await(endpoint)) Send(endpoint);
}

// A request that no open connection can take is pending until one is open; if none may be opened,
// it waits for its turn. Returns whether it can be sent now.
bool Stream::Await(const EndpointPtr& endpoint) {
  const std::string server_name = cluster_->ServerName(order_.authority);
  const ConnectionPool* pool = endpoint->FindPool(server_name);
  const UpstreamRoom room = RoomFor(core_, *cluster_, pool, to_http2(), fresh_);
  const bool is_first = pool == nullptr || pool->pending.empty();
  if (room == UpstreamRoom::kNow && is_first) return true;
  if (cluster_->pending >= cluster_->policy().max_pending) {
    AnswerOverflow();
    return false;
  }
  in_pending_ = CountHold(cluster_->pending);
  if (is_first && room != UpstreamRoom::kNone) return true;
  endpoint_ = endpoint;
  endpoint->PoolFor(server_name).pending.Add(this);
  return false;
}

void Stream::OnTurn() { Send(endpoint_); }

void Stream::Send(const EndpointPtr& endpoint) {
  ++attempts_;
  WriteAttempt();
  in_requests_ = CountHold(cluster_->requests);
  const bool end = body_end_ && body_.empty() && trailers_ == nullptr;
  if (cluster_->service != nullptr) {
    ServiceOrder order;
    order.head = {request_->version, order_.method, request_->scheme,
                  order_.authority,  order_.path,   order_.headers};
    order.has_body = !end;
    order.attempt = attempts_;
    order.rule = route_.rule;
    exchange_ = &ServiceExchange::Begin(core_, *cluster_, session_->client().id(), order, this);
  } else {
    endpoint_ = endpoint;
    in_active_ = CountHold(endpoint_->active);
    upstream_address_ = endpoint_->address;
    exchange_ = &BeginUpstream(core_, *cluster_, endpoint_, to_http2(),
                               {.head = &order_, .end = end, .fresh = fresh_}, this);
  }
  body_end_sent_ = end;
  upstream_ = exchange_->connection();
}

void Stream::ReleaseExchange() {
  if (Exchange* exchange = std::exchange(exchange_, nullptr); exchange != nullptr) {
    exchange->Release();
  }
  Uncount();
}

// Rewind makes the whole body wait for another try.
void Stream::Rewind() {
  ready_ = false;
  body_sent_ = 0;
  body_end_sent_ = false;
}

void Stream::Uncount() {
  in_requests_.Release();
  in_active_.Release();
  Leave();
  in_pending_.Release();
  in_retries_.Release();
}

void Stream::OnReady() {
  ready_ = true;
  in_pending_.Release();
  sent_upstream_ = core_.now();
  upstream_ = exchange_->connection();
  if (const Address remote = exchange_->remote(); remote.family != Address::Family::kNone) {
    upstream_address_ = remote;
  }
  upstream_local_ = exchange_->local();
  const RetryPolicy* retry = forward()->retry;
  const bool bodiless = body_end_ && body_bytes_ == 0;  // There is nothing to keep or to take.
  replay_ = !bodiless && !replay_lost_ && retry != nullptr && retries_left_ > 0 &&
            MayRetryOnceSent(*retry, to_http2(), to_grpc());
  StartTryTimer();
  FlushBody();
  if (!bodiless) session_->Soon();
}

void Stream::OnInterim(int status, std::span<const HeaderView> headers) {
  if (headed_) return;
  TouchIdle();
  session_->codec().SendInterim(key_, status, headers);
}

void Stream::OnHead(std::unique_ptr<ResponseMessage> head, bool end) {
  StopWait();
  TouchIdle();
  response_start_ = core_.now();
  if (endpoint_ != nullptr) {
    cluster_->Observe({.status = head->status}, *endpoint_, core_.now());
  }
  TryResult result;
  result.status = head->status;
  if (const auto text = head->headers.Find("grpc-status"); text.has_value()) {
    result.grpc_status = ParseDecimal<int>(*text).value_or(-1);
  }
  result.rate_limited = head->headers.Count("x-envoy-ratelimited") > 0;
  if (head->status != 101 && MayRetry(result)) {
    core_.messages().Give(std::move(head));
    ReleaseExchange();
    return Retry();
  }
  if (forward()->retry != nullptr && retries_left_ == 0 && attempts_ > 1 &&
      ShouldRetry(*forward()->retry, result)) {
    Flag(ResponseFlag::kURX);
  }
  DropReplay();
  response_ = std::move(head);
  grpc_status_ = result.grpc_status;
  detail_ = "via_upstream";
  if (response_->status == 101) {
    tunnel_ = true;
    web_.reset();
    translated_ = false;
    body_end_ = body_end_sent_ = false;  // Bytes follow, until the client ends them.
    core_.wheel().Stop(route_timer_);
  }
  SendUpstreamHead(end);
  if (end) ResponseEnd();
  if (!body_end_) session_->Soon();
}

// --- Failures and retries ---

void Stream::OnFailed(const Failure& failure) {
  exchange_ = nullptr;
  StopWait();
  Uncount();
  upstream_failure_ = std::string(failure.why.message());
  if (endpoint_ != nullptr) {
    cluster_->Observe({.status = 503, .local_failure = true}, *endpoint_, core_.now());
  }
  if (headed_) {
    // What has been promised cannot be kept: the client sees the answer break off.
    Flag(failure.protocol_error ? ResponseFlag::kUPE
         : failure.remote_reset ? ResponseFlag::kUR
                                : ResponseFlag::kUC);
    detail_ = failure.protocol_error ? "upstream_reset_after_response_started{protocol_error}"
              : failure.remote_reset
                  ? "upstream_reset_after_response_started{remote_reset}"
                  : "upstream_reset_after_response_started{connection_termination}";
    session_->codec().Reset(key_, ResetReason::kInternalError);
    return Done();
  }
  const bool harmless = !failure.sent || (replayable() && IsIdempotent(request_->method));
  if (failure.stale && !fresh_ && harmless) {
    // The upstream closed a connection that it had kept alive just as we used it: another that it
    // has kept alive may fare no better.
    fresh_ = true;
    Rewind();
    --attempts_;
    wait_ = Wait::kBackoff;
    core_.wheel().Set(timer_, core_.now());
    return;
  }
  TryResult result;
  result.kind = failure.kind;
  result.request_sent = failure.sent;
  if (failure.why.code() != absl::StatusCode::kNotFound && MayRetry(result)) return Retry();
  AnswerFailure(failure);
}

bool Stream::MayRetry(const TryResult& result) const {
  const RetryPolicy* retry = forward()->retry;
  if (headed_ || retry == nullptr || retries_left_ == 0 || !replayable()) return false;
  return ShouldRetry(*retry, result) && cluster_->retries < cluster_->policy().max_retries;
}

void Stream::Retry() {
  --retries_left_;
  in_retries_ = CountHold(cluster_->retries);
  if (endpoint_ != nullptr) tried_.push_back(endpoint_);
  const RetryPolicy& retry = *forward()->retry;
  const Duration wait = Backoff(attempts_, retry.base_backoff, retry.max_backoff, core_.random());
  Rewind();
  wait_ = Wait::kBackoff;
  // Even a wait of nothing is one: the next try begins from a clean stack.
  core_.wheel().Set(timer_, SaturatingAdd(core_.now(), wait));
}

}  // namespace postern
