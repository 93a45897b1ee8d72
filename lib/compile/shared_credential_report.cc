#include "lib/compile/shared_credential_report.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "lib/compile/select.h"

namespace postern {
namespace {

constexpr size_t kMostPairs = 1000;

// CredentialOf returns what `settings` presents, empty if it names neither a credential nor a pair
// of files. Several credentials, and files in a list, are passed over as Istio does.
std::string CredentialOf(const ServerTlsSettings& settings) {
  if (!settings.credential_name.empty()) return StrCat("credential ", settings.credential_name);
  if (settings.server_certificate.empty() || settings.private_key.empty()) return "";
  return StrCat("files ", settings.server_certificate, ", ", settings.private_key);
}

// A Holder is a Gateway and those of its servers that present one credential.
struct Holder {
  const Gateway* gateway;
  std::vector<size_t> servers;
};

// ReportPairs reports those of `holders`, all of `credential`, whose proxies have another one, too.
void ReportPairs(std::string_view credential, const std::vector<Holder>& holders,
                 CompileState& state) {
  size_t pairs = 0;
  for (const Holder& holder : holders) {
    for (const Holder& other : holders) {
      if (other.gateway == holder.gateway) continue;
      if (!IsSelected(holder.gateway->selector, other.gateway->selector)) continue;
      for (const size_t server : holder.servers) {
        for (const size_t with : other.servers) {
          state.ReportLoss(kGatewayCredentialShared, state.Origin({holder.gateway, server}),
                           StrCat(credential,
                                  " is presented by another Gateway, too: clients may send "
                                  "requests for one on a connection to the other"),
                           state.Origin({other.gateway, with}));
          if (++pairs == kMostPairs) return;
        }
      }
    }
  }
}

}  // namespace

void ReportSharedCredentials(CompileState& state) {
  std::map<std::string, std::vector<Holder>> by_credential;
  for (const Gateway& gateway : state.config.gateways) {
    for (size_t i = 0; i < gateway.servers.size(); ++i) {
      if (!gateway.servers[i].tls) continue;
      const std::string credential = CredentialOf(*gateway.servers[i].tls);
      if (credential.empty()) continue;
      std::vector<Holder>& holders = by_credential[credential];
      if (holders.empty() || holders.back().gateway != &gateway) holders.push_back({&gateway, {}});
      holders.back().servers.push_back(i);
    }
  }
  for (const auto& [credential, holders] : by_credential) ReportPairs(credential, holders, state);
}

}  // namespace postern
