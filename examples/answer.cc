#include "examples/answer.h"

#include <string_view>
#include <variant>
#include <vector>

namespace {

std::string Name(const postern::ClusterName& cluster) {
  std::string name = std::string(cluster.host) + ":" + std::to_string(cluster.port);
  if (!cluster.subset.empty()) name += " subset " + std::string(cluster.subset);
  return name;
}

struct ActionText {
  std::string operator()(const postern::Reject& reject) const {
    return "answer " + std::to_string(reject.status) + " " + std::string(reject.detail);
  }
  std::string operator()(const postern::Redirect& redirect) const {
    return "answer " + std::to_string(redirect.status) + " to " + redirect.location;
  }
  std::string operator()(const postern::DirectResponse& response) const {
    return "answer " + std::to_string(response.status) + " " + std::string(response.body);
  }
  std::string operator()(const postern::CorsPreflight&) const {
    return "answer the CORS preflight";
  }
  std::string operator()(const postern::Forward& forward) const {
    std::string text = "forward to " + Name(forward.cluster);
    if (forward.authority) text += " as " + *forward.authority;
    if (forward.path) text += " with path " + *forward.path;
    return text;
  }
};

}  // namespace

std::string Answer::ToString() const {
  if (route && route->fault.abort_status != 0) {
    return "answer " + std::to_string(route->fault.abort_status) + " fault filter abort";
  }
  if (route) return std::visit(ActionText(), route->action);
  switch (chain.action) {
    case postern::ChainDecision::Action::kRefuse:
      return "close: " + std::string(chain.detail);
    case postern::ChainDecision::Action::kTcp:
      return "carry bytes to " + Name(chain.cluster);
    case postern::ChainDecision::Action::kHttp:
      break;
  }
  return "wait for a request";
}

Answer Decide(const postern::Snapshot& snapshot, const postern::Probe& asked, uint64_t random) {
  Answer answer;
  answer.cleaned = std::make_unique<const postern::Probe>(snapshot.Cleaned(asked));
  const postern::Probe& probe = *answer.cleaned;
  const std::vector<std::string_view> alpn(probe.alpn.begin(), probe.alpn.end());
  postern::ConnectionFacts connection;
  connection.listener = probe.listener;
  connection.tls = probe.sni.has_value();
  if (probe.sni) connection.sni = *probe.sni;
  connection.alpn = alpn;
  answer.chain = snapshot.Decide(connection, random);
  if (answer.chain.action != postern::ChainDecision::Action::kHttp || probe.method.empty()) {
    return answer;
  }
  std::vector<postern::HeaderView> headers;
  for (const auto& [name, value] : probe.headers) headers.push_back({name, value});
  postern::RequestHead request;
  request.method = probe.method;
  request.scheme = probe.scheme;
  request.authority = probe.authority;
  request.path = probe.path;
  request.headers = headers;
  answer.route = snapshot.Decide(answer.chain, request, random);
  return answer;
}
