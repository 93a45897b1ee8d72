// Says what the certificates of a Snapshot leave open: hosts of servers that none covers, dates,
// hosts that another server's certificate covers, what is not asked of those of clients, and
// servers and upstreams that lack one.
// Finding the certificates is for lib/compile/credential_loader.h.

#ifndef POSTERN_COMPILE_CERTIFICATE_REPORT_H_
#define POSTERN_COMPILE_CERTIFICATE_REPORT_H_

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/compile/witness.h"
#include "lib/snapshot/tables.h"
#include "lib/tls/certificate_store.h"
#include "postern/time.h"

namespace postern {

// The certificates of one TLS server; none if it is not ready.
using ServerCertificates = CertificateStore::Certificates;

// ReportCertificates adds to `reported` what there is to say; certificates[i] are those of
// `tables.tls_servers[i]`. Dates are compared with `wall_time`, if there is one.
void ReportCertificates(const SnapshotTables& tables,
                        std::span<const ServerCertificates> certificates,
                        std::optional<WallTime> wall_time, std::vector<Reported>* reported);

// ReportNotReady adds that `server` refuses connections, because of `problem`.
void ReportNotReady(const SnapshotTables& tables, const TlsServer& server,
                    const absl::Status& problem, std::vector<Reported>* reported);

// ReportNotReady adds that no connection to `upstream` is opened, because of `problem`.
void ReportNotReady(const UpstreamCluster& upstream, const absl::Status& problem,
                    std::vector<Reported>* reported);

// ReportClientRules adds the settings about certificates of clients by which a server restricts
// nobody, whatever its credentials are.
void ReportClientRules(const SnapshotTables& tables, std::vector<Reported>* reported);

// IsAboutCertificates returns whether the rule called `id` is one of those above that depend on
// credentials, and are reported anew when these change.
bool IsAboutCertificates(std::string_view id);

}  // namespace postern

#endif  // POSTERN_COMPILE_CERTIFICATE_REPORT_H_
