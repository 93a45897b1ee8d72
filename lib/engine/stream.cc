#include "lib/engine/stream.h"

#include <algorithm>
#include <utility>

#include "lib/base/strings.h"
#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/filter_call.h"
#include "lib/engine/http_session.h"
#include "lib/engine/mirror_copy.h"
#include "lib/engine/service_exchange.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/upstream_connection.h"
#include "lib/engine/upstream_http.h"
#include "lib/snapshot/tables.h"
#include "lib/upstream/backoff.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

// IsIdempotent returns whether doing a request twice is doing it once (RFC 9110 section 9.2.2).
bool IsIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" ||
         method == "PUT" || method == "DELETE";
}

}  // namespace

Stream::Stream(Core& core)
    : core_(core),
      body_(&core.chunks()),
      response_left_(&core.chunks()),
      timer_(this, [](void* self) { static_cast<Stream*>(self)->OnWaitTimer(); }),
      route_timer_(this, [](void* self) { static_cast<Stream*>(self)->OnRouteTimer(); }),
      idle_timer_(this, [](void* self) { static_cast<Stream*>(self)->OnIdleTimer(); }) {}

Stream::~Stream() = default;

void Stream::Attach(HttpSession* session, StreamKey key) {
  session_ = session;
  info_ = &session->client().info();
  key_ = key;
  start_ = core_.now();
  wire_received_ = session->client().received_bytes();
  wire_sent_ = session->client().sent_bytes();
  core_.wheel().After(route_timer_, core_.now(), core_.timeouts().request);
  TouchIdle();
}

void Stream::Begin(std::unique_ptr<RequestMessage> request, bool end) {
  request_ = std::move(request);
  snapshot_ = session_->client().snapshot();
  options_ = &session_->client().parts().shared->options;
  wire_received_ = session_->client().received_bytes() - request_->wire_bytes;
  if (end) OnRequestEnd();
  if (core_.overload().refuses()) {
    Flag(ResponseFlag::kOM);
    return Answer({.status = 503, .detail = "overload", .body = "envoy overloaded"});
  }
  CleanRequest();
  Decide();
}

void Stream::Decide() {
  HttpSession& session = *session_;
  const RequestHead head = {request_->version,   request_->method, request_->scheme,
                            request_->authority, request_->path,   fields_.fields()};
  route_ = snapshot_->Decide(session.client().chain(), head, core_.random().Next());
  if (core_.options().filter != nullptr && !std::holds_alternative<Reject>(route_.action)) {
    filter_ = FilterCall::Ask(core_, this);
    return;
  }
  Proceed();
}

FilteredRequest Stream::Filtered() const {
  FilteredRequest filtered;
  filtered.head = {request_->version,   request_->method, request_->scheme,
                   request_->authority, request_->path,   fields_.fields()};
  filtered.route = &route_;
  filtered.connection = &session_->client().info();
  return filtered;
}

void Stream::OnVerdict(const FilterVerdict& verdict) {
  filter_ = {};
  if (done_ || headed_) return;
  if (const auto* answer = std::get_if<AnswerRequest>(&verdict); answer != nullptr) {
    Flag(ResponseFlag::kUAEX);
    detail_text_ = answer->detail.empty() ? "filter_denied" : answer->detail;
    return AnswerFilter(*answer);
  }
  const auto& go = *std::get_if<ContinueRequest>(&verdict);
  ApplyEdits(go.request, &fields_);
  response_edits_ = go.response;
  Proceed();
}

void Stream::Proceed() {
  if (forward() == nullptr) return AnswerAction();
  if (route_.fault.delay > Duration::zero()) {
    Flag(ResponseFlag::kDI);
    wait_ = Wait::kDelay;
    core_.wheel().After(timer_, core_.now(), route_.fault.delay);
    return;
  }
  AfterDelay();
}

void Stream::AfterDelay() {
  if (route_.fault.abort_status != 0 || route_.fault.abort_grpc_status >= 0) return AnswerFault();
  if (std::holds_alternative<CorsPreflight>(route_.action)) return AnswerAction();
  StartForward();
}

void Stream::StartForward() {
  const Forward& forward = *this->forward();
  cluster_ = &core_.clusters().Find(forward.cluster, ClusterIndex());
  forwarding_ = true;
  retries_left_ = forward.retry == nullptr ? 0 : forward.retry->attempts;
  WriteUpstreamHead();
  StartMirrors();
  StartRouteTimer();
  Try();
}

// An index means something to the clusters of the engine's present Snapshot only.
uint32_t Stream::ClusterIndex() const {
  return snapshot_ == core_.snapshot() ? forward()->cluster_index : UINT32_MAX;
}

void Stream::StartMirrors() {
  const Forward& forward = *this->forward();
  for (size_t i = 0; i < forward.mirrors.size(); ++i) {
    const Mirror& mirror = forward.mirrors[i];
    if (!Rolls(route_.random, Die::kMirror, static_cast<uint32_t>(i), mirror.millionths)) continue;
    const uint32_t index = snapshot_ == core_.snapshot() ? mirror.cluster_index : UINT32_MAX;
    ClusterState& cluster = core_.clusters().Find(mirror.cluster, index);
    MirrorCopy::Start(core_, cluster, session_->client().id(), order_, session_->local_ip(),
                      body_end_ && body_.empty(), &mirrors_);
  }
}

void Stream::Try() {
  if (cluster_->policy().absent && cluster_->service == nullptr) {
    Flag(ResponseFlag::kNC);
    return Answer({.status = 503, .detail = "cluster_not_found", .ops = true});
  }
  const ClusterPolicy& policy = cluster_->policy();
  if (cluster_->requests >= policy.max_requests) return AnswerOverflow();
  EndpointPtr endpoint;
  if (cluster_->service == nullptr) {
    const RetryPolicy* retry = forward()->retry;
    const bool avoid = retry == nullptr || retry->avoid_previous_hosts;
    endpoint = cluster_->Pick(
        core_.now(), std::nullopt, core_.random(),
        avoid ? std::span<const EndpointPtr>(tried_) : std::span<const EndpointPtr>());
    if (endpoint == nullptr) {
      Flag(ResponseFlag::kUH);
      return Answer({.status = 503,
                     .detail = "no_healthy_upstream",
                     .body = "no healthy upstream",
                     .ops = true});
    }
    if (endpoint->idle.size() == 0 && cluster_->connections >= policy.max_connections) {
      return AnswerOverflow();
    }
  }
  ++attempts_;
  WriteAttempt();
  ready_ = false;
  body_sent_ = 0;
  body_end_sent_ = false;
  ++cluster_->requests;
  counted_ = true;
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
    ++endpoint_->active;
    upstream_address_ = endpoint_->address;
    exchange_ = &UpstreamHttp::Begin(core_, *cluster_, endpoint_, &order_, end, this);
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

void Stream::Uncount() {
  if (std::exchange(counted_, false)) {
    --cluster_->requests;
    if (endpoint_ != nullptr) --endpoint_->active;
  }
  if (std::exchange(counted_retry_, false)) --cluster_->retries;
}

// --- The body ---

void Stream::OnRequestData(ByteSpan bytes) {
  request_bytes_ += bytes.size();
  TouchIdle();
  for (const auto& mirror : mirrors_) mirror->SendBody(bytes, false);
  if (done_ || response_end_sent_ || (headed_ && exchange_ == nullptr)) {
    session_->codec().Consumed(key_, bytes.size());
    return;
  }
  const bool straight =
      exchange_ != nullptr && ready_ && !replay_ && body_.empty() && !exchange_->full();
  if (straight) {
    exchange_->SendBody(bytes, false);
    session_->codec().Consumed(key_, bytes.size());
    return;
  }
  if (core_.lending()) {
    body_.AppendLent(bytes);
  } else {
    body_.Append(bytes);
  }
  const size_t most = core_.limits().replay_bytes;
  if (body_.size() > most && (replay_ || !ready_)) DropReplay();
  FlushBody();
}

void Stream::OnRequestTrailers(std::span<const HeaderView> trailers) {
  trailers_ = std::make_unique<HeaderList>();
  for (const HeaderView& field : trailers) trailers_->AddCopy(field.name, field.value);
}

void Stream::OnRequestEnd() {
  if (std::exchange(body_end_, true)) return;
  request_end_ = core_.now();
  for (const auto& mirror : mirrors_) mirror->SendBody({}, true);
  if (!tunnel_) {
    if (forwarding_) {
      StartRouteTimer();
    } else {
      core_.wheel().Stop(route_timer_);
    }
  }
  FlushBody();
  if (response_end_sent_) Done();
}

void Stream::FlushBody() {
  // What stands in body_ is dropped below: nobody may hold it as it is.
  core_.SetLending(false);
  if (exchange_ == nullptr || !ready_ || body_end_sent_) return;
  while (body_sent_ < body_.size() && !exchange_->full()) {
    const ByteSpan bytes = body_.At(body_sent_);
    exchange_->SendBody(bytes, false);
    session_->codec().Consumed(key_, bytes.size());
    if (replay_) {
      body_sent_ += bytes.size();
    } else {
      body_.Consume(bytes.size());
    }
  }
  if (!body_end_ || body_sent_ < body_.size()) return;
  body_end_sent_ = true;
  if (trailers_ != nullptr) {
    exchange_->SendTrailers(trailers_->fields());
  } else {
    exchange_->SendBody({}, true);
  }
}

// From here on, no other try can have the body.
void Stream::DropReplay() {
  replay_ = false;
  if (body_sent_ > 0) {
    body_.Consume(std::exchange(body_sent_, 0));
    replay_lost_ = true;
  } else if (body_.size() > core_.limits().replay_bytes) {
    replay_lost_ = true;
  }
}

bool Stream::full() const {
  if (done_ || response_end_sent_ || (headed_ && exchange_ == nullptr)) return false;
  const size_t most = core_.limits().stream_bytes;
  const size_t waiting = body_.size() - body_sent_;
  if (exchange_ != nullptr && ready_) return waiting > 0 || exchange_->full();
  return most != 0 && waiting >= most;
}

// --- The exchange ---

void Stream::OnReady() {
  ready_ = true;
  sent_upstream_ = core_.now();
  upstream_ = exchange_->connection();
  if (const Address remote = exchange_->remote(); remote.family != Address::Family::kNone) {
    upstream_address_ = remote;
  }
  upstream_local_ = exchange_->local();
  const RetryPolicy* retry = forward()->retry;
  replay_ =
      !replay_lost_ && retry != nullptr && retries_left_ > 0 && MayRetryOnceSent(*retry, grpc_);
  const bool timed = retry != nullptr && retry->per_try_timeout > Duration::zero();
  const Duration limit = RouteTimeout();
  if (timed && (limit == Duration::zero() || retry->per_try_timeout < limit)) {
    wait_ = Wait::kTry;
    core_.wheel().After(timer_, core_.now(), retry->per_try_timeout);
  }
  FlushBody();
  session_->Soon();
}

void Stream::OnRoom() {
  FlushBody();
  session_->Soon();
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
    core_.wheel().Stop(route_timer_);
  }
  SendUpstreamHead(end);
  if (end) ResponseEnd();
  session_->Soon();
}

void Stream::OnBody(ByteSpan bytes) {
  response_bytes_ += bytes.size();
  TouchIdle();
  ServerCodec& codec = session_->codec();
  size_t taken = 0;
  if (response_left_.empty()) taken = codec.SendData(key_, bytes, false);
  response_left_.Append(bytes.subspan(taken));
  if (!response_left_.empty() || session_->client().output_full()) exchange_->Hold();
}

void Stream::OnTrailers(std::span<const HeaderView> trailers) {
  for (const HeaderView& field : trailers) {
    if (field.name == "grpc-status") grpc_status_ = ParseDecimal<int>(field.value).value_or(-1);
  }
  if (!response_left_.empty()) {
    response_trailers_ = std::make_unique<HeaderList>();
    for (const HeaderView& field : trailers) response_trailers_->AddCopy(field.name, field.value);
    return;
  }
  session_->codec().SendTrailers(key_, trailers);
  response_end_sent_ = true;
}

void Stream::OnBodyEnd() {
  response_end_ = true;
  if (response_left_.empty()) SendResponseEnd();
}

void Stream::SendResponseEnd() {
  if (!std::exchange(response_end_sent_, true)) {
    if (response_trailers_ != nullptr) {
      session_->codec().SendTrailers(key_, response_trailers_->fields());
    } else {
      session_->codec().SendData(key_, {}, true);
    }
  }
  if (tunnel_) session_->HalfClose();
  ResponseEnd();
}

void Stream::OnClientRoom() {
  while (!response_left_.empty()) {
    const ByteSpan bytes = response_left_.front();
    const size_t taken = session_->codec().SendData(key_, bytes, false);
    response_left_.Consume(taken);
    if (taken < bytes.size()) return;
  }
  if (response_end_ && !response_end_sent_) return SendResponseEnd();
  if (exchange_ != nullptr && headed_ && !session_->client().output_full()) exchange_->Go();
}

// The answer has been handed over. A tunnel waits for the client's end, too; everything else is
// over: of a request that is not complete, no more is wanted.
void Stream::ResponseEnd() {
  response_end_sent_ = true;
  if (tunnel_ && !body_end_) return;
  ReleaseExchange();
  Done();
}

// --- Failures and retries ---

bool Stream::MayRetry(const TryResult& result) const {
  const RetryPolicy* retry = forward()->retry;
  if (headed_ || retry == nullptr || retries_left_ == 0 || !replayable()) return false;
  return ShouldRetry(*retry, result) && cluster_->retries < cluster_->policy().max_retries;
}

void Stream::Retry() {
  --retries_left_;
  ++cluster_->retries;
  counted_retry_ = true;
  if (endpoint_ != nullptr) tried_.push_back(endpoint_);
  const RetryPolicy& retry = *forward()->retry;
  const Duration wait = Backoff(attempts_, retry.base_backoff, retry.max_backoff, core_.random());
  ready_ = false;
  wait_ = Wait::kBackoff;
  // Even a wait of nothing is one: the next try begins from a clean stack.
  core_.wheel().Set(timer_, core_.now() + wait);
}

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
    Flag(failure.protocol_error || failure.why.code() == absl::StatusCode::kUnavailable
             ? ResponseFlag::kUPE
             : ResponseFlag::kUC);
    detail_ = "upstream_reset_after_response_started{protocol_error}";
    session_->codec().Reset(key_, ResetReason::kInternalError);
    return Done();
  }
  if (failure.stale && !stale_retried_ && replayable() && IsIdempotent(request_->method)) {
    // The upstream closed a connection that it had kept alive just as we used it.
    stale_retried_ = true;
    ready_ = false;
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

// --- Time ---

void Stream::StopWait() {
  wait_ = Wait::kNone;
  core_.wheel().Stop(timer_);
}

void Stream::OnWaitTimer() {
  switch (std::exchange(wait_, Wait::kNone)) {
    case Wait::kDelay:
      return AfterDelay();
    case Wait::kBackoff:
      return Try();
    case Wait::kTry: {
      if (headed_) return;
      if (endpoint_ != nullptr) {
        cluster_->Observe({.status = 504}, *endpoint_, core_.now());
      }
      ReleaseExchange();
      TryResult result;
      result.kind = TryResult::Kind::kPerTryTimeout;
      if (MayRetry(result)) return Retry();
      Flag(ResponseFlag::kUT);
      if (attempts_ > 1) Flag(ResponseFlag::kURX);
      return Answer({.status = 504,
                     .detail = "upstream_per_try_timeout",
                     .body = "upstream request timeout",
                     .ops = true});
    }
    case Wait::kNone:
      return;
  }
}

Duration Stream::RouteTimeout() const {
  const Duration configured = forward()->timeout;
  if (!grpc_timeout_.has_value()) return configured;
  if (configured == Duration::zero()) return *grpc_timeout_;
  return std::min(configured, *grpc_timeout_);
}

// The route's clock runs from the end of the request; before that, the request's own does.
void Stream::StartRouteTimer() {
  if (!body_end_ || tunnel_) return;
  core_.wheel().Stop(route_timer_);
  core_.wheel().After(route_timer_, core_.now(), RouteTimeout());
}

void Stream::OnRouteTimer() {
  if (!body_end_) {
    if (headed_) return;
    return TimedOut("request timeout", "request_overall_timeout");
  }
  if (!forwarding_) return;
  Flag(ResponseFlag::kUT);
  if (endpoint_ != nullptr) cluster_->Observe({.status = 504}, *endpoint_, core_.now());
  StopWait();
  ReleaseExchange();
  if (headed_) {
    detail_ = "response_timeout";
    session_->codec().Reset(key_, ResetReason::kInternalError);
    return Done();
  }
  Answer({.status = 504,
          .detail = "response_timeout",
          .body = "upstream request timeout",
          .ops = true});
}

void Stream::TouchIdle() {
  core_.wheel().After(idle_timer_, core_.now(), core_.timeouts().stream_idle);
}

void Stream::OnIdleTimer() {
  Flag(ResponseFlag::kSI);
  StopWait();
  ReleaseExchange();
  if (headed_) {
    detail_ = "stream_idle_timeout";
    session_->codec().Reset(key_, ResetReason::kInternalError);
    return Done();
  }
  Answer({.status = body_end_ ? 504 : 408,
          .detail = "stream_idle_timeout",
          .body = "stream timeout",
          .close = !body_end_});
}

void Stream::TimedOut(std::string_view body, std::string_view detail) {
  if (done_ || headed_) return;
  StopWait();
  ReleaseExchange();
  Answer({.status = 408, .detail = detail, .body = body, .close = true});
}

// --- The end ---

void Stream::BeginRefused(std::unique_ptr<RequestMessage> request, const Refusal& refusal) {
  request_ = std::move(request);
  snapshot_ = session_->client().snapshot();
  options_ = &session_->client().parts().shared->options;
  body_end_ = true;
  Refused(refusal);
}

void Stream::Refused(const Refusal& refusal) {
  if (done_) return;
  StopWait();
  ReleaseExchange();
  if (refusal.codec_error) Flag(ResponseFlag::kDPE);
  if (headed_) {
    detail_ = refusal.detail;
    session_->codec().Reset(key_, ResetReason::kProtocolError);
    return Done();
  }
  Answer({.status = refusal.status,
          .detail = refusal.detail,
          .body = refusal.codec_error ? ReasonPhrase(refusal.status) : std::string_view(),
          .close = refusal.close});
}

void Stream::ClientGone(ResponseFlag flag, std::string_view detail) {
  if (done_) return;
  Flag(flag);
  detail_ = detail;
  StopWait();
  ReleaseExchange();
  Done();
}

void Stream::Done() {
  if (std::exchange(done_, true)) return;
  end_ = core_.now();
  StopWait();
  core_.wheel().Stop(route_timer_);
  core_.wheel().Stop(idle_timer_);
  if (filter_ != OperationId()) FilterCall::Cancel(core_, std::exchange(filter_, {}));
  for (auto& mirror : mirrors_) mirror.release()->Leave();
  mirrors_.clear();
  wire_received_ = session_->client().received_bytes() - wire_received_;
  wire_sent_ = session_->client().sent_bytes() + session_->client().link().size() - wire_sent_;
  session_->Done(this);
}

}  // namespace postern
