#include "lib/compile/unused_credential_report.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/credential_names.h"
#include "lib/compile/select.h"

namespace postern {
namespace {

std::string PlaceOf(const Provenance& at) { return StrCat(at.resource, " ", at.path); }

// IsMissing returns whether `source` has nothing by any name that `credential_name` stands for. One
// that no proxy of this namespace may have is not asked for.
bool IsMissing(std::string_view credential_name, std::string_view ns, CredentialSource& source) {
  const auto candidates = KeyPairNames(credential_name, ns);
  if (!candidates.ok()) return false;
  for (const CredentialName& candidate : *candidates) {
    if (!absl::IsNotFound(source.Find(candidate).status())) return false;
  }
  return true;
}

}  // namespace

void ReportUnusedCredentials(CredentialSource& source, CompileState& state) {
  StringSet presenting;
  for (const TlsServer& server : state.tables.tls_servers) {
    presenting.insert(PlaceOf(server.server));
  }
  for (const Gateway* gateway : SelectGateways(state.config, state.options.labels)) {
    for (size_t i = 0; i < gateway->servers.size(); ++i) {
      const Boxed<ServerTlsSettings>& tls = gateway->servers[i].tls;
      if (!tls || tls->credential_name.empty()) continue;
      if (presenting.contains(PlaceOf(state.Origin({gateway, i})))) continue;
      if (!IsMissing(tls->credential_name, state.options.ns, source)) continue;
      state.Report(kServerCredentialUnused,
                   state.Origin("Gateway", gateway->metadata, gateway->source,
                                StrCat("spec.servers[", i, "].tls")),
                   StrCat("credentialName ", Quote(tls->credential_name),
                          " does not exist, and the server does not present it"));
    }
  }
}

}  // namespace postern
