#include "lib/snapshot/upstream_diff.h"

#include <map>
#include <string>
#include <tuple>

#include "lib/base/strings.h"
#include "lib/model/names.h"

namespace postern {
namespace {

using Kind = SnapshotDiff::Kind;

// Verifies returns whether a server must prove who it is.
bool Verifies(const UpstreamTls& tls) {
  return tls.in_mesh() || !tls.settings.insecure_skip_verify.value_or(false);
}

std::string TextOf(const Boxed<UpstreamTls>& tls) {
  return tls ? StrCat("TLS of mode ", NameOrNumberOf(tls->settings.mode)) : "in the clear";
}

// Compare returns how `to`, which is not `from`, is to be called.
Kind Compare(const Boxed<UpstreamTls>& from, const Boxed<UpstreamTls>& to) {
  if (!from) return Kind::kTlsStronger;
  if (!to) return Kind::kTlsWeaker;
  if (Verifies(*from) == Verifies(*to)) return Kind::kTlsChanged;
  return Verifies(*to) ? Kind::kTlsStronger : Kind::kTlsWeaker;
}

std::string Describe(const Boxed<UpstreamTls>& from, const Boxed<UpstreamTls>& to) {
  if (from && to && Verifies(*from) != Verifies(*to)) {
    return Verifies(*to) ? "its servers are verified, were not"
                         : "its servers are verified no more";
  }
  if (TextOf(from) == TextOf(to)) return StrCat("other settings of ", TextOf(to));
  return StrCat(TextOf(to), ", was ", TextOf(from));
}

}  // namespace

void CompareUpstreams(const SnapshotTables& from, const SnapshotTables& to,
                      std::vector<SnapshotDiff::Change>* changes) {
  std::map<std::string, const UpstreamCluster*> old_clusters;
  for (const UpstreamCluster& cluster : from.clusters) {
    old_clusters.emplace(cluster.name.ToString(), &cluster);
  }
  for (const UpstreamCluster& cluster : to.clusters) {
    const std::string name = cluster.name.ToString();
    const auto old = old_clusters.find(name);
    if (old == old_clusters.end() || old->second->tls == cluster.tls) continue;
    changes->push_back({Compare(old->second->tls, cluster.tls),
                        {},
                        name,
                        Describe(old->second->tls, cluster.tls),
                        false});
  }
}

}  // namespace postern
