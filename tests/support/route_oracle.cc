#include "tests/support/route_oracle.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <tuple>

#include "lib/base/strings.h"

namespace postern {
namespace {

bool EndsWith(std::string_view text, std::string_view end) { return text.ends_with(end); }

// IsSubset: dataplane.md 3.3, "a SubsetOf b".
bool IsSubset(const std::string& a, const std::string& b) {
  const bool a_wild = a.starts_with('*'), b_wild = b.starts_with('*');
  if (!b_wild) return a == b;
  const std::string_view suffix = std::string_view(b).substr(1);
  if (!a_wild) return EndsWith(a, suffix);
  return a.size() >= b.size() && EndsWith(std::string_view(a).substr(1), suffix);
}

std::string ResolveShort(const std::string& host, const std::string& ns) {
  if (host.find('.') != std::string::npos || host == "*") return host;
  return host + "." + ns + ".svc.cluster.local";
}

std::string ResolveGateway(const std::string& name, const std::string& ns) {
  return name.find('/') != std::string::npos || name == "mesh" ? name : ns + "/" + name;
}

template <typename T>
auto AgeOf(const T& resource) {
  return std::tuple(resource.metadata.creation_timestamp.value_or(std::chrono::sys_seconds::min()),
                    resource.metadata.name, resource.metadata.ns);
}

template <typename T>
std::vector<const T*> ByAge(const std::vector<T>& resources) {
  std::vector<const T*> sorted;
  for (const T& resource : resources) sorted.push_back(&resource);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const T* a, const T* b) { return AgeOf(*a) < AgeOf(*b); });
  return sorted;
}

// RegexOf compiles each expression once: std::regex is slow to make.
const std::regex& RegexOf(const std::string& text) {
  static auto& known = *new std::map<std::string, std::regex>();
  return known.try_emplace(text, text).first->second;
}

bool MatchesText(const StringMatch& match, std::string_view value, bool ignore_case = false) {
  const auto fold = [&](std::string_view text) {
    return ignore_case ? AsciiLower(text) : std::string(text);
  };
  if (match.exact) return fold(value) == fold(*match.exact);
  if (match.prefix) return fold(value).starts_with(fold(*match.prefix));
  if (match.regex) return std::regex_match(std::string(value), RegexOf(*match.regex));
  return true;
}

bool IsPresence(const StringMatch& match) { return !match.exact && !match.prefix && !match.regex; }

std::vector<std::string_view> LinesOf(const OracleRequest& request, std::string_view name) {
  std::vector<std::string_view> lines;
  for (const auto& [key, value] : request.headers) {
    if (key == name) lines.push_back(value);
  }
  return lines;
}

bool MatchesHeader(const OracleRequest& request, const std::string& name,
                   const StringMatch& match) {
  for (const std::string_view line : LinesOf(request, AsciiLower(name))) {
    if (MatchesText(match, line)) return true;
  }
  return false;
}

bool PassesWithout(const OracleRequest& request, const std::string& name,
                   const StringMatch& match) {
  if (IsPresence(match)) return LinesOf(request, AsciiLower(name)).empty();
  if (LinesOf(request, AsciiLower(name)).empty()) return !MatchesText(match, "");
  return !MatchesHeader(request, name, match);
}

std::string_view PathOf(const OracleRequest& request) {
  return std::string_view(request.path).substr(0, request.path.find('?'));
}

std::optional<std::string> FirstParam(const OracleRequest& request, const std::string& name) {
  const size_t question = request.path.find('?');
  if (question == std::string::npos) return std::nullopt;
  for (const std::string_view pair :
       Split(std::string_view(request.path).substr(question + 1), '&')) {
    const size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return std::string(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
  }
  return std::nullopt;
}

bool MatchesParam(const OracleRequest& request, const std::string& name, const StringMatch& match) {
  const std::optional<std::string> value = FirstParam(request, name);
  return value && MatchesText(match, *value);
}

bool Matches(const HttpMatchRequest& match, const OracleRequest& request, MatchField ignored) {
  const auto asks = [&](MatchField field) { return field != ignored; };
  if (match.uri && asks(MatchField::kUri) &&
      !MatchesText(*match.uri, PathOf(request),
                   match.ignore_uri_case && asks(MatchField::kIgnoreUriCase))) {
    return false;
  }
  if (match.scheme && asks(MatchField::kScheme) && !MatchesText(*match.scheme, request.scheme)) {
    return false;
  }
  if (match.method && asks(MatchField::kMethod) && !MatchesText(*match.method, request.method)) {
    return false;
  }
  if (match.authority && asks(MatchField::kAuthority) &&
      !MatchesText(*match.authority, request.authority)) {
    return false;
  }
  if (asks(MatchField::kHeaders)) {
    for (const auto& [name, value] : match.headers) {
      if (!MatchesHeader(request, name, value)) return false;
    }
  }
  if (asks(MatchField::kWithoutHeaders)) {
    for (const auto& [name, value] : match.without_headers) {
      if (!PassesWithout(request, name, value)) return false;
    }
  }
  if (asks(MatchField::kQueryParams)) {
    for (const auto& [name, value] : match.query_params) {
      if (!MatchesParam(request, name, value)) return false;
    }
  }
  return true;
}

bool IsCatchAll(const HttpMatchRequest& match) {
  const bool any_path =
      !match.uri || IsPresence(*match.uri) || match.uri->prefix == "/" || match.uri->regex == ".*";
  return any_path && !match.scheme && !match.method && !match.authority && match.headers.empty() &&
         match.without_headers.empty() && match.query_params.empty();
}

std::vector<std::string> HostsFor(const Server& server, const Gateway& gateway,
                                  const std::string& ns) {
  std::vector<std::string> hosts;
  for (const std::string& text : server.hosts) {
    const size_t slash = text.find('/');
    std::string of = slash == std::string::npos ? "*" : text.substr(0, slash);
    if (of == ".") of = gateway.metadata.ns;
    if (of == "*" || of == ns) hosts.push_back(text.substr(slash + 1));
  }
  return hosts;
}

std::vector<std::string> Intersection(const std::vector<std::string>& a,
                                      const std::vector<std::string>& b) {
  std::vector<std::string> both;
  for (const std::string& x : a) {
    for (const std::string& y : b) {
      const std::string* narrow = IsSubset(x, y) ? &x : IsSubset(y, x) ? &y : nullptr;
      if (narrow && std::find(both.begin(), both.end(), *narrow) == both.end()) {
        both.push_back(*narrow);
      }
    }
  }
  return both;
}

}  // namespace

struct RouteOracle::Route {
  OracleAnswer answer;
  HttpMatchRequest match;
};

RouteOracle::RouteOracle(const Config& config, const SnapshotOptions& options, uint32_t port) {
  const auto applies = [&](const HttpMatchRequest& match, const std::string& gateway,
                           const std::string& ns) {
    if (match.port != 0 && match.port != port) return false;
    if (!match.gateways.empty()) {
      return std::any_of(match.gateways.begin(), match.gateways.end(),
                         [&](const auto& name) { return ResolveGateway(name, ns) == gateway; });
    }
    for (const auto& [key, value] : match.source_labels) {
      const auto label = options.labels.find(key);
      if (label == options.labels.end() || label->second != value) return false;
    }
    return match.source_namespace.empty() || match.source_namespace == options.ns;
  };
  for (const Gateway* gateway : ByAge(config.gateways)) {
    const std::string gateway_name = gateway->metadata.ns + "/" + gateway->metadata.name;
    for (const Server& server : gateway->servers) {
      if (server.port->number != port) continue;
      for (const VirtualService* service : ByAge(config.virtual_services)) {
        const std::string& ns = service->metadata.ns;
        bool bound = false;
        for (const auto& name : service->gateways) {
          bound |= ResolveGateway(name, ns) == gateway_name;
        }
        if (!bound) continue;
        std::vector<std::string> own;
        for (const auto& host : service->hosts) own.push_back(ResolveShort(host, ns));
        std::vector<Route> routes;
        bool stopped = false;
        for (const HttpRoute& rule : service->http) {
          if (stopped) break;
          std::vector<HttpMatchRequest> matches = rule.match;
          if (matches.empty()) matches.emplace_back();
          for (const HttpMatchRequest& match : matches) {
            if (!applies(match, gateway_name, ns)) continue;
            const std::string name = match.name.empty() ? rule.name : rule.name + "." + match.name;
            routes.push_back(
                {{"VirtualService " + ns + "/" + service->metadata.name, name}, match});
            stopped = IsCatchAll(match);
            if (stopped) break;
          }
        }
        if (routes.empty()) continue;
        for (const auto& host : Intersection(HostsFor(server, *gateway, ns), own)) {
          auto& all = hosts_[AsciiLower(host)];
          all.insert(all.end(), routes.begin(), routes.end());
        }
      }
    }
  }
  for (auto& [host, routes] : hosts_) {
    std::stable_partition(routes.begin(), routes.end(),
                          [](const Route& route) { return !IsCatchAll(route.match); });
  }
}

RouteOracle::~RouteOracle() = default;

OracleAnswer RouteOracle::Answer(const OracleRequest& request, MatchField ignored) const {
  const std::string host = AsciiLower(request.authority.substr(0, request.authority.rfind(':')));
  const std::vector<Route>* routes = nullptr;
  size_t best = 0;
  for (const auto& [domain, of] : hosts_) {
    if (domain == host) {
      routes = &of;
      break;
    }
    const std::string_view suffix = std::string_view(domain).substr(1);
    if (domain.starts_with('*') && domain.size() > best &&
        (domain == "*" || (host.size() > suffix.size() && EndsWith(host, suffix)))) {
      best = domain.size();
      routes = &of;
    }
  }
  if (routes == nullptr) return {};
  for (const Route& route : *routes) {
    if (Matches(route.match, request, ignored)) return route.answer;
  }
  return {};
}

}  // namespace postern
