#include "postern/snapshot.h"

#include <utility>

#include "lib/snapshot/tables.h"

namespace postern {

Snapshot::Snapshot(std::unique_ptr<const Tables> tables) : tables_(std::move(tables)) {}
Snapshot::~Snapshot() = default;

std::span<const Listener> Snapshot::listeners() const { return tables_->shared->listener_infos; }
std::span<const Finding> Snapshot::report() const { return tables_->report; }
std::span<const Cluster> Snapshot::clusters() const { return tables_->shared->cluster_infos; }
std::span<const CredentialName> Snapshot::credentials() const { return tables_->credentials; }
std::span<const CertificateInfo> Snapshot::certificates() const { return tables_->certificates; }

}  // namespace postern
