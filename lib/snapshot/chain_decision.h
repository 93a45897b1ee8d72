// Which filter chain a connection gets, and for bytes which upstream: Snapshot::Decide of a
// connection. What becomes of the requests on a chain is for lib/snapshot/request_decision.

#ifndef POSTERN_SNAPSHOT_CHAIN_DECISION_H_
#define POSTERN_SNAPSHOT_CHAIN_DECISION_H_

#include <cstdint>
#include <string_view>

#include "lib/snapshot/tables.h"

namespace postern {

// FindListener returns the listener of `key`, or null. That of all addresses has two names.
const ListenerTable* FindListener(const SnapshotTables& tables, const ListenerKey& key);

// FindListenerInfo returns what Snapshot::listeners says of it, or null.
const Listener* FindListenerInfo(const SnapshotTables& tables, const ListenerKey& key);

// IsMisdirected returns whether `host`, without a port, belongs to another TLS server of the
// listener than the one that `chain` is of: the most specific name that covers it is another's
// (RFC 9110 section 15.5.20). It looks where connections are looked up, so that the two agree.
bool IsMisdirected(const SnapshotTables& tables, uint32_t chain, std::string_view host);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_CHAIN_DECISION_H_
