// The callbacks still to be made: a queue that the outermost input method delivers when no method
// of a codec is on the stack. What each effect says, and whether it still holds, is decided by
// the file that queues it.

#ifndef POSTERN_ENGINE_EFFECTS_H_
#define POSTERN_ENGINE_EFFECTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace postern {

class Core;

// An Effect is one call to make. `run` gets the id or pointer it was queued with and makes at most
// one callback, as the last thing it does: the callback may destroy the engine.
struct Effect {
  using Run = void (*)(Core& core, uint64_t subject);

  Run run = nullptr;
  uint64_t subject = 0;
};

// An Effects is a first-in-first-out queue that keeps its memory.
class Effects {
 public:
  void Push(Effect::Run run, uint64_t subject) { queue_.push_back({run, subject}); }

  bool empty() const { return head_ == queue_.size(); }

  // Pop takes the first effect; there must be one.
  Effect Pop() {
    const Effect effect = queue_[head_++];
    if (head_ == queue_.size()) {
      queue_.clear();
      head_ = 0;
    }
    return effect;
  }

 private:
  std::vector<Effect> queue_;
  size_t head_ = 0;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_EFFECTS_H_
