#include "examples/probe_url.h"

#include <charconv>
#include <string>

namespace {

absl::Status Malformed(std::string_view url) {
  return absl::InvalidArgumentError("not a URL of http, https, tcp or tls: " + std::string(url));
}

}  // namespace

absl::StatusOr<postern::Probe> ProbeUrl(std::string_view url) {
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) return Malformed(url);
  const std::string_view scheme = url.substr(0, colon);
  const bool http = scheme == "http" || scheme == "https";
  const bool tls = scheme == "https" || scheme == "tls";
  if (!http && !tls && scheme != "tcp") return Malformed(url);

  std::string_view rest = url.substr(colon + 3);
  const size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  postern::Probe probe;
  probe.path = slash == std::string_view::npos ? "/" : rest.substr(slash);
  probe.authority = authority;
  if (!http) probe.method = "";

  // The last colon, if it is not one inside of an IPv6 address, begins the port.
  std::string_view host = authority;
  probe.listener.port = scheme == "http" ? 80 : 443;
  const size_t port = authority.rfind(':');
  if (port != std::string_view::npos && authority.find(']', port) == std::string_view::npos) {
    host = authority.substr(0, port);
    const std::string_view digits = authority.substr(port + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), probe.listener.port);
    if (error != std::errc() || end != digits.data() + digits.size()) return Malformed(url);
  } else if (scheme == "tcp") {
    return Malformed(url);
  }
  if (tls) {
    probe.sni = std::string(host);
    if (http) probe.alpn = {"h2", "http/1.1"};
  }
  return probe;
}
