#include "lib/compile/delegate.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"

namespace postern {
namespace {

// TextOf returns the text of one kind of match; an empty one is as good as none, as in Istio.
std::string_view TextOf(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

bool StringsConflict(const StringMatch& root, const StringMatch& leaf) {
  const std::string_view leaf_exact = TextOf(leaf.exact);
  const std::string_view leaf_prefix = TextOf(leaf.prefix);
  const bool leaf_regex = !TextOf(leaf.regex).empty();
  if (!TextOf(root.regex).empty() || leaf_regex) return true;
  if (const std::string_view exact = TextOf(root.exact); !exact.empty()) return leaf_exact != exact;
  if (const std::string_view prefix = TextOf(root.prefix); !prefix.empty()) {
    if (!leaf_prefix.empty()) return !leaf_prefix.starts_with(prefix);
    if (!leaf_exact.empty()) return !leaf_exact.starts_with(prefix);
  }
  // Presence on one side or both: Istio takes it for a conflict.
  return true;
}

bool Conflict(const Boxed<StringMatch>& root, const Boxed<StringMatch>& leaf) {
  return root && leaf && StringsConflict(*root, *leaf);
}

bool Conflict(const std::map<std::string, StringMatch>& root,
              const std::map<std::string, StringMatch>& leaf) {
  return std::any_of(leaf.begin(), leaf.end(), [&root](const auto& entry) {
    const auto it = root.find(entry.first);
    return it != root.end() && StringsConflict(it->second, entry.second);
  });
}

bool LabelsConflict(const std::map<std::string, std::string>& root,
                    const std::map<std::string, std::string>& leaf) {
  return std::any_of(leaf.begin(), leaf.end(), [&root](const auto& entry) {
    const auto it = root.find(entry.first);
    return it != root.end() && it->second != entry.second;
  });
}

bool GatewaysConflict(const std::vector<std::string>& root, const std::vector<std::string>& leaf) {
  if (root.empty() || leaf.empty()) return false;
  if (leaf.size() > root.size()) return true;
  return !std::all_of(leaf.begin(), leaf.end(), [&root](const std::string& gateway) {
    return std::find(root.begin(), root.end(), gateway) != root.end();
  });
}

// Fill gives the delegate's member the root's value if it has none of its own.
template <typename T>
void Fill(T* leaf, const T& root) {
  if (*leaf == T()) *leaf = root;
}

template <typename T>
void Fill(std::optional<T>* leaf, const std::optional<T>& root) {
  if (!leaf->has_value()) *leaf = root;
}

std::string JoinNames(const std::string& root, const std::string& leaf) {
  if (root.empty()) return leaf;
  return leaf.empty() ? root : StrCat(root, "-", leaf);
}

}  // namespace

bool MatchesConflict(const HttpMatchRequest& root, const HttpMatchRequest& leaf) {
  return Conflict(root.uri, leaf.uri) || Conflict(root.scheme, leaf.scheme) ||
         Conflict(root.method, leaf.method) || Conflict(root.authority, leaf.authority) ||
         Conflict(root.headers, leaf.headers) ||
         Conflict(root.without_headers, leaf.without_headers) ||
         Conflict(root.query_params, leaf.query_params) ||
         root.ignore_uri_case != leaf.ignore_uri_case ||
         (root.port != 0 && leaf.port != 0 && root.port != leaf.port) ||
         (!root.source_namespace.empty() && root.source_namespace != leaf.source_namespace) ||
         LabelsConflict(root.source_labels, leaf.source_labels) ||
         GatewaysConflict(root.gateways, leaf.gateways);
}

HttpMatchRequest MergeMatch(const HttpMatchRequest& root, const HttpMatchRequest& leaf) {
  HttpMatchRequest merged = leaf;
  merged.name = JoinNames(root.name, leaf.name);
  Fill(&merged.uri, root.uri);
  Fill(&merged.scheme, root.scheme);
  Fill(&merged.method, root.method);
  Fill(&merged.authority, root.authority);
  Fill(&merged.port, root.port);
  Fill(&merged.source_namespace, root.source_namespace);
  Fill(&merged.gateways, root.gateways);
  Fill(&merged.stat_prefix, root.stat_prefix);
  // insert keeps what is there: the delegate's values win.
  merged.headers.insert(root.headers.begin(), root.headers.end());
  merged.without_headers.insert(root.without_headers.begin(), root.without_headers.end());
  merged.query_params.insert(root.query_params.begin(), root.query_params.end());
  merged.source_labels.insert(root.source_labels.begin(), root.source_labels.end());
  return merged;
}

std::optional<MergedRoute> MergeRoutes(const HttpRoute& root, const HttpRoute& leaf) {
  MergedRoute merged;
  merged.route = leaf;
  HttpRoute& route = merged.route;
  if (root.match.empty()) {
    for (size_t i = 0; i < leaf.match.size(); ++i) merged.origins.push_back({std::nullopt, i});
  } else if (leaf.match.empty()) {
    route.match = root.match;
    for (size_t i = 0; i < root.match.size(); ++i) merged.origins.push_back({i, std::nullopt});
  } else {
    route.match.clear();
    for (size_t i = 0; i < leaf.match.size(); ++i) {
      const size_t before = route.match.size();
      for (size_t k = 0; k < root.match.size(); ++k) {
        if (MatchesConflict(root.match[k], leaf.match[i])) continue;
        route.match.push_back(MergeMatch(root.match[k], leaf.match[i]));
        merged.origins.push_back({k, i});
      }
      if (route.match.size() == before) return std::nullopt;
    }
  }
  route.name = JoinNames(root.name, leaf.name);
  Fill(&route.rewrite, root.rewrite);
  Fill(&route.direct_response, root.direct_response);
  Fill(&route.timeout, root.timeout);
  Fill(&route.retries, root.retries);
  Fill(&route.fault, root.fault);
  Fill(&route.mirror, root.mirror);
  Fill(&route.mirror_percent, root.mirror_percent);
  Fill(&route.mirror_percentage, root.mirror_percentage);
  Fill(&route.cors_policy, root.cors_policy);
  Fill(&route.mirrors, root.mirrors);
  Fill(&route.headers, root.headers);
  return merged;
}

}  // namespace postern
