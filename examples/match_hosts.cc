// Which name of a configuration a host belongs to, without a Gateway and without an Engine.
//
//   bazel run //examples:match_hosts -- www.example.com shop.example.com example.com
//
// It files a few names in a HostTable, as a server would its sites, and looks up its arguments.

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "postern/host_pattern.h"
#include "postern/host_table.h"

int main(int argc, char** argv) {
  postern::HostTable<std::string> sites;
  for (const char* name : {"www.example.com", "*.example.com", "*-api.example.com", "*"}) {
    const absl::StatusOr<postern::HostPattern> pattern = postern::HostPattern::Parse(name);
    if (!pattern.ok() || !sites.Add(*pattern, name).ok()) return 1;
  }

  std::vector<std::string_view> hosts(argv + 1, argv + argc);
  if (hosts.empty()) hosts = {"WWW.example.com", "shop.example.com", "v1-api.example.com", "a.org"};
  for (const std::string_view host : hosts) {
    // The most specific name wins: an exact one, then the longest wildcard, then "*".
    const std::string* site = sites.Find(host);
    std::printf("%-24.*s %s\n", static_cast<int>(host.size()), host.data(), site->c_str());
  }

  // The algebra behind the table: what two names have in common.
  const postern::HostPattern server = *postern::HostPattern::Parse("*.example.com");
  const postern::HostPattern route = *postern::HostPattern::Parse("*-api.example.com");
  const auto both = postern::HostPattern::Intersect(server, route);
  const std::string common(both ? both->text() : "nothing in common");
  std::printf("%s and %s: %s\n", std::string(server.text()).c_str(),
              std::string(route.text()).c_str(), common.c_str());
}
