// Any bytes as a configuration to serve: what Validate finds is stable and in order, Build takes
// what has no error and nothing else, and a decision with a trace is the one without.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// HostsOf returns names that the configuration may know, wildcards filled in, and one that it does
// not.
std::vector<std::string> HostsOf(const Config& config) {
  constexpr size_t kMost = 8;
  std::vector<std::string> hosts = {"nobody.example"};
  const auto add = [&hosts](std::string_view host) {
    if (hosts.size() == kMost) return;
    host.remove_prefix(host.rfind('/') + 1);  // npos + 1 is 0.
    const bool is_wildcard = host.starts_with('*');
    hosts.push_back(is_wildcard ? "a" + std::string(host.substr(1)) : std::string(host));
  };
  for (const VirtualService& service : config.virtual_services) {
    for (const std::string& host : service.hosts) add(host);
  }
  for (const Gateway& gateway : config.gateways) {
    for (const Server& server : gateway.servers) {
      for (const std::string& host : server.hosts) add(host);
    }
  }
  return hosts;
}

// PathsOf returns paths that its routes test.
std::vector<std::string> PathsOf(const Config& config) {
  constexpr size_t kMost = 8;
  std::vector<std::string> paths = {"/", "/a/../b//c?q=1#f", "*"};
  for (const VirtualService& service : config.virtual_services) {
    for (const HttpRoute& route : service.http) {
      for (const HttpMatchRequest& match : route.match) {
        if (!match.uri || paths.size() >= kMost) continue;
        for (const auto& text : {match.uri->exact, match.uri->prefix}) {
          if (text) paths.push_back(*text + "/x?y");
        }
      }
    }
  }
  return paths;
}

void DecideRequests(const Snapshot& snapshot, const ChainDecision& chain,
                    const std::vector<std::string>& hosts, const std::vector<std::string>& paths) {
  constexpr HeaderView kHeaders[] = {{"origin", "http://a.b"}, {"cookie", "user=jason"}};
  uint64_t random = 1;
  for (const std::string& host : hosts) {
    for (const std::string& path : paths) {
      RequestHead head;
      head.method = "GET";
      head.authority = host;
      head.path = path;
      head.headers = kHeaders;
      Trace trace;
      const RouteDecision plain = snapshot.Decide(chain, head, random);
      const RouteDecision traced = snapshot.Decide(chain, head, random, &trace);
      Require(plain.action.index() == traced.action.index());
      Require(plain.rule.path == traced.rule.path);
      Require(!trace.steps.empty());
      const auto* forward = std::get_if<Forward>(&plain.action);
      Require(forward == nullptr || forward->cluster_index != UINT32_MAX);
      ++random;
    }
  }
}

void DecideAll(const Snapshot& snapshot, const Config& config) {
  const std::vector<std::string> hosts = HostsOf(config);
  const std::vector<std::string> paths = PathsOf(config);
  for (const Listener& listener : snapshot.listeners()) {
    for (const bool tls : {false, true}) {
      for (const std::string& host : hosts) {
        ConnectionFacts facts;
        facts.listener = listener.key;
        facts.tls = tls;
        if (tls) facts.sni = host;
        const ChainDecision chain = snapshot.Decide(facts, 7);
        if (chain.action == ChainDecision::Action::kHttp) {
          DecideRequests(snapshot, chain, hosts, paths);
        }
        if (!tls) break;
      }
    }
  }
}

void Serve(std::string_view text) {
  const Config config = Config::FromYaml(text);
  const std::vector<Diagnostic> findings = Validate(config);
  Require(findings == Validate(config));
  for (const Diagnostic& finding : findings) {
    Require(!finding.rule.empty() && !finding.message.empty());
  }

  SnapshotOptions options;
  for (const Gateway& gateway : config.gateways) {
    options.labels.insert(gateway.selector.begin(), gateway.selector.end());
  }
  options.accept_unenforced = {"AuthorizationPolicy", "RequestAuthentication", "PeerAuthentication",
                               "EnvoyFilter", "WasmPlugin"};
  const auto snapshot = Snapshot::Build(config, options);
  if (!ToStatus(findings).ok()) {
    Require(!snapshot.ok());
  } else {
    // Only what is written and not carried out, and limits, are refused beyond.
    Require(snapshot.ok() || absl::IsInvalidArgument(snapshot.status()) ||
            absl::IsResourceExhausted(snapshot.status()));
  }
  options.invalid = SnapshotOptions::Invalid::kDropResource;
  const auto rest = Snapshot::Build(config, options);
  for (const auto& built : {snapshot, rest}) {
    if (!built.ok()) continue;
    DecideAll(**built, config);
    (*built)->Dump();
    Require(Diff(**built, **built).changes.empty());
  }
}

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  postern::Serve(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
