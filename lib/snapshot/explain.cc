// Snapshot::Explain: a probe becomes the facts that Decide takes, and Decide does the rest.

#include <vector>

#include "postern/snapshot.h"

namespace postern {
namespace {

constexpr std::string_view kDefaultClient = "192.0.2.1";  // RFC 5737: for documentation.

}  // namespace

Trace Snapshot::Explain(const Probe& probe, uint64_t random) const {
  Trace trace;
  ConnectionFacts facts;
  facts.listener = probe.listener;
  facts.tls = probe.sni.has_value();
  if (probe.sni) facts.sni = *probe.sni;
  const std::vector<std::string_view> alpn(probe.alpn.begin(), probe.alpn.end());
  facts.alpn = alpn;
  const auto client =
      Address::Parse(probe.client_ip.empty() ? kDefaultClient : std::string_view(probe.client_ip));
  if (client.ok()) facts.remote = *client;
  const ChainDecision chain = Decide(facts, random, &trace);
  if (probe.method.empty() || chain.action != ChainDecision::Action::kHttp) return trace;

  std::vector<HeaderView> headers;
  for (const auto& [name, value] : probe.headers) headers.push_back({name, value});
  RequestHead head;
  // Only HTTP/2 has a scheme of its own.
  head.version = probe.scheme.empty() ? HttpVersion::kHttp11 : HttpVersion::kHttp2;
  head.method = probe.method;
  head.scheme = probe.scheme;
  head.authority = probe.authority;
  head.path = probe.path;
  head.headers = headers;
  Decide(chain, head, random, &trace);
  return trace;
}

}  // namespace postern
