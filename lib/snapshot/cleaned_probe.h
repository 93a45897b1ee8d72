// A Probe as the engine decides it: what codecs make of its fields and what a proxy does to them
// before it looks for a route. The decisions are left to Snapshot::Decide.

#ifndef POSTERN_SNAPSHOT_CLEANED_PROBE_H_
#define POSTERN_SNAPSHOT_CLEANED_PROBE_H_

#include "postern/decision.h"
#include "postern/snapshot.h"

namespace postern {

// CleanedProbe is Snapshot::Cleaned, for those who have no Snapshot yet.
Probe CleanedProbe(const SnapshotOptions& options, const Probe& probe);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_CLEANED_PROBE_H_
