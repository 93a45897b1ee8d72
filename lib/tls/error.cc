#include "lib/tls/error.h"

#include <openssl/err.h>

#include "lib/base/strings.h"

namespace postern {
namespace {

struct Drained {
  std::string reasons;
  bool out_of_memory = false;
};

Drained Drain() {
  Drained drained;
  while (const uint32_t error = ERR_get_error()) {
    // The data strings of an error may quote its input: only the names of reasons are taken.
    const char* reason = ERR_reason_error_string(error);
    if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE) drained.out_of_memory = true;
    StrAppend(&drained.reasons, drained.reasons.empty() ? "" : ", ",
              reason != nullptr ? reason : "unnamed");
  }
  if (drained.reasons.empty()) drained.reasons = "unknown";
  return drained;
}

}  // namespace

std::string DrainTlsErrors() { return Drain().reasons; }

absl::Status TlsError(std::string_view what) {
  const Drained drained = Drain();
  if (drained.out_of_memory) return ResourceExhausted(what, ": out of memory");
  return InvalidArgument(what, ": ", drained.reasons);
}

}  // namespace postern
