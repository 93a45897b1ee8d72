#include "lib/engine/filter_call.h"

#include <memory>
#include <utility>

#include "lib/engine/core.h"
#include "lib/engine/stream.h"

namespace postern {

FilterCall::FilterCall(Core& core, Stream* stream)
    : core_(core), stream_(stream), timer_(this, [](void* self) {
        auto* call = static_cast<FilterCall*>(self);
        AnswerRequest late;
        late.detail = "filter_timeout";
        Stream* stream = call->stream_;
        Cancel(call->core_, call->id_);
        stream->OnVerdict(late);
      }) {}

OperationId FilterCall::Ask(Core& core, Stream* stream) {
  std::unique_ptr<FilterCall> owned(new FilterCall(core, stream));
  FilterCall& call = *owned;
  call.id_ = core.operations().Add(std::move(owned));
  core.wheel().After(call.timer_, core.now(), core.timeouts().filter);
  core.Queue<&FilterCall::AskFilter>(call.id_);
  return call.id_;
}

void FilterCall::AskFilter() {
  if (stream_ == nullptr) return;
  asked_ = true;
  core_.options().filter->OnRequest(core_.engine(), id_, stream_->Filtered());
}

void FilterCall::Cancel(Core& core, OperationId id) {
  auto* call = static_cast<FilterCall*>(core.operations().Find(id));
  if (call == nullptr || std::exchange(call->stream_, nullptr) == nullptr) return;
  core.wheel().Stop(call->timer_);
  core.Queue<&FilterCall::DeliverCancel>(id);
}

void FilterCall::DeliverCancel() {
  Core& core = core_;
  const OperationId id = id_;
  const bool asked = asked_;
  core.operations().Remove(id);  // This call is gone then.
  if (asked) core.options().filter->OnCancel(core.engine(), id);
}

void FilterCall::OnVerdict(const FilterVerdict& verdict) {
  if (stream_ == nullptr) return;
  const std::unique_ptr<Operation> self = core_.operations().Remove(id_);
  stream_->OnVerdict(verdict);
}

}  // namespace postern
