// postern diff: what changes for clients when one configuration takes the place of another.

#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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

constexpr std::string_view kListenerOpened = "listener-opened";
constexpr std::string_view kListenerClosed = "listener-closed";

// KnownName returns the name of a kind of changes that --fail-on knows, "" for another text.
std::string_view KnownName(std::string_view text) {
  for (const std::string_view name : {kListenerOpened, kListenerClosed}) {
    if (name == text) return name;
  }
  for (const auto& [name, kind] : kKinds) {
    if (name == text) return name;
  }
  return "";
}

// ReadKinds adds the kinds of "host-moved,tls-weaker" to `kinds`; false if one is not known.
bool ReadKinds(std::string_view text, std::set<std::string_view>* kinds) {
  for (;;) {
    const std::string_view name = text.substr(0, text.find(','));
    const std::string_view known = KnownName(name);
    if (known.empty()) return false;
    kinds->insert(known);
    if (name.size() == text.size()) return true;
    text.remove_prefix(name.size() + 1);
  }
}

// HasAny returns whether `diff` holds a change of one of `kinds`.
bool HasAny(const SnapshotDiff& diff, const std::set<std::string_view>& kinds) {
  if (!diff.opened.empty() && kinds.contains(kListenerOpened)) return true;
  if (!diff.closed.empty() && kinds.contains(kListenerClosed)) return true;
  for (const SnapshotDiff::Change& change : diff.changes) {
    for (const auto& [name, kind] : kKinds) {
      if (kind == change.kind && kinds.contains(name)) return true;
    }
  }
  return false;
}

int RunDiff(const std::vector<std::string>& arguments) {
  ArgumentReader reader("diff", arguments);
  SnapshotArguments options;
  std::vector<std::string> sides;
  std::set<std::string_view> fail_on;
  bool json = false;
  while (const std::optional<std::string> argument = reader.Next()) {
    const std::optional<bool> taken = options.Take(*argument, reader);
    if (!taken) return kExitUsage;
    if (*taken) continue;
    if (*argument == "--json") {
      json = true;
    } else if (*argument == "--fail-on") {
      const std::optional<std::string> value = reader.ValueOf(*argument);
      if (!value) return kExitUsage;
      if (!ReadKinds(*value, &fail_on)) {
        reader.Refuse("--fail-on wants kinds of changes: host-moved,tls-weaker,...");
        return kExitUsage;
      }
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
  std::fputs((json ? diff.ToJson() + "\n" : diff.ToText()).c_str(), stdout);
  return HasAny(diff, fail_on) ? kExitFindings : kExitClean;
}

}  // namespace

const Subcommand kDiff = {
    "diff",
    "OLD NEW [--json] [--labels k=v,...] [--ns NS] [--fail-on host-moved,tls-weaker,...]",
    "says which answers change when one configuration replaces another",
    "  --json      the changes as JSON\n"
    "  --labels L  of the proxy, k=v,...; those of all selectors if not given\n"
    "  --ns NS     of the proxy, where its Secrets are\n"
    "  --fail-on K kinds of changes to exit with 1 for: listener-opened, listener-closed, "
    "host-added,\n"
    "              host-removed, host-moved, route-changed, tls-stronger, tls-weaker, "
    "tls-changed,\n"
    "              certificate-changed; may be repeated\n",
    RunDiff,
};

}  // namespace postern
