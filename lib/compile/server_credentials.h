// Gives each TLS server of a Snapshot its credentials, and reports those that cannot be had.
// Finding and checking them is for lib/compile/credential_loader.h.

#ifndef POSTERN_COMPILE_SERVER_CREDENTIALS_H_
#define POSTERN_COMPILE_SERVER_CREDENTIALS_H_

#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "lib/compile/witness.h"
#include "lib/snapshot/tables.h"
#include "postern/credentials.h"

namespace postern {

// LoadServerCredentials fills the secrets of `tables`, whose `shared` is set, and adds to
// `reported` what is wrong with them.
void LoadServerCredentials(CredentialSource& source, SnapshotParts* tables,
                           std::vector<Reported>* reported);

// ReloadServerCredentials fills those of `tables` from what `from` has, but for `names`, which it
// asks `source` for; `reported` gets the report of `from`, as it is now, which judges dates by
// `wall_time` or else as Build did. NotFound if one that `from` had is gone, InvalidArgument if one
// is unusable.
absl::Status ReloadServerCredentials(const SnapshotParts& from,
                                     std::span<const CredentialName> names,
                                     CredentialSource& source, std::optional<WallTime> wall_time,
                                     SnapshotParts* tables, std::vector<Reported>* reported);

}  // namespace postern

#endif  // POSTERN_COMPILE_SERVER_CREDENTIALS_H_
