#include "lib/engine/wheel.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <chrono>

#include "lib/base/time_math.h"

namespace postern {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(1);

void MakeRing(TimerLink& head) { head.previous = head.next = &head; }

bool Empty(const TimerLink& head) { return head.next == &head; }

void LinkBefore(TimerLink& link, TimerLink& head) {
  link.previous = head.previous;
  link.next = &head;
  head.previous->next = &link;
  head.previous = &link;
}

}  // namespace

Wheel::Wheel(TimePoint origin) : origin_(origin) {
  assert(origin >= TimePoint());
  for (Level& level : levels_) {
    for (TimerLink& slot : level.slots) MakeRing(slot);
  }
  MakeRing(taken_);
}

uint64_t Wheel::TickAtOrAfter(TimePoint time) const {
  if (time <= origin_) return 0;
  const Duration since = time - origin_;
  return static_cast<uint64_t>(since / kTick) + (since % kTick != Duration::zero() ? 1 : 0);
}

TimePoint Wheel::TimeOf(uint64_t tick) const {
  const auto most = static_cast<uint64_t>((TimePoint::max() - origin_) / kTick) - 1;
  return origin_ + kTick * static_cast<int64_t>(std::min(tick, most));
}

void Wheel::Set(Timer& timer, TimePoint due) {
  timer.due_ = std::min(due, Timer::kNever - Duration(1));
  // Of the same tick or a later one: put off.
  if (timer.previous != nullptr && timer.looked_at_ - kTick < timer.due_) return;
  timer.Unlink();
  Insert(timer, TickAtOrAfter(timer.due_));
  next_ = std::min(next_, timer.looked_at_);
}

void Wheel::After(Timer& timer, TimePoint now, Duration delay) {
  if (delay <= Duration::zero()) return Stop(timer);
  Set(timer, SaturatingAdd(now, delay));
}

void Wheel::Insert(Timer& timer, uint64_t tick) {
  if (tick <= elapsed_) {
    timer.looked_at_ = TimeOf(elapsed_);
    return LinkBefore(timer, taken_);
  }
  timer.looked_at_ = TimeOf(tick);
  const int level = (63 - std::countl_zero(tick ^ elapsed_)) / kBits;
  const uint64_t slot = (tick >> (kBits * level)) % kSlots;
  levels_[level].occupied |= uint64_t{1} << slot;
  LinkBefore(timer, levels_[level].slots[slot]);
}

std::optional<Wheel::Place> Wheel::NextPlace() const {
  for (int level = 0; level < kLevels; ++level) {
    const uint64_t now = (elapsed_ >> (kBits * level)) % kSlots;
    // Slots behind now in this turn of the level are empty: their timers stand in a higher level.
    uint64_t ahead = levels_[level].occupied & ~((uint64_t{2} << now) - 1);
    for (; ahead != 0; ahead &= ahead - 1) {
      const auto slot = static_cast<uint64_t>(std::countr_zero(ahead));
      if (Empty(levels_[level].slots[slot])) continue;
      const uint64_t turn = elapsed_ >> (kBits * (level + 1)) << (kBits * (level + 1));
      return Place{level, slot, turn | slot << (kBits * level)};
    }
  }
  return std::nullopt;
}

void Wheel::Take(const Place& place) {
  TimerLink& slot = levels_[place.level].slots[place.slot];
  levels_[place.level].occupied &= ~(uint64_t{1} << place.slot);
  if (Empty(slot)) return;
  taken_.previous->next = slot.next;
  slot.next->previous = taken_.previous;
  slot.previous->next = &taken_;
  taken_.previous = slot.previous;
  MakeRing(slot);
}

void Wheel::Advance(TimePoint now, size_t budget) {
  const uint64_t target = now <= origin_ ? 0 : static_cast<uint64_t>((now - origin_) / kTick);
  while (true) {
    while (!Empty(taken_)) {
      Timer& timer = static_cast<Timer&>(*taken_.next);
      const uint64_t tick = timer.armed() ? TickAtOrAfter(timer.due_) : 0;
      if (timer.armed() && tick <= elapsed_ && budget == 0) return FindNext();
      timer.Unlink();
      if (!timer.armed()) continue;
      if (tick > elapsed_) {
        Insert(timer, tick);
        continue;
      }
      --budget;
      timer.due_ = Timer::kNever;
      timer.fire_(timer.owner_);
    }
    const std::optional<Place> place = NextPlace();
    if (!place.has_value() || place->tick > target) break;
    elapsed_ = place->tick;
    Take(*place);
  }
  elapsed_ = std::max(elapsed_, target);
  FindNext();
}

void Wheel::FindNext() {
  next_ = Timer::kNever;
  if (!Empty(taken_)) {
    next_ = TimeOf(elapsed_);
  } else if (const std::optional<Place> place = NextPlace(); place.has_value()) {
    next_ = TimeOf(place->tick);
  }
}

}  // namespace postern
