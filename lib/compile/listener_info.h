// What Snapshot::listeners tells a host of each socket. The sockets themselves are made in
// lib/compile/chain_compiler.

#ifndef POSTERN_COMPILE_LISTENER_INFO_H_
#define POSTERN_COMPILE_LISTENER_INFO_H_

#include <vector>

#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {

// ListenerInfos describes the listeners of `tables`, sorted by port, then address.
std::vector<Listener> ListenerInfos(const SnapshotTables& tables);

}  // namespace postern

#endif  // POSTERN_COMPILE_LISTENER_INFO_H_
