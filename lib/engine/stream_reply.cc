// What a stream sends to the client: the upstream's answer, or one that is made here, in the exact
// shapes of observed.md 1.1.

#include <charconv>
#include <string>

#include "lib/base/strings.h"
#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/local_reply.h"
#include "lib/engine/stream.h"
#include "lib/http/field_rules.h"
#include "lib/http/grpc.h"
#include "lib/http/hygiene.h"
#include "lib/snapshot/tables.h"

namespace postern {

// --- Answers made here ---

void Stream::Answer(const Reply& reply) {
  if (headed_ || done_) return;
  StopWait();
  core_.SetLending(false);  // The body below is ours, not the host's.
  if (!reply.detail.empty()) detail_ = reply.detail;
  LocalReply local{.status = reply.status,
                   .body = reply.body,
                   .first = reply.first,
                   .grpc = grpc_,
                   .grpc_status = reply.grpc_status,
                   .web = translated_ ? &*web_ : nullptr};
  std::string expanded;
  const auto replaced = core_.options().local_bodies.find(reply.status);
  if (replaced != core_.options().local_bodies.end() && !reply.from_route) {
    const std::string_view id(request_id_.data(), request_id_[0] == 0 ? 0 : request_id_.size());
    expanded = ExpandBody(replaced->second, detail_, id);
    local.body = expanded;
    local.content_type = replaced->second.content_type;
  }
  status_ = local.wire_status();
  const bool to_head = request_ != nullptr && request_->method == "HEAD";
  if (status_ == 204) local.body = {};  // Nor may a length be said: RFC 9110 section 8.6.
  if (translated_) {
    grpc_status_ = GrpcFromHttp(local.status);
    if (to_head) local.body = {};
  }
  if (grpc_) grpc_status_ = local.grpc_status >= 0 ? local.grpc_status : GrpcFromHttp(local.status);
  answer_.Clear();
  BeginReply(local, &answer_);
  if (reply.ops) {
    ApplyOps(route_.response_ops, &answer_);
    ApplyEdits(response_edits_, &answer_);
  }
  if (forwarding_) AllowOrigin();
  RemoveConnectionFields(/*upgrade=*/false, &answer_);
  EndReply(local, core_.date(), core_.options().server_name, &answer_);
  const std::string_view body = local.wire_body();
  // What a head says of the body need not follow: RFC 9110 sections 9.3.2 and 15.4.5.
  const bool unsent = status_ == 304 || to_head;
  response_bytes_ = unsent ? 0 : body.size();
  // Envoy takes every 400 of its own, a route's too, for a client that is out of step.
  SendHead(reply.close || reply.status == 400, body.empty());
  if (body.empty()) return ResponseEnd();
  const size_t taken = session_->codec().SendData(key_, AsBytes(body), true);
  if (taken == body.size()) return ResponseEnd();
  // The client's window is full: OnClientWritable goes on.
  ReleaseExchange();
  core_.wheel().Stop(route_timer_);
  response_left_.Append(AsBytes(body).subspan(taken));
  response_end_ = true;
}

// A browser may read what becomes of a request that was let through, a failure as well.
void Stream::AllowOrigin() {
  const Forward& forward = *this->forward();
  if (forward.cors_allow_origin.empty()) return;
  answer_.Set("access-control-allow-origin", forward.cors_allow_origin);
  if (forward.cors_allow_credentials) answer_.Set("access-control-allow-credentials", "true");
  if (!forward.cors_expose_headers.empty()) {
    answer_.Set("access-control-expose-headers", forward.cors_expose_headers);
  }
}

void Stream::AnswerAction() {
  if (const auto* reject = std::get_if<Reject>(&route_.action); reject != nullptr) {
    if (reject->detail == "route_not_found") Flag(ResponseFlag::kNR);
    return Answer({.status = reject->status,
                   .detail = reject->detail,
                   .close = reject->detail == "upgrade_failed" || request_->method == "CONNECT"});
  }
  if (const auto* redirect = std::get_if<Redirect>(&route_.action); redirect != nullptr) {
    const HeaderView first[] = {{"location", redirect->location}};
    return Answer({.status = redirect->status,
                   .detail = "direct_response",
                   .first = first,
                   .ops = true,
                   .from_route = true});
  }
  if (const auto* direct = std::get_if<DirectResponse>(&route_.action); direct != nullptr) {
    return AnswerDirect(*direct);
  }
  AnswerPreflight(*std::get_if<CorsPreflight>(&route_.action));
}

void Stream::AnswerDirect(const DirectResponse& direct) {
  Reply reply{.status = direct.status,
              .detail = "direct_response",
              .body = direct.body,
              .ops = true,
              .from_route = true};
  std::string path, location;
  HeaderView first[1];
  if (direct.status == 201 || direct.status / 100 == 3) {
    // Envoy names the place that was asked for.
    const std::string_view scheme = request_->scheme.empty()
                                        ? fields_.Find("x-forwarded-proto").value_or("http")
                                        : request_->scheme;
    location = StrCat(scheme, "://", request_->authority, RoutedPath(&path));
    first[0] = {"location", location};
    reply.first = first;
  }
  Answer(reply);
}

void Stream::AnswerPreflight(const CorsPreflight& preflight) {
  std::vector<HeaderView> first;
  const auto add = [&first](std::string_view name, std::string_view value) {
    if (!value.empty()) first.push_back({name, value});
  };
  add("access-control-allow-origin", preflight.allow_origin);
  add("access-control-allow-credentials", preflight.allow_credentials ? "true" : "");
  add("access-control-allow-methods", preflight.allow_methods);
  add("access-control-allow-headers", preflight.allow_headers);
  add("access-control-max-age", preflight.max_age);
  add("access-control-expose-headers", preflight.expose_headers);
  Answer({.status = 200, .detail = "cors_preflight", .first = first, .from_route = true});
}

void Stream::AnswerFault() {
  Flag(ResponseFlag::kFI);
  const Fault& fault = route_.fault;
  Answer({.status = fault.abort_status == 0 ? 200 : fault.abort_status,
          .detail = "fault_filter_abort",
          .body = "fault filter abort",
          .grpc_status = fault.abort_grpc_status,
          .ops = true});
}

void Stream::AnswerFilter(const AnswerRequest& answer) {
  std::vector<HeaderView> first;
  std::vector<std::string> names;
  names.reserve(answer.headers.size());
  for (const auto& [name, value] : answer.headers) {
    names.push_back(AsciiLower(name));
    if (IsFieldName(names.back()) && IsFieldValue(value) && names.back() != "content-length") {
      first.push_back({names.back(), value});
    }
  }
  Answer({.status = answer.status,
          .detail = detail_text_,
          .body = answer.body,
          .first = first,
          .from_route = true});
}

void Stream::AnswerOverflow() {
  Flag(ResponseFlag::kUO);
  const HeaderView first[] = {{"x-envoy-overloaded", "true"}};
  const std::string body = ResetBody("overflow", false);
  Answer({.status = 503,
          .detail = "upstream_reset_before_response_started{overflow}",
          .body = body,
          .first = first,
          .ops = true});
}

// AnswerReplayOverflow answers a request whose body has outgrown what is kept for a further try,
// while it waits for one.
void Stream::AnswerReplayOverflow() {
  Answer({.status = 507,
          .detail = "request_payload_exceeded_retry_buffer_limit",
          .body = "exceeded request buffer limit while retrying upstream",
          .ops = true});
}

void Stream::AnswerFailure(const Failure& failure) {
  std::string_view reason = "connection termination";
  int status = 503;
  if (failure.why.code() == absl::StatusCode::kNotFound &&
      failure.kind == TryResult::Kind::kConnectFailure) {
    Flag(ResponseFlag::kNC);
    return Answer({.status = 503, .detail = "cluster_not_found", .ops = true});
  }
  if (failure.protocol_error) {
    Flag(ResponseFlag::kUPE);
    reason = "protocol error";
    status = 502;
  } else if (failure.kind == TryResult::Kind::kConnectFailure) {
    Flag(ResponseFlag::kUF);
    reason = "remote connection failure";
  } else if (failure.kind == TryResult::Kind::kRefused) {
    Flag(ResponseFlag::kUR);
    reason = "remote refused stream reset";
  } else if (failure.remote_reset) {
    Flag(ResponseFlag::kUR);
    reason = "remote reset";
  } else {
    Flag(ResponseFlag::kUC);
  }
  const bool retried = attempts_ > 1;
  if (retried) Flag(ResponseFlag::kURX);
  const std::string body = ResetBody(reason, retried);
  std::string detail(reason);
  for (char& c : detail) c = c == ' ' ? '_' : c;
  detail_text_ = StrCat("upstream_reset_before_response_started{", detail, "}");
  Answer({.status = status, .detail = detail_text_, .body = body, .ops = true});
}

// --- Heads ---

void Stream::SendUpstreamHead(bool end) {
  const SnapshotOptions& options = *options_;
  status_ = response_->status;
  answer_.Clear();
  answer_.Borrow(response_->headers);
  SanitizeResponse(tunnel_, &answer_);
  if (options.envoy_debug_headers && body_end_ && !tunnel_) {
    const auto time =
        std::chrono::duration_cast<std::chrono::milliseconds>(core_.now() - sent_upstream_);
    const auto result =
        std::to_chars(service_time_.data(), service_time_.data() + service_time_.size(),
                      static_cast<int64_t>(time.count()));
    answer_.Set("x-envoy-upstream-service-time",
                {service_time_.data(), static_cast<size_t>(result.ptr - service_time_.data())});
  }
  for (const std::string& cookie : set_cookies_) {
    // What a configuration says of a cookie must not end the field.
    if (IsFieldValue(cookie)) answer_.Add("set-cookie", cookie);
  }
  ApplyOps(route_.response_ops, &answer_);
  AllowOrigin();
  if (TranslateHead(end)) FinishUpstreamHead(end);
}

void Stream::FinishUpstreamHead(bool end) {
  ApplyEdits(response_edits_, &answer_);
  RemoveConnectionFields(tunnel_, &answer_);
  FinishResponse(core_.date(), core_.options().server_name, &answer_);
  SendHead(forward()->websocket && !tunnel_, end);
}

void Stream::SendHead(bool close, bool end) {
  headed_ = true;
  ResponseOut out;
  out.status = status_;
  out.headers = answer_.fields();
  out.close = close;
  session_->codec().SendResponse(key_, out, end);
}

}  // namespace postern
