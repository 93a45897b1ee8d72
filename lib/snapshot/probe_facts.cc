#include "lib/snapshot/probe_facts.h"

namespace postern {
namespace {

constexpr std::string_view kDefaultClient = "192.0.2.1";  // RFC 5737: for documentation.

}  // namespace

ProbeFacts::ProbeFacts(const Probe& probe) : alpn_(probe.alpn.begin(), probe.alpn.end()) {
  connection_.listener = probe.listener;
  connection_.tls = probe.sni.has_value();
  if (probe.sni) connection_.sni = *probe.sni;
  connection_.alpn = alpn_;
  const auto client =
      Address::Parse(probe.client_ip.empty() ? kDefaultClient : std::string_view(probe.client_ip));
  if (client.ok()) connection_.remote = *client;

  for (const auto& [name, value] : probe.headers) headers_.push_back({name, value});
  // Only HTTP/2 has a scheme of its own.
  request_.version = probe.scheme.empty() ? HttpVersion::kHttp11 : HttpVersion::kHttp2;
  request_.method = probe.method;
  request_.scheme = probe.scheme;
  request_.authority = probe.authority;
  request_.path = probe.path;
  request_.headers = headers_;
}

}  // namespace postern
