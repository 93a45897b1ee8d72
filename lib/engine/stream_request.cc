// The head that a stream sends upstream: what comes off the client's, what goes on, in the order
// that observed.md 1.1 records.

#include <charconv>
#include <string>
#include <utility>

#include "lib/base/strings.h"
#include "lib/engine/client_connection.h"
#include "lib/engine/client_text.h"
#include "lib/engine/core.h"
#include "lib/engine/http_session.h"
#include "lib/engine/stream.h"
#include "lib/http/field_rules.h"
#include "lib/http/forwarded.h"
#include "lib/http/grpc.h"
#include "lib/http/hygiene.h"
#include "lib/match/path.h"
#include "lib/snapshot/clean_request.h"
#include "lib/snapshot/request_decision.h"
#include "lib/snapshot/tables.h"

namespace postern {
namespace {

// Decimal writes `number` into `text` and returns it as a view.
template <size_t kSize>
std::string_view Decimal(int64_t number, std::array<char, kSize>& text) {
  const auto result = std::to_chars(text.data(), text.data() + kSize, number);
  return {text.data(), static_cast<size_t>(result.ptr - text.data())};
}

int64_t Milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void Stream::CleanRequest() {
  const ClientConnection& client = session_->client();
  fields_.Clear();
  fields_.Borrow(request_->headers);
  if (to_grpc()) {
    const auto text = fields_.Find("grpc-timeout");
    grpc_timeout_ = text.has_value() ? ParseGrpcTimeout(*text) : std::nullopt;
  }
  RequestOrigin origin;
  origin.remote = client_text_->remote_ip();
  origin.local = client_text_->local_ip();
  origin.tls = client.tls();
  origin.port = client.info().listener.port;
  origin.upgrade = !request_->upgrade.empty();
  origin.certificate_element = client_text_->certificate_element();
  if (options_->request_id) {
    std::array<uint8_t, 16> random;
    for (size_t half = 0; half < 2; ++half) {
      const uint64_t bits = core_.random().Next();
      for (size_t i = 0; i < 8; ++i) random[half * 8 + i] = static_cast<uint8_t>(bits >> (8 * i));
    }
    request_id_ = RequestId(random);
    origin.request_id = {request_id_.data(), request_id_.size()};
  }
  postern::CleanRequest(*options_, origin, &fields_);
}

void Stream::WriteUpstreamHead() {
  const Forward& forward = *this->forward();
  const SnapshotOptions& options = *options_;
  if (!request_->upgrade.empty() && !forward.websocket) RemoveHopByHop(false, &fields_);
  order_.method = request_->method;
  order_.scheme = request_->scheme;
  order_.authority =
      forward.authority.has_value() ? std::string_view(*forward.authority) : request_->authority;
  order_.path = forward.path.has_value() ? std::string_view(*forward.path) : request_->path;
  order_.upgrade = forward.websocket;

  WriteTimeouts(RouteTimeout());
  if (options.attempt_count) fields_.Set("x-envoy-attempt-count", "1");
  ApplyOps(forward.request_ops, &fields_);
  if (!forward.original_authority.empty()) {
    fields_.Set("x-envoy-original-host", forward.original_authority);
  }
  if (options.x_forwarded_host && order_.authority != request_->authority) {
    const std::string_view earlier = fields_.Joined("x-forwarded-host");
    fields_.Set("x-forwarded-host",
                earlier.empty() ? request_->authority
                                : fields_.text().Concat({earlier, ",", request_->authority}));
  }
  if (forward.path_rewritten) {
    std::string storage;
    original_path_ = std::string(RoutedPath(&storage));
    fields_.Set("x-envoy-original-path", original_path_);
  }
  order_.headers = fields_.fields();
}

// The upstream is told of the time that is left to it: `left` until the route's timeout, 0 if that
// is none, and no more than a try has.
void Stream::WriteTimeouts(Duration left) {
  const RetryPolicy* retry = forward()->retry;
  const Duration per_try = retry == nullptr ? Duration::zero() : retry->per_try_timeout;
  const bool shorter = per_try > Duration::zero() && (left == Duration::zero() || per_try < left);
  const Duration expected = shorter ? per_try : left;
  if (expected == Duration::zero()) return;
  fields_.Set("x-envoy-expected-rq-timeout-ms", Decimal(Milliseconds(expected), expected_timeout_));
  if (to_grpc()) fields_.Set("grpc-timeout", fields_.text().Copy(GrpcTimeout(expected)));
}

void Stream::WriteAttempt() {
  if (attempts_ < 2) return;
  Duration left = RouteTimeout();
  if (left > Duration::zero() && body_end_) {
    left = std::max<Duration>(route_timer_.due() - core_.now(), std::chrono::milliseconds(1));
  }
  WriteTimeouts(left);
  if (options_->attempt_count) {
    fields_.Set("x-envoy-attempt-count", Decimal(attempts_, attempt_text_));
  }
  order_.headers = fields_.fields();
}

std::string_view Stream::RoutedPath(std::string* storage) const {
  return NormalizePath(request_->path, PathRulesOf(*options_), storage).target;
}

FormatFacts Stream::Facts(std::string_view path, std::string_view authority) const {
  FormatFacts facts;
  facts.connection = info_;
  facts.method = request_->method;
  facts.path = path;
  facts.authority = authority;
  facts.scheme = request_->scheme.empty() ? fields_.Find("x-forwarded-proto").value_or("http")
                                          : request_->scheme;
  facts.original_path = original_path_;
  facts.version = request_->version;
  facts.request = fields_.fields();
  facts.response = answer_.fields();
  facts.status = status_;
  facts.route_name = route_.route_name;
  if (cluster_ != nullptr) facts.cluster = cluster_->label();
  if (upstream_address_.family != Address::Family::kNone) facts.upstream = &upstream_address_;
  facts.detail = detail_;
  facts.flags = flags_;
  facts.start = core_.WallAt(start_);
  return facts;
}

void Stream::ApplyOps(const HeaderOps& ops, HeaderList* headers) {
  ApplyList(ops.first, headers);
  ApplyList(ops.second, headers);
}

// One evaluation of a list: all removes, then values, then all sets, all adds (dataplane.md 4.6).
void Stream::ApplyList(std::span<const HeaderOp> ops, HeaderList* headers) {
  if (ops.empty()) return;
  // An answer is told of what the upstream was asked, a request of what the client did.
  const bool sent = headers == &answer_ && forwarding_ && cluster_->Carries();
  for (const HeaderOp& op : ops) {
    if (op.kind == HeaderOp::Kind::kRemove) headers->Remove(op.name);
  }
  std::vector<std::pair<const HeaderOp*, std::string_view>> values;
  for (const HeaderOp& op : ops) {
    if (op.kind == HeaderOp::Kind::kRemove) continue;
    std::string_view value = op.value;
    if (HasCommands(value)) {
      std::string path;
      const FormatFacts facts = sent ? Facts(order_.path, order_.authority)
                                     : Facts(RoutedPath(&path), request_->authority);
      value = headers->text().Copy(Format(value, facts));
    }
    // What a client can put into a value must not end the field (engine.md 1.7).
    if (!value.empty() && IsFieldValue(value)) values.emplace_back(&op, value);
  }
  for (const auto& [op, value] : values) {
    if (op->kind != HeaderOp::Kind::kSet) continue;
    headers->Remove(op->name);  // A value that is set goes to the end.
    headers->Add(op->name, value);
  }
  for (const auto& [op, value] : values) {
    if (op->kind == HeaderOp::Kind::kAdd) headers->Add(op->name, value);
  }
}

void Stream::ApplyEdits(std::span<const HeaderEdit> edits, HeaderList* headers) {
  for (const HeaderEdit& edit : edits) {
    const std::string name = AsciiLower(edit.name);
    if (!IsFieldName(name) || !IsFieldValue(edit.value)) continue;
    const std::string_view kept = headers->text().Copy(name);
    switch (edit.kind) {
      case HeaderOp::Kind::kRemove:
        headers->Remove(kept);
        break;
      case HeaderOp::Kind::kSet:
        headers->Set(kept, headers->text().Copy(edit.value));
        break;
      case HeaderOp::Kind::kAdd:
        headers->Add(kept, headers->text().Copy(edit.value));
        break;
    }
  }
}

}  // namespace postern
