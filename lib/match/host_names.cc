#include "lib/match/host_names.h"

#include <algorithm>

#include "lib/base/strings.h"
#include "lib/match/ip.h"

namespace postern {
namespace {

// WithoutPrefix returns what stands between the first and the second "/", as Istio cuts it.
std::string_view WithoutPrefix(std::string_view entry) {
  const size_t slash = entry.find('/');
  if (slash == std::string_view::npos) return entry;
  entry.remove_prefix(slash + 1);
  return entry.substr(0, entry.find('/'));
}

}  // namespace

bool HostsOverlap(std::string_view a, std::string_view b) {
  if (IsWildcardHost(a) && IsWildcardHost(b)) {
    if (a.size() < b.size()) std::swap(a, b);
    return a.substr(1).ends_with(b.substr(1));
  }
  if (IsWildcardHost(a)) return b.ends_with(a.substr(1));
  if (IsWildcardHost(b)) return a.ends_with(b.substr(1));
  return a == b;
}

bool HostIsSubset(std::string_view a, std::string_view b) {
  if (!IsWildcardHost(b)) return a == b;
  if (IsWildcardHost(a)) return a.substr(1).ends_with(b.substr(1));
  return a.ends_with(b.substr(1));
}

bool HostPrecedes(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return true;
  if (IsWildcardHost(a) != IsWildcardHost(b)) return IsWildcardHost(b);
  if (a.size() != b.size()) return a.size() > b.size();
  return a < b;
}

std::vector<std::string> ResolveServerHosts(std::span<const std::string> hosts,
                                            std::string_view gateway_namespace) {
  std::vector<std::string> resolved;
  resolved.reserve(hosts.size());
  for (const std::string_view entry : hosts) {
    const std::string_view prefix = entry.substr(0, std::min(entry.find('/'), entry.size()));
    const std::string_view host = WithoutPrefix(entry);
    if (prefix.size() == entry.size()) {
      resolved.emplace_back(entry);
    } else if (prefix == ".") {
      resolved.push_back(StrCat(gateway_namespace, "/", host));
    } else if (prefix == "*" && host == "*") {
      return {"*"};
    } else if (prefix == "*") {
      resolved.emplace_back(host);
    } else {
      resolved.emplace_back(entry);
    }
  }
  return resolved;
}

std::vector<std::string> ServerNames(std::span<const std::string> hosts) {
  std::vector<std::string> names;
  names.reserve(hosts.size());
  for (const std::string& entry : hosts) names.emplace_back(WithoutPrefix(entry));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string ResolveGatewayName(std::string_view name, std::string_view ns) {
  if (name.starts_with("./")) return StrCat(ns, name.substr(1));
  if (name.find('/') != std::string_view::npos) return std::string(name);
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return StrCat(ns, "/", name);
  const std::string_view rest = name.substr(dot + 1);
  return StrCat(rest.substr(0, rest.find('.')), "/", name.substr(0, dot));
}

std::string ResolveShortHost(std::string_view host, std::string_view ns, std::string_view domain) {
  std::string full(host);
  const bool short_name =
      !host.empty() && host != "*" && host.find('.') == std::string_view::npos && !ParseIp(host);
  if (!short_name) return full;
  if (!ns.empty()) StrAppend(&full, ".", ns);
  if (!domain.empty()) StrAppend(&full, ".svc.", domain);
  return full;
}

}  // namespace postern
