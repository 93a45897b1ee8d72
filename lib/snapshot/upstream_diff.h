// Compares how two Snapshots speak to their upstreams. What clients get is for
// lib/snapshot/diff.cc.

#ifndef POSTERN_SNAPSHOT_UPSTREAM_DIFF_H_
#define POSTERN_SNAPSHOT_UPSTREAM_DIFF_H_

#include <vector>

#include "lib/snapshot/tables.h"
#include "postern/snapshot.h"

namespace postern {

// CompareUpstreams adds what changes in the TLS of the upstreams that both have.
void CompareUpstreams(const SnapshotTables& from, const SnapshotTables& to,
                      std::vector<SnapshotDiff::Change>* changes);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_UPSTREAM_DIFF_H_
