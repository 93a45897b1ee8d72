#include "examples/postern/probe_run.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "lib/base/strings.h"
#include "lib/snapshot/probe_facts.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;
using Certificate = ProbeTest::Certificate;
using HeaderLines = std::vector<std::pair<std::string, std::string>>;

// An Outcome is what came of a probe as texts, by the names of expectations: "status",
// "destination", "retry.attempts".
struct Outcome {
  std::map<std::string, std::string, std::less<>> values;
  std::optional<HeaderLines> response_headers;
  std::optional<HeaderLines> upstream_headers;
};

std::string ClusterText(const ClusterName& cluster) {
  return StrCat(cluster.host, ":", int{cluster.port}, cluster.subset.empty() ? "" : " subset ",
                cluster.subset);
}

std::string Milliseconds(Duration duration) {
  return StrCat(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

std::string Sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  std::string joined;
  for (const std::string& text : texts) {
    if (!text.empty()) StrAppend(&joined, joined.empty() ? "" : ",", text);
  }
  return joined;
}

// ValueOf returns the value that the format gives, as far as it needs no request: "%%" is "%".
std::string ValueOf(std::string_view format) {
  std::string value;
  for (size_t i = 0; i < format.size(); ++i) {
    value += format[i];
    if (format.substr(i).starts_with("%%")) ++i;
  }
  return value;
}

// Apply does one list of operations: removals, then sets, then additions.
void Apply(std::span<const HeaderOp> ops, HeaderLines* lines) {
  using Kind = HeaderOp::Kind;
  const auto drop = [lines](std::string_view name) {
    std::erase_if(*lines, [name](const auto& line) { return EqualsIgnoreCase(line.first, name); });
  };
  for (const Kind kind : {Kind::kRemove, Kind::kSet, Kind::kAdd}) {
    for (const HeaderOp& op : ops) {
      if (op.kind != kind) continue;
      std::string value = ValueOf(op.value);
      if (kind == Kind::kRemove || (kind == Kind::kSet && !value.empty())) drop(op.name);
      if (kind != Kind::kRemove && !value.empty()) {
        lines->emplace_back(AsciiLower(op.name), std::move(value));
      }
    }
  }
}

HeaderLines Applied(const HeaderOps& ops, HeaderLines lines) {
  Apply(ops.first, &lines);
  Apply(ops.second, &lines);
  return lines;
}

// HandshakeFails returns whether a server in `mode` refuses a client that shows `certificate`.
bool HandshakeFails(TlsMode mode, Certificate certificate) {
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

// A Describer writes the action of a request into an Outcome.
class Describer {
 public:
  Describer(const RequestHead& request, const RouteDecision& decision, Outcome* outcome)
      : request_(request), decision_(decision), outcome_(*outcome) {}

  void Describe() {
    // A fault comes before the CORS policy and the upstream, and other actions have none.
    if (decision_.fault.abort_status == 0) return std::visit(*this, decision_.action);
    Answer(decision_.fault.abort_status, "fault filter abort");
    outcome_.response_headers = Applied(decision_.response_ops, {});
  }

  void operator()(const Reject& reject) { Answer(reject.status, ""); }

  void operator()(const Redirect& redirect) {
    Answer(redirect.status, "");
    outcome_.values["location"] = redirect.location;
    outcome_.response_headers = Applied(decision_.response_ops, {{"location", redirect.location}});
  }

  void operator()(const DirectResponse& response) {
    Answer(response.status, response.body);
    outcome_.response_headers = Applied(decision_.response_ops, {});
  }

  void operator()(const CorsPreflight& cors) {
    Answer(200, "");
    HeaderLines& lines = outcome_.response_headers.emplace();
    Add("access-control-allow-origin", cors.allow_origin, &lines);
    Add("access-control-allow-credentials", cors.allow_credentials ? "true" : "", &lines);
    Add("access-control-allow-methods", cors.allow_methods, &lines);
    Add("access-control-allow-headers", cors.allow_headers, &lines);
    Add("access-control-max-age", cors.max_age, &lines);
    Add("access-control-expose-headers", cors.expose_headers, &lines);
  }

  void operator()(const Forward& forward) {
    outcome_.values["destination"] = ClusterText(forward.cluster);
    outcome_.values["upstream_path"] = forward.path.value_or(std::string(request_.path));
    outcome_.values["upstream_authority"] =
        forward.authority.value_or(std::string(request_.authority));
    outcome_.values["timeout_ms"] = Milliseconds(forward.timeout);
    std::string mirrors;
    for (const Mirror& mirror : forward.mirrors) {
      StrAppend(&mirrors, ClusterText(mirror.cluster), " ", mirror.millionths / 10'000.0, "%; ");
    }
    outcome_.values["mirrors"] = mirrors;
    HeaderLines lines;
    for (const HeaderView& field : request_.headers) lines.emplace_back(field.name, field.value);
    outcome_.upstream_headers = Applied(forward.request_ops, std::move(lines));
    HeaderLines answer;
    Add("access-control-allow-origin", forward.cors_allow_origin, &answer);
    Add("access-control-allow-credentials", forward.cors_allow_credentials ? "true" : "", &answer);
    Add("access-control-expose-headers", forward.cors_expose_headers, &answer);
    outcome_.response_headers = Applied(decision_.response_ops, std::move(answer));
    DescribeRetry(forward.retry);
  }

 private:
  static void Add(std::string_view name, std::string_view value, HeaderLines* lines) {
    if (!value.empty()) lines->emplace_back(name, value);
  }

  void Answer(int status, std::string_view body) {
    outcome_.values["status"] = StrCat(status);
    outcome_.values["body"] = body;
  }

  void DescribeRetry(const RetryPolicy* retry) {
    outcome_.values["retry"] = retry == nullptr ? "disabled" : "enabled";
    if (retry == nullptr) return;
    outcome_.values["retry.attempts"] = StrCat(retry->attempts);
    std::vector<std::string> on;
    for (const std::string_view condition : Split(retry->retry_on, ',')) on.emplace_back(condition);
    outcome_.values["retry.on"] = Sorted(std::move(on));
    std::vector<std::string> codes;
    for (const uint16_t code : retry->status_codes) codes.push_back(StrCat(int{code}));
    outcome_.values["retry.codes"] = Sorted(std::move(codes));
    outcome_.values["retry.per_try_timeout_ms"] = Milliseconds(retry->per_try_timeout);
  }

  const RequestHead& request_;
  const RouteDecision& decision_;
  Outcome& outcome_;
};

Outcome Run(const Snapshot& snapshot, const ProbeTest& test, uint64_t random) {
  const Probe probe = snapshot.Cleaned(test.probe);
  const ProbeFacts facts(probe);
  const ChainDecision chain = snapshot.Decide(facts.connection(), random);

  Outcome outcome;
  if (chain.action == ChainDecision::Action::kRefuse) {
    const bool no_chain = chain.detail == "filter_chain_not_found";
    outcome.values["close"] = no_chain ? "no_filter_chain" : std::string(chain.detail);
    return outcome;
  }
  const bool terminated = chain.tls == ChainDecision::Tls::kTerminate;
  outcome.values["tls_terminated"] = terminated ? "true" : "false";
  if (terminated && (!probe.sni || HandshakeFails(chain.mode, test.certificate))) {
    outcome.values["close"] = "tls_handshake_failure";
  } else if (chain.action == ChainDecision::Action::kTcp) {
    outcome.values["destination"] = ClusterText(chain.cluster);
  } else if (probe.sni && !terminated) {
    outcome.values["close"] = "protocol_error";  // A ClientHello is no HTTP.
  } else if (!probe.method.empty()) {
    RequestHead request = facts.request();
    if (test.http_10) request.version = HttpVersion::kHttp10;
    const RouteDecision decision = snapshot.Decide(chain, request, random);
    Describer(request, decision, &outcome).Describe();
  }
  return outcome;
}

// A Judge collects the differences of one probe.
class Judge {
 public:
  Judge(const Snapshot& snapshot, const ProbeTest& test)
      : snapshot_(snapshot), test_(test), outcome_(Run(snapshot, test, 0)) {}

  std::vector<std::string> Differences() && {
    for (const auto& [key, value] : test_.expect.fields) Expect(key, value);
    // Who expects to be served is not content with a close.
    if (!test_.expect.Find("close")) Equal("close", "none");
    return std::move(differences_);
  }

 private:
  void Expect(const std::string& key, const YamlNode& value) {
    if (key == "destination") {
      Equal(key, DestinationText(value));
    } else if (key == "weights") {
      ExpectWeights(value);
    } else if (key == "response_headers") {
      ExpectHeaders(key, value, outcome_.response_headers);
    } else if (key == "upstream_headers") {
      ExpectHeaders(key, value, outcome_.upstream_headers);
    } else if (key == "mirrors") {
      std::string mirrors;
      for (const YamlNode& item : value.items) {
        double percentage = 100;
        if (item.Find("percentage"))
          percentage = std::strtod(item["percentage"].text.c_str(), nullptr);
        StrAppend(&mirrors, DestinationText(item["destination"]), " ", percentage, "%; ");
      }
      Equal(key, mirrors);
    } else if (key == "retry" && value.kind == YamlNode::Kind::kMap) {
      for (const auto& [part, wanted] : value.fields) {
        const bool list = part == "on" || part == "codes";
        Equal(StrCat("retry.", part), list ? Sorted(wanted.Texts()) : wanted.Text());
      }
    } else if (std::find(std::begin(kTexts), std::end(kTexts), key) != std::end(kTexts)) {
      Equal(key, value.Text());
    } else {
      differences_.push_back(StrCat(value.Place(), ": unknown expectation ", Quote(key)));
    }
  }

  static constexpr std::string_view kTexts[] = {
      "status",        "location",           "body",       "close", "tls_terminated",
      "upstream_path", "upstream_authority", "timeout_ms", "retry"};

  static std::string DestinationText(const YamlNode& node) {
    const std::string subset = node["subset"].Text();
    return StrCat(node["host"].Text(), ":", node["port"].Text(), subset.empty() ? "" : " subset ",
                  subset);
  }

  void Equal(const std::string& key, const std::string& expected) {
    const auto found = outcome_.values.find(key);
    const std::string actual = found == outcome_.values.end() ? "none" : found->second;
    if (actual != expected) {
      differences_.push_back(StrCat(key, ": expected ", expected, ", is ", actual));
    }
  }

  // ExpectWeights asks for each number below twice the sum of the weights, so that a larger sum
  // shows: the choice is the number's remainder.
  void ExpectWeights(const YamlNode& value) {
    std::vector<std::string> expected;
    for (const YamlNode& item : value.items) {
      expected.insert(expected.end(),
                      static_cast<size_t>(std::max<int64_t>(item["weight"].Int(), 0)),
                      DestinationText(item["destination"]));
    }
    for (uint64_t random = 0; random < 2 * expected.size(); ++random) {
      const std::string chosen = Run(snapshot_, test_, random).values["destination"];
      const std::string& wanted = expected[random % expected.size()];
      if (chosen == wanted) continue;
      differences_.push_back(
          StrCat("weights: number ", random, " chooses ", chosen, ", not ", wanted));
      return;
    }
  }

  void ExpectHeaders(const std::string& key, const YamlNode& expected,
                     const std::optional<HeaderLines>& lines) {
    for (const auto& [name, value] : expected.fields) {
      // What the engine adds is not decided here.
      if (name.starts_with("x-forwarded-") || name.starts_with("x-envoy-") ||
          name == "x-request-id") {
        continue;
      }
      std::optional<std::string> joined;
      for (const auto& [line_name, line] : lines.value_or(HeaderLines())) {
        if (!EqualsIgnoreCase(line_name, name)) continue;
        joined = joined ? StrCat(*joined, ",", line) : line;
      }
      const std::string want = value.kind == YamlNode::Kind::kNull ? "absent" : Quote(value.Text());
      const std::string have = joined ? Quote(*joined) : "absent";
      if (want != have) {
        differences_.push_back(StrCat(key, " ", name, ": expected ", want, ", is ", have));
      }
    }
  }

  const Snapshot& snapshot_;
  const ProbeTest& test_;
  Outcome outcome_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> RunProbe(const Snapshot& snapshot, const ProbeTest& test) {
  return Judge(snapshot, test).Differences();
}

}  // namespace postern
