// Questions that the host answers with Engine::Complete: who asked, and whether anybody still
// waits. What is asked is the business of the filter call and of the TLS transport.

#ifndef POSTERN_ENGINE_OPERATION_H_
#define POSTERN_ENGINE_OPERATION_H_

#include "absl/status/statusor.h"
#include "postern/engine.h"

namespace postern {

// An Operation waits for one answer. The table of operations owns it until the answer, or until
// nobody waits.
class Operation {
 public:
  virtual ~Operation() = default;

  // OnVerdict and OnSignature bring the answer; one of the wrong kind is ignored.
  virtual void OnVerdict(const FilterVerdict& /*verdict*/) {}
  virtual void OnSignature(const absl::StatusOr<Signature>& /*signature*/) {}
};

}  // namespace postern

#endif  // POSTERN_ENGINE_OPERATION_H_
