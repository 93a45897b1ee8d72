// One question to the RequestFilter and what waits for its answer. What the verdict does is for the
// stream.

#ifndef POSTERN_ENGINE_FILTER_CALL_H_
#define POSTERN_ENGINE_FILTER_CALL_H_

#include "lib/engine/operation.h"
#include "lib/engine/wheel.h"
#include "postern/filter.h"

namespace postern {

class Core;
class Stream;

// A FilterCall is an Operation of its stream.
class FilterCall final : public Operation {
 public:
  // Ask queues the question and returns the id under which the answer will come.
  static OperationId Ask(Core& core, Stream* stream);

  // Cancel says that nobody waits any more.
  static void Cancel(Core& core, OperationId id);

  void OnVerdict(const FilterVerdict& verdict) override;

 private:
  FilterCall(Core& core, Stream* stream);

  void AskFilter();
  void DeliverCancel();

  Core& core_;
  Stream* stream_;  // nullptr: cancelled.
  OperationId id_;
  bool asked_ = false;
  Timer timer_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_FILTER_CALL_H_
