// Every deadline of one engine, on one timing wheel. What a deadline means is its owner's business.

#ifndef POSTERN_ENGINE_WHEEL_H_
#define POSTERN_ENGINE_WHEEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "postern/time.h"

namespace postern {

// A TimerLink is a place in a ring of timers.
struct TimerLink {
  TimerLink* previous = nullptr;
  TimerLink* next = nullptr;

  void Unlink() {
    if (previous == nullptr) return;
    previous->next = next;
    next->previous = previous;
    previous = next = nullptr;
  }
};

// A Timer is one deadline. It must not outlive its wheel, and stops when destroyed.
class Timer : private TimerLink {
 public:
  using Fire = void (*)(void* owner);

  // Timer calls `fire` with `owner` when it is due. `fire` may destroy the timer.
  Timer(void* owner, Fire fire) : owner_(owner), fire_(fire) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { Unlink(); }

  bool armed() const { return due_ != kNever; }
  TimePoint due() const { return due_; }

 private:
  friend class Wheel;

  static constexpr TimePoint kNever = TimePoint::max();

  TimePoint due_ = kNever;
  TimePoint looked_at_;  // By the wheel, on a tick, if it is linked.
  void* owner_;
  Fire fire_;
};

// A Wheel is a hierarchical timing wheel of one millisecond's resolution: nothing fires early, and
// nothing later than a millisecond after it was due. Putting a timer off, the common case, is one
// store: the wheel looks at it when it was first due and links it anew. So is stopping it.
class Wheel {
 public:
  // Wheel takes no time before `origin`, which is not negative.
  explicit Wheel(TimePoint origin);
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;

  // Set makes `timer` due at `due`, in place of any earlier setting.
  void Set(Timer& timer, TimePoint due);

  // After makes `timer` due `delay` after `now`; a delay of 0, "none", stops it.
  void After(Timer& timer, TimePoint now, Duration delay);

  void Stop(Timer& timer) { timer.due_ = Timer::kNever; }

  // Advance fires what is due at `now`, up to `budget` timers; what is left over is due at once.
  void Advance(TimePoint now, size_t budget);

  // next returns when Advance may find something to do, and never later than that. It is kept, not
  // searched for: a timer that is gone may still be the reason for it, until the next Advance.
  std::optional<TimePoint> next() const {
    return next_ == Timer::kNever ? std::nullopt : std::optional(next_);
  }

 private:
  static constexpr int kBits = 6;
  static constexpr uint64_t kSlots = uint64_t{1} << kBits;
  static constexpr int kLevels = 8;  // 8900 years: more than a TimePoint can tell.

  struct Level {
    uint64_t occupied = 0;
    std::array<TimerLink, kSlots> slots;
  };
  struct Place {
    int level;
    uint64_t slot;
    uint64_t tick;
  };

  uint64_t TickAtOrAfter(TimePoint time) const;
  TimePoint TimeOf(uint64_t tick) const;
  void Insert(Timer& timer, uint64_t tick);
  void Take(const Place& place);
  std::optional<Place> NextPlace() const;
  void FindNext();

  const TimePoint origin_;
  uint64_t elapsed_ = 0;  // Ticks; every slot up to it has been looked at.
  std::array<Level, kLevels> levels_;
  TimerLink taken_;  // What has come up and is still to be fired or linked anew.
  TimePoint next_ = Timer::kNever;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_WHEEL_H_
