#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lib/base/strings.h"
#include "tests/scenarios/executor.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;

Outcome::Destination ToDestination(const ClusterName& cluster) {
  return {std::string(cluster.host), cluster.port, std::string(cluster.subset)};
}

int64_t ToMilliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

// Evaluate applies one list of operations: removals, then sets, then additions, whose values are
// made before the first of them. Of Envoy's commands it knows "%%", which scenarios use.
void Evaluate(std::span<const HeaderOp> ops, HeaderLines* lines) {
  const auto value_of = [](std::string_view format) {
    std::string value;
    for (size_t i = 0; i < format.size(); ++i) {
      value += format[i];
      if (format.substr(i).starts_with("%%")) ++i;
    }
    return value;
  };
  const auto drop = [lines](std::string_view name) {
    std::erase_if(*lines, [name](const auto& line) { return EqualsIgnoreCase(line.first, name); });
  };
  for (const HeaderOp::Kind kind :
       {HeaderOp::Kind::kRemove, HeaderOp::Kind::kSet, HeaderOp::Kind::kAdd}) {
    for (const HeaderOp& op : ops) {
      if (op.kind != kind) continue;
      if (kind == HeaderOp::Kind::kRemove) {
        drop(op.name);
        continue;
      }
      std::string value = value_of(op.value);
      if (value.empty()) continue;
      if (kind == HeaderOp::Kind::kSet) drop(op.name);
      lines->emplace_back(AsciiLower(op.name), std::move(value));
    }
  }
}

void Evaluate(const HeaderOps& ops, HeaderLines* lines) {
  Evaluate(ops.first, lines);
  Evaluate(ops.second, lines);
}

// HandshakeFails returns whether a server in `mode` refuses a client that shows `certificate`.
bool HandshakeFails(TlsMode mode, ScenarioProbe::ClientCertificate certificate) {
  using Certificate = ScenarioProbe::ClientCertificate;
  switch (mode) {
    case TlsMode::kMutual:
    case TlsMode::kIstioMutual:
      return certificate != Certificate::kValid;
    case TlsMode::kOptionalMutual:
      return certificate == Certificate::kUntrusted;
    default:
      return false;
  }
}

// A RouteVisitor writes an action into an Outcome.
class RouteVisitor {
 public:
  RouteVisitor(const RequestHead& request, const RouteDecision& decision, Outcome* outcome)
      : request_(request), decision_(decision), outcome_(outcome) {}

  void Visit() {
    // A fault comes before the CORS policy and the upstream (dataplane.md 4.7).
    if (decision_.fault.abort_status == 0) return std::visit(*this, decision_.action);
    outcome_->status = decision_.fault.abort_status;
    outcome_->body = "fault filter abort";
    AnswerHeaders({});
  }

  void operator()(const Reject& reject) {
    outcome_->status = reject.status;
    outcome_->body = "";
  }

  void operator()(const Redirect& redirect) {
    outcome_->status = redirect.status;
    outcome_->location = redirect.location;
    outcome_->body = "";
    AnswerHeaders({{"location", redirect.location}});
  }

  void operator()(const DirectResponse& response) {
    outcome_->status = response.status;
    outcome_->body = response.body;
    AnswerHeaders({});
  }

  void operator()(const CorsPreflight& cors) {
    outcome_->status = 200;
    outcome_->body = "";
    HeaderLines lines;
    const auto add = [&lines](std::string_view name, std::string_view value) {
      if (!value.empty()) lines.emplace_back(name, value);
    };
    add("access-control-allow-origin", cors.allow_origin);
    add("access-control-allow-credentials", cors.allow_credentials ? "true" : "");
    add("access-control-allow-methods", cors.allow_methods);
    add("access-control-allow-headers", cors.allow_headers);
    add("access-control-max-age", cors.max_age);
    add("access-control-expose-headers", cors.expose_headers);
    outcome_->response_headers = std::move(lines);
  }

  void operator()(const Forward& forward) {
    outcome_->destination = ToDestination(forward.cluster);
    outcome_->upstream_path = forward.path.value_or(std::string(request_.path));
    outcome_->upstream_authority = forward.authority.value_or(std::string(request_.authority));
    HeaderLines lines;
    for (const HeaderView& field : request_.headers) {
      lines.emplace_back(AsciiLower(field.name), field.value);
    }
    Evaluate(forward.request_ops, &lines);
    outcome_->upstream_headers = std::move(lines);

    // What the gateway itself adds to an answer of an upstream that sends no fields.
    HeaderLines answer;
    if (!forward.cors_allow_origin.empty()) {
      answer.emplace_back("access-control-allow-origin", forward.cors_allow_origin);
      if (forward.cors_allow_credentials) {
        answer.emplace_back("access-control-allow-credentials", "true");
      }
      if (!forward.cors_expose_headers.empty()) {
        answer.emplace_back("access-control-expose-headers", forward.cors_expose_headers);
      }
    }
    AnswerHeaders(std::move(answer));

    outcome_->mirrors.emplace();
    for (const Mirror& mirror : forward.mirrors) {
      outcome_->mirrors->push_back({ToDestination(mirror.cluster), mirror.millionths / 10'000.0});
    }
    outcome_->timeout_ms = ToMilliseconds(forward.timeout);
    outcome_->retries_disabled = forward.retry == nullptr;
    if (forward.retry != nullptr) outcome_->retry = ToRetry(*forward.retry);
  }

 private:
  static Outcome::Retry ToRetry(const RetryPolicy& policy) {
    Outcome::Retry retry;
    retry.attempts = policy.attempts;
    for (const std::string_view condition : Split(policy.retry_on, ',')) {
      if (!condition.empty()) retry.on.emplace_back(condition);
    }
    retry.codes.assign(policy.status_codes.begin(), policy.status_codes.end());
    retry.per_try_timeout_ms = ToMilliseconds(policy.per_try_timeout);
    return retry;
  }

  void AnswerHeaders(HeaderLines lines) {
    Evaluate(decision_.response_ops, &lines);
    outcome_->response_headers = std::move(lines);
  }

  const RequestHead& request_;
  const RouteDecision& decision_;
  Outcome* outcome_;
};

class DecisionExecutor : public ScenarioExecutor {
 public:
  explicit DecisionExecutor(HttpVersion version) : version_(version) {}

  bool Speaks(const ScenarioProbe& probe) const override {
    if (!probe.http) return version_ == HttpVersion::kHttp11;
    return !probe.http->http_10 || version_ == HttpVersion::kHttp11;
  }

  size_t Chances(size_t weights) const override { return 2 * weights; }

  bool Sees(std::string_view name) const override {
    return !name.starts_with("x-forwarded-") && !name.starts_with("x-envoy-") &&
           name != "x-request-id";
  }

  std::string_view name() const override {
    return version_ == HttpVersion::kHttp2 ? "decision, HTTP/2" : "decision, HTTP/1.1";
  }

  Outcome Run(const std::shared_ptr<const Snapshot>& snapshot, const ScenarioProbe& probe,
              uint64_t random) override {
    ConnectionFacts facts;
    facts.listener = probe.listener;
    facts.tls = probe.tls.has_value();
    std::vector<std::string_view> alpn;
    if (probe.tls) {
      facts.sni = probe.tls->sni;
      alpn.assign(probe.tls->alpn.begin(), probe.tls->alpn.end());
    }
    facts.alpn = alpn;
    if (const auto remote = Address::Parse(probe.client_ip); remote.ok()) facts.remote = *remote;
    const ChainDecision chain = snapshot->Decide(facts, random);

    Outcome outcome;
    outcome.random = random;
    if (chain.action == ChainDecision::Action::kRefuse) {
      outcome.close = chain.detail == "filter_chain_not_found" ? "no_filter_chain" : chain.detail;
      return outcome;
    }
    outcome.tls_terminated = chain.tls == ChainDecision::Tls::kTerminate;
    if (*outcome.tls_terminated &&
        (!probe.tls || HandshakeFails(chain.mode, probe.tls->certificate))) {
      outcome.close = "tls_handshake_failure";
    } else if (chain.action == ChainDecision::Action::kTcp) {
      outcome.destination = ToDestination(chain.cluster);
    } else if (probe.tls && !*outcome.tls_terminated) {
      outcome.close = "protocol_error";  // A ClientHello is no HTTP.
    } else if (probe.http) {
      Request(*snapshot, chain, probe, random, &outcome);
    }
    return outcome;
  }

 private:
  void Request(const Snapshot& snapshot, const ChainDecision& chain, const ScenarioProbe& probe,
               uint64_t random, Outcome* outcome) const {
    const ScenarioProbe::Http& http = *probe.http;
    RequestHead request;
    request.version = http.http_10 ? HttpVersion::kHttp10 : version_;
    request.method = http.method;
    if (version_ == HttpVersion::kHttp2) request.scheme = probe.tls ? "https" : "http";
    request.authority = http.authority;
    request.path = http.path;
    Probe client;
    client.listener = probe.listener;
    client.client_ip = probe.client_ip;
    if (probe.tls) client.sni = probe.tls->sni;
    client.scheme = request.scheme;
    client.headers = http.headers;
    const Probe cleaned = snapshot.Cleaned(client);
    std::vector<HeaderView> headers;
    for (const auto& [name, value] : cleaned.headers) headers.push_back({name, value});
    request.headers = headers;
    const RouteDecision decision = snapshot.Decide(chain, request, random);
    RouteVisitor(request, decision, outcome).Visit();
  }

  const HttpVersion version_;
};

}  // namespace

std::unique_ptr<ScenarioExecutor> MakeDecisionExecutor(HttpVersion version) {
  return std::make_unique<DecisionExecutor>(version);
}

}  // namespace postern
