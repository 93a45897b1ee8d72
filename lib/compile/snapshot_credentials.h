// Gives each TLS server of a Snapshot, and each upstream that is spoken to under TLS, its
// credentials, and reports those that cannot be had.
// Finding and checking them is for lib/compile/credential_loader.h.

#ifndef POSTERN_COMPILE_SNAPSHOT_CREDENTIALS_H_
#define POSTERN_COMPILE_SNAPSHOT_CREDENTIALS_H_

#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "lib/compile/witness.h"
#include "lib/snapshot/tables.h"
#include "postern/credentials.h"

namespace postern {

// LoadCredentials fills the secrets of `tables`, whose `shared` is set, and adds to
// `reported` what is wrong with them.
void LoadCredentials(CredentialSource& source, SnapshotParts* tables,
                     std::vector<Reported>* reported);

// ReloadCredentials fills those of `tables` from what `from` has, but for `names`, which it
// asks `source` for; `reported` gets the report of `from`, as it is now, which judges dates by
// `wall_time` or else as Build did. NotFound if one that `from` had is gone, InvalidArgument if one
// is unusable.
absl::Status ReloadCredentials(const SnapshotParts& from, std::span<const CredentialName> names,
                               CredentialSource& source, std::optional<WallTime> wall_time,
                               SnapshotParts* tables, std::vector<Reported>* reported);

}  // namespace postern

#endif  // POSTERN_COMPILE_SNAPSHOT_CREDENTIALS_H_
