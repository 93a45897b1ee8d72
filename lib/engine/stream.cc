#include "lib/engine/stream.h"

#include <string>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/filter_call.h"
#include "lib/engine/http_session.h"
#include "lib/engine/mirror_copy.h"
#include "lib/engine/stats_book.h"
#include "lib/http/grpc.h"
#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {

Stream::Stream(Core& core)
    : core_(core),
      body_(&core.chunks()),
      response_left_(&core.chunks()),
      timer_(this, [](void* self) { static_cast<Stream*>(self)->OnWaitTimer(); }),
      route_timer_(this, [](void* self) { static_cast<Stream*>(self)->OnRouteTimer(); }),
      idle_timer_(this, [](void* self) { static_cast<Stream*>(self)->OnIdleTimer(); }),
      life_timer_(this, [](void* self) { static_cast<Stream*>(self)->OnLifeTimer(); }) {}

Stream::~Stream() = default;

void Stream::Attach(HttpSession* session, StreamKey key) {
  session_ = session;
  info_ = &session->client().info();
  client_text_ = &session->client().text();
  key_ = key;
  start_ = core_.now();
  wire_received_ = session->client().received_bytes();
  wire_sent_ = session->client().sent_bytes();
  core_.stats().RequestBegan(info_->listener);
  core_.wheel().After(route_timer_, core_.now(), core_.timeouts().request);
  core_.wheel().After(life_timer_, core_.now(), core_.timeouts().stream);
  TouchIdle();
}

void Stream::Take(std::unique_ptr<RequestMessage> request, bool end) {
  request_ = std::move(request);
  snapshot_ = session_->client().snapshot();
  options_ = &session_->client().parts().shared->options;
  wire_received_ -= request_->wire_bytes;
  const std::string_view type = request_->headers.Find("content-type").value_or("");
  grpc_ = IsGrpc(type);
  if (!type.empty() && !grpc_) RecognizeGrpcWeb();
  if (end) OnRequestEnd();
}

void Stream::Begin(std::unique_ptr<RequestMessage> request, bool end) {
  Take(std::move(request), end);
  if (core_.overload().refuses()) {
    Flag(ResponseFlag::kOM);
    core_.stats().Shed();
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
  TranslateRequest();
  // A fault of a route to upstreams comes before its CORS policy (dataplane.md 4.7).
  const bool preflight = std::holds_alternative<CorsPreflight>(route_.action);
  if (forward() == nullptr && !preflight) return AnswerAction();
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

// --- The end ---

void Stream::BeginRefused(std::unique_ptr<RequestMessage> request, const Refusal& refusal) {
  Take(std::move(request), /*end=*/true);  // No more of it comes.
  Refused(refusal);
}

void Stream::Refused(const Refusal& refusal) {
  if (done_) return;
  if (refusal.codec_error) Flag(ResponseFlag::kDPE);
  GiveUp({.status = refusal.status,
          .detail = refusal.detail,
          .body = refusal.codec_error ? ReasonPhrase(refusal.status) : std::string_view(),
          .close = refusal.close},
         ResetReason::kProtocolError);
}

void Stream::GiveUp(const Reply& reply, ResetReason reason) {
  StopWait();
  ReleaseExchange();
  if (!headed_) return Answer(reply);
  detail_ = reply.detail;
  session_->codec().Reset(key_, reason);
  Done();
}

void Stream::ClientGone(ResponseFlag flag, std::string_view detail) {
  if (done_) return;
  Flag(flag);
  detail_ = detail;
  StopWait();
  ReleaseExchange();
  Done();
}

void Stream::Shed() {
  if (done_) return;
  core_.stats().Shed();
  Flag(ResponseFlag::kOM);
  detail_ = "overload";
  StopWait();
  ReleaseExchange();
  // What waits on a connection of its own goes with it, unflushed.
  ClientConnection& client = session_->client();
  const bool alone = this->alone();
  if (!alone) session_->codec().Reset(key_, ResetReason::kEnhanceYourCalm);
  Done();
  if (alone) client.FailLocally(absl::ResourceExhaustedError("overload"));
}

size_t Stream::memory() const {
  const size_t output = alone() ? session_->client().link().size() : 0;
  const size_t exchange = exchange_ == nullptr ? 0 : exchange_->memory();
  return body_.size() + response_left_.size() + output + exchange;
}

void Stream::Done() {
  if (std::exchange(done_, true)) return;
  end_ = core_.now();
  StopWait();
  Uncount();
  core_.wheel().Stop(route_timer_);
  core_.wheel().Stop(idle_timer_);
  core_.wheel().Stop(life_timer_);
  if (filter_ != OperationId()) FilterCall::Cancel(core_, std::exchange(filter_, {}));
  for (auto& mirror : mirrors_) MirrorCopy::Leave(std::move(mirror));
  mirrors_.clear();
  if (alone()) {
    wire_received_ = session_->client().received_bytes() - wire_received_;
    wire_sent_ = session_->client().sent_bytes() + session_->client().link().size() - wire_sent_;
  } else {
    wire_received_ = request_->wire_bytes + request_bytes_;
    wire_sent_ = response_bytes_;
  }
  session_->Done(this);
}

// --- The log ---

void Stream::WriteLog() {
  RequestLog log;
  log.connection = info_;
  std::string path;
  if (request_ != nullptr) {
    log.request = request_->head();
    if (log.request.path.starts_with('/')) log.path = RoutedPath(&path);
  }
  log.upstream_path = attempts_ > 0 ? order_.path : std::string_view();
  if (request_id_[0] != 0) log.request_id = {request_id_.data(), request_id_.size()};
  log.forwarded_for = fields_.Find("x-forwarded-for").value_or("");
  log.status = status_;
  log.response_headers = answer_.fields();
  log.grpc_status = grpc_status_;
  log.flags = flags_;
  log.detail = detail_;
  log.upstream_failure = upstream_failure_;
  log.request_bytes = request_bytes_;
  log.response_bytes = response_bytes_;
  log.request_wire_bytes = wire_received_;
  log.response_wire_bytes = wire_sent_;
  log.start = core_.WallAt(start_);
  log.duration = end_ - start_;
  if (body_end_) log.request_duration = request_end_ - start_;
  if (response_ != nullptr) {
    log.response_duration = response_start_ - start_;
    log.upstream_service_time = response_start_ - sent_upstream_;
  }
  if (cluster_ != nullptr) log.cluster = cluster_->name();
  log.upstream = upstream_;
  log.upstream_address = upstream_address_;
  log.upstream_local_address = upstream_local_;
  log.attempts = attempts_;
  log.virtual_host = route_.virtual_host;
  log.route_name = route_.route_name;
  log.rule = route_.rule;
  core_.stats().RequestEnded(log, cluster_ == nullptr ? std::string_view() : cluster_->label());
  core_.callbacks().OnRequestDone(log);
}

void Stream::Reset() {
  core_.messages().Give(std::move(request_));
  core_.messages().Give(std::move(response_));
  static_cast<RequestState&>(*this) = RequestState();
  fields_.Clear();
  original_path_.clear();
  response_edits_.clear();
  body_.Clear();
  tried_.clear();
  set_cookies_.clear();
  mirrors_.clear();
  answer_.Clear();
  response_left_.Clear();
  detail_text_.clear();
  upstream_failure_.clear();
}

}  // namespace postern
