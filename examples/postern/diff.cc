// postern diff: what changes for clients when one configuration takes the place of another.

#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/postern/snapshot_arguments.h"
#include "examples/postern/subcommand.h"

namespace postern {
namespace {

using Kind = SnapshotDiff::Kind;

constexpr std::pair<std::string_view, Kind> kKinds[] = {
    {"host-added", Kind::kHostAdded},     {"host-removed", Kind::kHostRemoved},
    {"host-moved", Kind::kHostMoved},     {"route-changed", Kind::kRouteChanged},
    {"tls-stronger", Kind::kTlsStronger}, {"tls-weaker", Kind::kTlsWeaker},
    {"tls-changed", Kind::kTlsChanged},   {"certificate-changed", Kind::kCertificateChanged},
};

// ReadKinds reads "host-moved,tls-weaker"; nullopt if one is not known.
std::optional<std::set<Kind>> ReadKinds(std::string_view text) {
  std::set<Kind> kinds;
  for (;;) {
    const std::string_view name = text.substr(0, text.find(','));
    bool known = false;
    for (const auto& [kind_name, kind] : kKinds) {
      if (kind_name != name) continue;
      kinds.insert(kind);
      known = true;
    }
    if (!known) return std::nullopt;
    if (name.size() == text.size()) return kinds;
    text.remove_prefix(name.size() + 1);
  }
}

int RunDiff(const std::vector<std::string>& arguments) {
  ArgumentReader reader("diff", arguments);
  SnapshotArguments options;
  std::vector<std::string> sides;
  std::set<Kind> fail_on;
  bool json = false;
  while (const std::optional<std::string> argument = reader.Next()) {
    const std::optional<bool> taken = options.Take(*argument, reader);
    if (!taken) return kExitUsage;
    if (*taken) continue;
    if (*argument == "--json") {
      json = true;
    } else if (*argument == "--fail-on") {
      const std::optional<std::string> value = reader.ValueOf(*argument);
      const auto kinds = value ? ReadKinds(*value) : std::nullopt;
      if (!kinds) {
        reader.Refuse("--fail-on wants kinds of changes: host-moved,tls-weaker,...");
        return kExitUsage;
      }
      fail_on = *kinds;
    } else if (argument->starts_with('-')) {
      reader.Refuse("does not know " + *argument);
      return kExitUsage;
    } else {
      if (!reader.IsThere(*argument)) return kExitUsage;
      sides.push_back(*argument);
    }
  }
  if (sides.size() != 2 || !options.files.empty()) {
    reader.Refuse("wants the old and the new file or folder");
    return kExitUsage;
  }
  const auto from = options.Build({sides[0]});
  const auto to = options.Build({sides[1]});
  if (from == nullptr || to == nullptr) return kExitFindings;
  const SnapshotDiff diff = Diff(*from, *to);
  std::fputs((json ? diff.ToJson() : diff.ToText()).c_str(), stdout);
  for (const SnapshotDiff::Change& change : diff.changes) {
    if (fail_on.contains(change.kind)) return kExitFindings;
  }
  return kExitClean;
}

}  // namespace

const Subcommand kDiff = {
    "diff",
    "OLD NEW [--json] [--labels k=v,...] [--ns NS] [--fail-on host-moved,tls-weaker,...]",
    "says which answers change when one configuration replaces another",
    "  --json      the changes as JSON\n"
    "  --labels L  of the proxy, k=v,...; those of all selectors if not given\n"
    "  --ns NS     of the proxy, where its Secrets are\n"
    "  --fail-on K kinds of changes to exit with 1 for: host-added, host-removed, host-moved,\n"
    "              route-changed, tls-stronger, tls-weaker, tls-changed, certificate-changed\n",
    RunDiff,
};

}  // namespace postern
