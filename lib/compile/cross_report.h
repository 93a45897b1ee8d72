// What the resources of a configuration say against each other, for lint: the reports of the Builds
// of every proxy that it is for, of invalid resources too. What one resource says by itself is for
// Validate.

#ifndef POSTERN_COMPILE_CROSS_REPORT_H_
#define POSTERN_COMPILE_CROSS_REPORT_H_

#include <optional>
#include <span>
#include <vector>

#include "lib/compile/proxy_identity.h"
#include "postern/config.h"
#include "postern/credentials.h"
#include "postern/diagnostic.h"
#include "postern/time.h"

namespace postern {

// ProxiesOf returns the proxies that the Gateways of `config` are for as far as their selectors
// tell: one for each selector that is no part of another, with just these labels, in the namespace
// of its first Gateway.
std::vector<ProxyIdentity> ProxiesOf(const Config& config);

// FindAcross compiles `config` for each of `proxies` and returns what the reports say, each finding
// once, in Validate's order. That a Gateway or VirtualService takes no effect counts only if it
// takes none on any proxy, that no Service leads to a port only if none does to any. `credentials`
// stands for what Snapshot::Build takes, `wall_time` for SnapshotOptions::wall_time;
// `dns_auto_allocate` is what the mesh does for ServiceEntries without addresses.
std::vector<Diagnostic> FindAcross(const Config& config, std::span<const ProxyIdentity> proxies,
                                   CredentialSource& credentials, std::optional<WallTime> wall_time,
                                   bool dns_auto_allocate = true);

}  // namespace postern

#endif  // POSTERN_COMPILE_CROSS_REPORT_H_
