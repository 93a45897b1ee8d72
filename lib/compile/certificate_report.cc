#include "lib/compile/certificate_report.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/credential_loader.h"
#include "lib/compile/report_rules.h"
#include "lib/match/host_names.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;

// Who renews later than this before the end has no second try.
constexpr auto kExpiresSoon = std::chrono::hours(24 * 30);

constexpr const ReportRule* kRules[] = {
    &kServerCredentialNotReady,    &kServerCredentialInvalid,    &kServerCertificateExpired,
    &kServerCertificateExpiring,   &kServerCertificateEarly,     &kServerHostUncovered,
    &kServerCertificateCoalescing, &kUpstreamCredentialNotReady, &kUpstreamCredentialInvalid,
};

// WildcardOver returns "*.example.com" for "www.example.com": the name of a certificate that would
// cover `host`, too. A wildcard of a server covers more names than any of a certificate: it is
// taken for covered by itself only.
std::string WildcardOver(std::string_view host) {
  const size_t dot = host.find('.');
  if (IsWildcardHost(host) || dot == std::string_view::npos) return std::string(host);
  return StrCat("*", host.substr(dot));
}

const Chain& ChainOf(const SnapshotTables& tables, const TlsServer& server) {
  return tables.chains[server.chain];
}

// SketchOf returns how a client comes to `server`.
WitnessSketch SketchOf(const SnapshotTables& tables, const TlsServer& server) {
  const Chain& chain = ChainOf(tables, server);
  WitnessSketch sketch;
  sketch.listener = tables.listeners[chain.listener].key();
  sketch.tls = true;
  sketch.hosts.assign(chain.names.begin(), chain.names.end());
  if (sketch.hosts.empty()) sketch.hosts.push_back("*");
  return sketch;
}

Reported Report(const ReportRule& rule, const Provenance& server, std::string_view field,
                std::string message, WitnessSketch sketch) {
  Diagnostic diagnostic = MakeDiagnostic(rule, server, std::move(message));
  diagnostic.path += field;
  return {{std::move(diagnostic), std::nullopt}, std::move(sketch)};
}

// A Reporter goes through the servers.
class Reporter {
 public:
  Reporter(const SnapshotTables& tables, std::span<const ServerCertificates> certificates,
           std::optional<WallTime> wall_time, std::vector<Reported>* reported)
      : tables_(tables),
        certificates_(certificates),
        wall_time_(wall_time),
        reported_(*reported),
        presented_(tables.listeners.size()) {}

  void Run() {
    for (size_t i = 0; i < tables_.tls_servers.size(); ++i) {
      const TlsServer& server = tables_.tls_servers[i];
      // The mesh's own identities are no names of hosts.
      if (certificates_[i].empty() || server.common->mode == TlsMode::kIstioMutual) continue;
      ReportUncovered(server, certificates_[i]);
      for (const auto& certificate : certificates_[i]) ReportDates(server, *certificate);
      NotePresented(static_cast<uint32_t>(i));
    }
    for (uint32_t i = 0; i < tables_.chains.size(); ++i) ReportCoalescing(i);
  }

 private:
  void ReportUncovered(const TlsServer& server, const ServerCertificates& certificates) {
    StringViewSet covered;
    for (const auto& certificate : certificates) {
      for (const std::string& name : certificate->server_names()) covered.insert(name);
      for (const std::string& ip : certificate->ips()) covered.insert(ip);
    }
    std::vector<std::string> missing;
    for (const std::string_view name : ChainOf(tables_, server).names) {
      if (covered.contains(name) || covered.contains(WildcardOver(name))) continue;
      missing.emplace_back(name);
    }
    if (missing.empty()) return;
    std::string message =
        StrCat("no certificate of the server covers the host ", Quote(missing.front()));
    if (missing.size() > 1) StrAppend(&message, " and ", missing.size() - 1, " more of its hosts");
    WitnessSketch sketch = SketchOf(tables_, server);
    sketch.hosts = std::move(missing);
    reported_.push_back(Report(kServerHostUncovered, ChainOf(tables_, server).server, ".hosts",
                               std::move(message), std::move(sketch)));
  }

  // ReportDates reports a certificate once, with the first server that presents it.
  void ReportDates(const TlsServer& server, const Certificate& certificate) {
    if (!wall_time_ || !dated_.insert(&certificate).second) return;
    const WallTime now = *wall_time_;
    const auto report = [&](const ReportRule& rule, std::string_view clause) {
      reported_.push_back(Report(rule, ChainOf(tables_, server).server, ".tls",
                                 StrCat("the certificate of ", certificate.source(), clause),
                                 SketchOf(tables_, server)));
    };
    if (certificate.not_after() < now) {
      report(kServerCertificateExpired, " has expired");
    } else if (certificate.not_before() > now) {
      report(kServerCertificateEarly, " is not valid yet");
    } else if (certificate.not_after() - now < kExpiresSoon) {
      const auto days =
          std::chrono::duration_cast<std::chrono::hours>(certificate.not_after() - now).count() /
          24;
      report(kServerCertificateExpiring, StrCat(" expires in ", days, " days"));
    }
  }

  // A Presented is a name of a certificate on one listener, and the first two chains whose server
  // presents it.
  struct Presented {
    uint32_t first = Chain::kNone;
    uint32_t second = Chain::kNone;
  };

  void NotePresented(uint32_t tls_server) {
    const uint32_t number = tables_.tls_servers[tls_server].chain;
    const Chain& chain = tables_.chains[number];
    if (chain.action != ChainDecision::Action::kHttp) return;
    for (const auto& certificate : certificates_[tls_server]) {
      for (const std::string& name : certificate->server_names()) {
        Presented& presented = presented_[chain.listener][name];
        if (presented.first == Chain::kNone) {
          presented.first = number;
        } else if (presented.first != number && presented.second == Chain::kNone) {
          presented.second = number;
        }
      }
    }
  }

  // ReportCoalescing reports the chain if a client of another server may take it for the same: one
  // that presents a certificate for a name of it (RFC 9113 section 9.1.1).
  void ReportCoalescing(uint32_t number) {
    const Chain& chain = tables_.chains[number];
    const StringViewMap<Presented>& presented = presented_[chain.listener];
    for (const std::string_view name : chain.names) {
      for (const std::string& covering : {std::string(name), WildcardOver(name)}) {
        const auto found = presented.find(covering);
        if (found == presented.end()) continue;
        const uint32_t other =
            found->second.first != number ? found->second.first : found->second.second;
        if (other == Chain::kNone) continue;
        ReportPair(chain, name, tables_.chains[other]);
        return;
      }
    }
  }

  void ReportPair(const Chain& chain, std::string_view name, const Chain& other) {
    const Provenance& place = chain.rule.resource.empty() ? chain.server : chain.rule;
    WitnessSketch sketch;
    sketch.listener = tables_.listeners[chain.listener].key();
    sketch.tls = true;
    sketch.http = true;
    sketch.hosts = {std::string(name)};
    sketch.server_name = other.names.empty() ? std::string("w.invalid")
                         : IsWildcardHost(other.names.front())
                             ? StrCat("w", other.names.front().substr(1))
                             : std::string(other.names.front());
    Diagnostic diagnostic =
        MakeDiagnostic(kServerCertificateCoalescing, place,
                       StrCat("a certificate of another server of the port covers ", Quote(name),
                              ": clients may send requests for it on a connection made there"));
    diagnostic.other = Diagnostic::Place{std::string(other.server.resource),
                                         std::string(other.server.path), other.server.location()};
    reported_.push_back({{std::move(diagnostic), std::nullopt}, std::move(sketch)});
  }

  const SnapshotTables& tables_;
  const std::span<const ServerCertificates> certificates_;
  const std::optional<WallTime> wall_time_;
  std::vector<Reported>& reported_;
  std::set<const Certificate*> dated_;
  std::vector<StringViewMap<Presented>> presented_;  // By listener; lower case.
};

}  // namespace

void ReportCertificates(const SnapshotTables& tables,
                        std::span<const ServerCertificates> certificates,
                        std::optional<WallTime> wall_time, std::vector<Reported>* reported) {
  Reporter(tables, certificates, wall_time, reported).Run();
}

void ReportNotReady(const SnapshotTables& tables, const TlsServer& server,
                    const absl::Status& problem, std::vector<Reported>* reported) {
  // What nobody has may still come; what is there and wrong stays so.
  const bool invalid = absl::IsInvalidArgument(problem);
  reported->push_back(Report(invalid ? kServerCredentialInvalid : kServerCredentialNotReady,
                             ChainOf(tables, server).server, ".tls",
                             StrCat("refuses connections: ", ToStd(problem.message())),
                             SketchOf(tables, server)));
}

void ReportNotReady(const UpstreamCluster& upstream, const absl::Status& problem,
                    std::vector<Reported>* reported) {
  const bool invalid = absl::IsInvalidArgument(problem);
  Diagnostic diagnostic = MakeDiagnostic(
      invalid ? kUpstreamCredentialInvalid : kUpstreamCredentialNotReady, upstream.policy,
      StrCat("no connection to ", upstream.name.ToString(),
             " is opened: ", ToStd(problem.message())));
  reported->push_back({{std::move(diagnostic), std::nullopt}, std::nullopt});
}

void ReportClientRules(const SnapshotTables& tables, std::vector<Reported>* reported) {
  for (const TlsServer& server : tables.tls_servers) {
    std::string fields;
    for (const std::string_view field : UnusedClientRules(server.settings())) {
      StrAppend(&fields, fields.empty() ? "" : ", ", field);
    }
    if (fields.empty()) continue;
    Diagnostic diagnostic = MakeDiagnostic(
        kServerTlsClientRuleUnused, ChainOf(tables, server).server,
        StrCat("no client is asked for what this names, so that it keeps nobody out: ", fields));
    diagnostic.path += ".tls";
    reported->push_back({{std::move(diagnostic), std::nullopt}, std::nullopt});
  }
}

bool IsAboutCertificates(std::string_view id) {
  return std::any_of(std::begin(kRules), std::end(kRules),
                     [id](const ReportRule* rule) { return rule->id == id; });
}

}  // namespace postern
