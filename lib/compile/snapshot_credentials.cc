#include "lib/compile/snapshot_credentials.h"

#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/compile/certificate_report.h"
#include "lib/compile/credential_loader.h"

namespace postern {
namespace {

void LoadUpstreams(CredentialLoader& loader, SnapshotParts* tables,
                   std::vector<Reported>* reported) {
  const std::vector<UpstreamCluster>& clusters = tables->shared->clusters;
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (!clusters[i].tls.has_value() || !clusters[i].connects()) continue;
    const UpstreamTls& tls = *clusters[i].tls;
    auto context = loader.LoadUpstream(tls.settings, tls.auto_san_validation);
    if (!context.ok()) ReportNotReady(clusters[i], context.status(), reported);
    tables->upstream_contexts.resize(clusters.size());
    tables->upstream_contexts[i] = context.ok() ? *std::move(context) : nullptr;
  }
}

// Load fills `tables` by `loader`, and adds to `reported` what it found.
void Load(CredentialLoader& loader, std::optional<WallTime> wall_time, SnapshotParts* tables,
          std::vector<Reported>* reported) {
  const SnapshotTables& shared = *tables->shared;
  const std::vector<std::string> alpn(std::begin(TlsServer::kAlpn), std::end(TlsServer::kAlpn));
  std::vector<ServerCertificates> certificates;
  certificates.reserve(shared.tls_servers.size());
  tables->contexts.reserve(shared.tls_servers.size());
  for (const TlsServer& server : shared.tls_servers) {
    const ListenerTable& listener = shared.listeners[shared.chains[server.chain].listener];
    ServerCredentials loaded =
        loader.Load(server.settings(), server.identity, alpn, listener.key());
    if (!loaded.ready()) ReportNotReady(shared, server, loaded.problem, reported);
    certificates.push_back(std::move(loaded.certificates));
    tables->contexts.push_back(std::move(loaded.context));
  }
  ReportCertificates(shared, certificates, wall_time, reported);
  LoadUpstreams(loader, tables, reported);
  tables->credentials = loader.credentials();
  tables->certificates = loader.certificates();
  tables->loaded = std::make_shared<const LoadedCredentials>(loader.TakeLoaded());
}

// Problem returns what is wrong with `name` in `now` and was not in `before`.
template <typename Map>
absl::Status Problem(const CredentialName& name, const Map& before, const Map& now) {
  const auto it = now.find(name);
  if (it == now.end() || it->second.ok()) return absl::OkStatus();
  const absl::Status& problem = it->second.status();
  if (!absl::IsNotFound(problem)) {
    return InvalidArgument(name.ToString(), ": ", ToStd(problem.message()));
  }
  const auto old = before.find(name);
  if (old == before.end() || !old->second.ok()) return absl::OkStatus();
  return NotFound(name.ToString(), " is gone: ", ToStd(problem.message()));
}

}  // namespace

void LoadCredentials(CredentialSource& source, SnapshotParts* tables,
                     std::vector<Reported>* reported) {
  const SnapshotOptions& options = tables->shared->options;
  CredentialLoader loader(&source, options.ns);
  Load(loader, options.wall_time, tables, reported);
}

absl::Status ReloadCredentials(const SnapshotParts& from, std::span<const CredentialName> names,
                               CredentialSource& source, std::optional<WallTime> wall_time,
                               SnapshotParts* tables, std::vector<Reported>* reported) {
  for (const Finding& finding : from.report) {
    if (!IsAboutCertificates(finding.diagnostic.rule)) reported->push_back({finding, {}});
  }
  const SnapshotOptions& options = tables->shared->options;
  CredentialLoader loader(&source, options.ns);
  loader.Reuse(*from.loaded, names);
  Load(loader, wall_time ? wall_time : options.wall_time, tables, reported);
  for (const CredentialName& name : names) {
    const LoadedCredentials& now = *tables->loaded;
    if (absl::Status problem = Problem(name, from.loaded->certificates, now.certificates);
        !problem.ok()) {
      return problem;
    }
    if (absl::Status problem = Problem(name, from.loaded->trusts, now.trusts); !problem.ok()) {
      return problem;
    }
  }
  for (size_t i = 0; i < tables->contexts.size(); ++i) {
    if (tables->contexts[i] == nullptr && from.contexts[i] != nullptr) {
      const SnapshotTables& shared = *tables->shared;
      const Provenance& server = shared.chains[shared.tls_servers[i].chain].server;
      return InvalidArgument(server.resource, " ", server.path,
                             ": the new credentials do not serve it");
    }
  }
  for (size_t i = 0; i < tables->upstream_contexts.size(); ++i) {
    if (tables->upstream_contexts[i] == nullptr && from.upstream_contexts[i] != nullptr) {
      return InvalidArgument(tables->shared->clusters[i].name.ToString(),
                             ": the new credentials do not serve it");
    }
  }
  return absl::OkStatus();
}

}  // namespace postern
