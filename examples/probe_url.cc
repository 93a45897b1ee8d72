#include "examples/probe_url.h"

#include <charconv>
#include <optional>
#include <string>

#include "postern/address.h"

namespace {

absl::Status Malformed(std::string_view url) {
  return absl::InvalidArgumentError("not a URL of http, https, tcp or tls: " + std::string(url));
}

bool IsHttp(std::string_view scheme) { return scheme == "http" || scheme == "https"; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower;
}

// A HostAndPort is the two parts of an authority; the port may be absent.
struct HostAndPort {
  std::string_view host;
  std::optional<std::string_view> port;
};

// Split returns nullopt for what is no authority. An IPv6 address stands in brackets.
std::optional<HostAndPort> Split(std::string_view authority) {
  size_t end = authority.find(':');
  if (authority.starts_with('[')) {
    end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
  }
  if (end >= authority.size()) return HostAndPort{authority, std::nullopt};
  if (authority[end] != ':') return std::nullopt;
  return HostAndPort{authority.substr(0, end), authority.substr(end + 1)};
}

// ServerName returns what a client sends for `host`: nothing for an address (RFC 6066 section 3).
std::string ServerName(std::string_view host) {
  const bool is_address = host.starts_with('[') || postern::Address::Parse(host).ok();
  return is_address ? "" : std::string(host);
}

}  // namespace

absl::StatusOr<postern::Probe> ProbeUrl(std::string_view url) {
  const size_t colon = url.find("://");
  if (colon == std::string_view::npos) return Malformed(url);
  const std::string scheme = Lower(url.substr(0, colon));
  const bool tls = scheme == "https" || scheme == "tls";
  if (!IsHttp(scheme) && !tls && scheme != "tcp") return Malformed(url);

  const std::string_view rest = url.substr(colon + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const auto parts = Split(authority);
  if (!parts || (IsHttp(scheme) && parts->host.empty())) return Malformed(url);

  postern::Probe probe;
  probe.authority = authority;
  probe.path = rest.substr(authority.size(), rest.find('#') - authority.size());
  if (!probe.path.starts_with('/')) probe.path.insert(0, "/");
  if (!IsHttp(scheme)) probe.method = "";
  probe.listener.port = scheme == "http" ? 80 : 443;
  if (parts->port) {
    const char* const end = parts->port->data() + parts->port->size();
    const auto read = std::from_chars(parts->port->data(), end, probe.listener.port);
    if (read.ec != std::errc() || read.ptr != end) return Malformed(url);
  } else if (scheme == "tcp") {
    return Malformed(url);
  }
  if (tls) probe.sni = ServerName(parts->host);
  if (scheme == "https") probe.alpn = {"h2", "http/1.1"};
  return probe;
}
