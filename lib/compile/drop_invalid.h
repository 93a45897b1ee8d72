// What Build makes of the findings about a Config: a refusal, or a Config without what is wrong.
// The findings are made by lib/yaml and lib/validate.

#ifndef POSTERN_COMPILE_DROP_INVALID_H_
#define POSTERN_COMPILE_DROP_INVALID_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {

// A ValidConfig is a Config without errors.
struct ValidConfig {
  const Config* whole = nullptr;  // The one that was given, if nothing was dropped.
  std::unique_ptr<Config> rest;   // Else what is left of it.
  std::vector<Finding> findings;  // Of what was dropped.

  const Config& config() const { return rest == nullptr ? *whole : *rest; }
};

// DropInvalid validates `config`, which it borrows. InvalidArgument with every error, one a line,
// or, under Invalid::kDropResource, the Config without the resources that have one. A number that
// is no value of its enum, for which Istio warns, is an error here. A resource that restricts
// access and is not named in `accept_unenforced` is an error, and is never dropped.
absl::StatusOr<ValidConfig> DropInvalid(const Config& config, const SnapshotOptions& options);

}  // namespace postern

#endif  // POSTERN_COMPILE_DROP_INVALID_H_
