// From TLS settings, of a server or for an upstream, to certificates that were found, parsed and
// checked, and a context ready for handshakes. Who may be asked, and for what names, is in
// credential_names; the source itself is the application's.

#ifndef POSTERN_COMPILE_CREDENTIAL_LOADER_H_
#define POSTERN_COMPILE_CREDENTIAL_LOADER_H_

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/string_map.h"
#include "lib/tls/client_context.h"
#include "lib/tls/server_context.h"
#include "postern/credentials.h"
#include "postern/decision.h"
#include "postern/destination_rule.h"
#include "postern/gateway.h"
#include "postern/snapshot.h"

namespace postern {

// A ServerCredentials is what one TLS server of a Gateway has to shake hands with.
struct ServerCredentials {
  // Null: the server refuses handshakes ("secret_not_ready"), and `problem` says why.
  std::shared_ptr<const ServerContext> context;
  absl::Status problem;

  // certificates is what it presents, in its order of preference; none if it is not ready.
  CertificateStore::Certificates certificates;

  // names is every credential asked for on behalf of the server, found or not, in that order.
  std::vector<CredentialName> names;

  bool ready() const { return context != nullptr; }
};

// A LoadedCredentials is the answers to what a Snapshot's servers asked for, to be shared with the
// next one.
struct LoadedCredentials {
  std::map<CredentialName, absl::StatusOr<std::shared_ptr<const Certificate>>> certificates;
  std::map<CredentialName, absl::StatusOr<std::shared_ptr<const TrustStore>>> trusts;
  StringMap<absl::StatusOr<std::shared_ptr<const Certificate>>> file_certificates;
  StringMap<absl::StatusOr<std::shared_ptr<const TrustStore>>> file_trusts;
};

// UnusedClientRules returns the fields of `settings`, of a server that terminates TLS, that name
// certificates of clients and that Load leaves out, as Istio does (dataplane.md 2.5): pins unless a
// credential is named and certificates are asked for, names of clients unless these are asked for.
std::vector<std::string_view> UnusedClientRules(const ServerTlsSettings& settings);

// A CredentialLoader serves the servers of one Snapshot. It asks its source once for each name and
// each file, whatever the number of servers, and loads each certificate once. For one thread.
class CredentialLoader {
 public:
  // `source` must outlive the loader. `proxy_namespace` is where plain names are looked for.
  CredentialLoader(CredentialSource* source, std::string_view proxy_namespace);

  // Reuse takes over what `previous` holds, but for what is called in `names`: those are asked for
  // again. For Snapshot::WithCredentials.
  void Reuse(const LoadedCredentials& previous, std::span<const CredentialName> names);

  // Load finds and checks the credentials of a server that terminates TLS. `identity` tells the
  // server from every other of the Snapshot, and stays equal from one Snapshot to the next for the
  // same server; `alpn` is what it offers; `listener` is noted with each certificate.
  ServerCredentials Load(const ServerTlsSettings& settings, std::string_view identity,
                         const std::vector<std::string>& alpn, const ListenerKey& listener);

  // LoadUpstream finds and checks what connections to an upstream need: the CA that its servers are
  // verified by, and the gateway's own certificate. With `verify_name` a server's certificate must
  // be for the name asked for, too. An error says what cannot be had.
  absl::StatusOr<std::shared_ptr<const ClientContext>> LoadUpstream(
      const ClientTlsSettings& settings, bool verify_name);

  // credentials returns every name asked for, sorted.
  std::vector<CredentialName> credentials() const;

  // certificates returns every certificate that a server presents, sorted by source.
  std::vector<CertificateInfo> certificates() const;

  // TakeLoaded returns what was loaded; nothing may be loaded after it.
  LoadedCredentials TakeLoaded() { return std::move(loaded_); }

 private:
  using CertificateOr = absl::StatusOr<std::shared_ptr<const Certificate>>;
  using TrustOr = absl::StatusOr<std::shared_ptr<const TrustStore>>;

  absl::StatusOr<CertificateStore::Certificates> Certificates(const ServerTlsSettings& settings,
                                                              std::vector<CredentialName>* names);
  TrustOr Trust(const ServerTlsSettings& settings, std::vector<CredentialName>* names);
  CertificateOr OwnCertificate(const ClientTlsSettings& settings);
  TrustOr TrustInServers(const ClientTlsSettings& settings);

  CertificateOr CertificateOf(const CredentialName& name);
  CertificateOr CertificateOfFiles(std::string_view chain_path, std::string_view key_path);
  TrustOr TrustOf(const CredentialName& name, std::string_view crl_path);
  TrustOr TrustOfFiles(std::string_view ca_path, std::string_view crl_path);

  CredentialSource* const source_;
  const std::string proxy_namespace_;
  TlsPolicyCache policies_;
  LoadedCredentials loaded_;
  // One for each time, whatever is said twice.
  std::vector<CredentialName> asked_;
  std::vector<std::pair<std::shared_ptr<const Certificate>, ListenerKey>> presented_;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_CREDENTIAL_LOADER_H_
