#include "lib/snapshot/upstream_diff.h"

#include <map>
#include <string>
#include <tuple>

#include "lib/base/strings.h"
#include "lib/model/names.h"

namespace postern {
namespace {

using Kind = SnapshotDiff::Kind;

// A Check is what a server must prove, each more than the one before.
enum class Check { kNothing, kIssuer, kName };

Check CheckOf(const UpstreamTls& tls) {
  if (!tls.in_mesh() && tls.settings.insecure_skip_verify.value_or(false)) return Check::kNothing;
  return tls.auto_san_validation || !tls.settings.subject_alt_names.empty() ? Check::kName
                                                                            : Check::kIssuer;
}

std::string_view TextOf(Check check) {
  switch (check) {
    case Check::kNothing:
      return "not verified";
    case Check::kIssuer:
      return "verified by a CA alone";
    case Check::kName:
      return "verified by a CA and by name";
  }
  return {};
}

std::string TextOf(const Boxed<UpstreamTls>& tls) {
  return tls ? StrCat("TLS of mode ", NameOrNumberOf(tls->settings.mode)) : "in the clear";
}

// Compare returns how `to`, which is not `from`, is to be called.
Kind Compare(const Boxed<UpstreamTls>& from, const Boxed<UpstreamTls>& to) {
  if (!from) return Kind::kTlsStronger;
  if (!to) return Kind::kTlsWeaker;
  if (CheckOf(*from) == CheckOf(*to)) return Kind::kTlsChanged;
  return CheckOf(*from) < CheckOf(*to) ? Kind::kTlsStronger : Kind::kTlsWeaker;
}

std::string Describe(const Boxed<UpstreamTls>& from, const Boxed<UpstreamTls>& to) {
  if (from && to && CheckOf(*from) != CheckOf(*to)) {
    return StrCat("its servers are ", TextOf(CheckOf(*to)), ", were ", TextOf(CheckOf(*from)));
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
