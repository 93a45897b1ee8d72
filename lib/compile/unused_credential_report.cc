#include "lib/compile/unused_credential_report.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/credential_names.h"
#include "lib/compile/select.h"
#include "lib/tls/certificate.h"

namespace postern {
namespace {

std::string PlaceOf(const Provenance& at) { return StrCat(at.resource, " ", at.path); }

// Find asks `source` for what `credential_name` stands for. One that no proxy of this namespace may
// have is not asked for: PermissionDenied or InvalidArgument says so.
absl::StatusOr<std::pair<CredentialName, absl::StatusOr<Credential>>> Find(
    std::string_view credential_name, std::string_view ns, CredentialSource& source) {
  POSTERN_ASSIGN_OR_RETURN(const CandidateNames candidates, KeyPairNames(credential_name, ns));
  for (const CredentialName& candidate : candidates) {
    absl::StatusOr<Credential> found = source.Find(candidate);
    if (!absl::IsNotFound(found.status())) return std::pair(candidate, std::move(found));
  }
  return std::pair(candidates.front(), absl::StatusOr<Credential>(NotFound("")));
}

// LoadWithoutKey reads the certificate of `credential`, whatever its key is.
absl::StatusOr<std::shared_ptr<const Certificate>> LoadWithoutKey(
    std::string_view source, const absl::StatusOr<Credential>& credential) {
  if (!credential.ok()) return credential.status();
  Credential without;
  without.certificate_chain = credential->certificate_chain;
  without.key_id = "not asked for";
  return Certificate::Load(source, without);
}

// ReportNamed reports what is wrong with the credential that the server at `at` names, and presents
// or not.
void ReportNamed(const std::string& credential_name, const Provenance& at, bool presents,
                 CredentialSource& source, CompileState& state) {
  const auto report = [&](const ReportRule& rule, std::string message) {
    state.Report(rule, at, std::move(message));
    state.findings.back().finding.diagnostic.path += ".tls";
  };
  const auto found = Find(credential_name, state.options.ns, source);
  if (!found.ok()) return;
  const auto& [name, credential] = *found;
  if (absl::IsNotFound(credential.status())) {
    if (presents) return;
    report(kServerCredentialUnused, StrCat("credentialName ", Quote(credential_name),
                                           " does not exist, and the server does not present it"));
    return;
  }
  const std::string text = name.ToString();
  const auto certificate = LoadWithoutKey(text, credential);
  if (!certificate.ok()) {
    if (presents) return;
    report(kServerCredentialInvalid,
           StrCat("is not presented, and could not be: ", ToStd(certificate.status().message())));
    return;
  }
  if (!state.options.wall_time) return;
  // Each server says so, as in lib/compile/certificate_report.cc the first one does.
  if ((*certificate)->not_after() < *state.options.wall_time) {
    report(kServerCertificateExpired, StrCat("the certificate of ", text, " has expired"));
  } else if ((*certificate)->not_before() > *state.options.wall_time) {
    report(kServerCertificateEarly, StrCat("the certificate of ", text, " is not valid yet"));
  }
}

}  // namespace

void ReportUnusedCredentials(CredentialSource& source, CompileState& state) {
  StringSet presenting;
  for (const TlsServer& server : state.tables.tls_servers) {
    presenting.insert(PlaceOf(state.tables.chains[server.chain].server));
  }
  for (const Gateway* gateway : SelectGateways(state.config, state.options.labels)) {
    for (size_t i = 0; i < gateway->servers.size(); ++i) {
      const Boxed<ServerTlsSettings>& tls = gateway->servers[i].tls;
      if (!tls || tls->credential_name.empty()) continue;
      const Provenance at = state.Origin({gateway, i});
      ReportNamed(tls->credential_name, at, presenting.contains(PlaceOf(at)), source, state);
    }
  }
}

}  // namespace postern
