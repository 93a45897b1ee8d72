#include "lib/engine/filter_call.h"

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
  auto* call = new FilterCall(core, stream);
  call->id_ = core.operations().Take(call);
  core.wheel().After(call->timer_, core.now(), core.timeouts().filter);
  core.effects().Push(
      [](Core& core, uint64_t bits) {
        const OperationId id = OperationId::FromBits(bits);
        auto* call = static_cast<FilterCall*>(core.operations().Find(id));
        if (call == nullptr || call->stream_ == nullptr) return;
        call->asked_ = true;
        const FilteredRequest request = call->stream_->Filtered();
        core.options().filter->OnRequest(core.engine(), id, request);
      },
      call->id_.bits());
  return call->id_;
}

void FilterCall::Cancel(Core& core, OperationId id) {
  auto* call = static_cast<FilterCall*>(core.operations().Find(id));
  if (call == nullptr || std::exchange(call->stream_, nullptr) == nullptr) return;
  core.wheel().Stop(call->timer_);
  core.effects().Push(
      [](Core& core, uint64_t bits) {
        const OperationId id = OperationId::FromBits(bits);
        auto* call = static_cast<FilterCall*>(core.operations().Find(id));
        if (call == nullptr) return;
        const bool asked = call->asked_;
        core.operations().Release(id);
        delete call;
        if (asked) core.options().filter->OnCancel(core.engine(), id);
      },
      id.bits());
}

void FilterCall::OnVerdict(const FilterVerdict& verdict) {
  if (stream_ == nullptr) return;
  Stream* stream = stream_;
  core_.operations().Release(id_);
  delete this;
  stream->OnVerdict(verdict);
}

}  // namespace postern
