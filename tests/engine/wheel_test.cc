#include "lib/engine/wheel.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

namespace postern {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct Counter {
  explicit Counter(Wheel* wheel)
      : timer(this, [](void* self) { static_cast<Counter*>(self)->fired++; }), wheel(wheel) {}
  Timer timer;
  Wheel* wheel;
  int fired = 0;
};

constexpr TimePoint kOrigin{hours(1000)};

TEST(WheelTest, FiresNeitherEarlyNorMoreThanAMillisecondLate) {
  Wheel wheel(kOrigin);
  Counter counter(&wheel);
  wheel.Set(counter.timer, kOrigin + Duration(10'500'000));
  wheel.Advance(kOrigin + milliseconds(10), 100);
  EXPECT_EQ(counter.fired, 0);
  EXPECT_EQ(wheel.next(), kOrigin + milliseconds(11));
  wheel.Advance(kOrigin + milliseconds(11), 100);
  EXPECT_EQ(counter.fired, 1);
  EXPECT_FALSE(counter.timer.armed());
  EXPECT_EQ(wheel.next(), std::nullopt);
}

TEST(WheelTest, PuttingOffATimerMovesItWhenItWasFirstDue) {
  Wheel wheel(kOrigin);
  Counter counter(&wheel);
  wheel.Set(counter.timer, kOrigin + milliseconds(5));
  wheel.Set(counter.timer, kOrigin + milliseconds(50));
  EXPECT_LE(*wheel.next(), kOrigin + milliseconds(5));
  wheel.Advance(kOrigin + milliseconds(49), 100);
  EXPECT_EQ(counter.fired, 0);
  wheel.Set(counter.timer, kOrigin + milliseconds(60));
  wheel.Set(counter.timer, kOrigin + milliseconds(55));
  wheel.Advance(kOrigin + milliseconds(55), 100);
  EXPECT_EQ(counter.fired, 1);
}

TEST(WheelTest, AStoppedOrDestroyedTimerStaysSilent) {
  Wheel wheel(kOrigin);
  Counter stopped(&wheel);
  wheel.Set(stopped.timer, kOrigin + milliseconds(5));
  wheel.Stop(stopped.timer);
  {
    Counter destroyed(&wheel);
    wheel.Set(destroyed.timer, kOrigin + milliseconds(5));
  }
  wheel.Advance(kOrigin + hours(1), 100);
  EXPECT_EQ(stopped.fired, 0);
}

TEST(WheelTest, KnowsWhenToLookNextWithoutLooking) {
  Wheel wheel(kOrigin);
  EXPECT_EQ(wheel.next(), std::nullopt);
  Counter late(&wheel);
  wheel.Set(late.timer, kOrigin + milliseconds(50));
  EXPECT_LE(*wheel.next(), kOrigin + milliseconds(50));
  {
    Counter early(&wheel);
    wheel.Set(early.timer, kOrigin + milliseconds(5));
    EXPECT_EQ(wheel.next(), kOrigin + milliseconds(5));
  }
  // The timer that is gone is still the reason for one look.
  wheel.Advance(kOrigin + milliseconds(5), 100);
  EXPECT_GT(*wheel.next(), kOrigin + milliseconds(5));
  EXPECT_LE(*wheel.next(), kOrigin + milliseconds(50));
  wheel.Advance(kOrigin + milliseconds(50), 100);
  EXPECT_EQ(late.fired, 1);
  EXPECT_EQ(wheel.next(), std::nullopt);
}

TEST(WheelTest, ADeadlineInThePastIsDueAtOnce) {
  Wheel wheel(kOrigin);
  wheel.Advance(kOrigin + hours(1), 100);
  Counter counter(&wheel);
  wheel.Set(counter.timer, kOrigin);
  EXPECT_LE(*wheel.next(), kOrigin + hours(1));
  wheel.Advance(kOrigin + hours(1), 100);
  EXPECT_EQ(counter.fired, 1);
}

TEST(WheelTest, TheLongestDelayIsDueAfterEverythingElse) {
  Wheel wheel(kOrigin);
  Counter counter(&wheel);
  wheel.After(counter.timer, kOrigin, std::chrono::seconds(9'223'372'036));
  EXPECT_TRUE(counter.timer.armed());
  wheel.Advance(kOrigin + hours(24 * 365 * 10), 100);
  EXPECT_EQ(counter.fired, 0);
  EXPECT_TRUE(wheel.next().has_value());
}

// Over the end of every level, the highest that a clock of 292 years reaches too.
TEST(WheelTest, ATimerIsNotLostHoweverFarOffItIs) {
  for (int bit = 1; bit < 43; ++bit) {
    Wheel wheel(kOrigin);
    Counter counter(&wheel);
    const TimePoint end = kOrigin + milliseconds((int64_t{1} << bit) - 1);
    wheel.Advance(end, 100);
    wheel.Set(counter.timer, end + milliseconds(3));
    wheel.Advance(end + milliseconds(2), 100);
    EXPECT_EQ(counter.fired, 0) << bit;
    wheel.Advance(end + milliseconds(3), 100);
    EXPECT_EQ(counter.fired, 1) << bit;
  }
}

TEST(WheelTest, WhatIsBeyondTheBudgetIsDueAtOnce) {
  Wheel wheel(kOrigin);
  std::vector<std::unique_ptr<Counter>> counters;
  for (int i = 0; i < 10; ++i) {
    counters.push_back(std::make_unique<Counter>(&wheel));
    wheel.Set(counters.back()->timer, kOrigin + milliseconds(3));
  }
  wheel.Advance(kOrigin + milliseconds(9), 4);
  EXPECT_LE(*wheel.next(), kOrigin + milliseconds(9));
  wheel.Advance(kOrigin + milliseconds(9), 100);
  for (const auto& counter : counters) EXPECT_EQ(counter->fired, 1);
}

TEST(WheelTest, AgreesWithASortedMapOverRandomUse) {
  std::mt19937_64 random(11);
  Wheel wheel(kOrigin);
  std::vector<std::unique_ptr<Counter>> counters;
  for (int i = 0; i < 200; ++i) counters.push_back(std::make_unique<Counter>(&wheel));
  std::map<int, TimePoint> due;
  std::vector<int> fired(counters.size());
  TimePoint now = kOrigin;
  for (int round = 0; round < 20'000; ++round) {
    const int i = static_cast<int>(random() % counters.size());
    const Duration delay =
        milliseconds(1) * static_cast<int64_t>(random() >> (random() % 36 + 28)) +
        Duration(random() % 1'000'000);
    switch (random() % 4) {
      case 0:
      case 1:
        wheel.Set(counters[i]->timer, now + delay), due[i] = now + delay;
        break;
      case 2:
        wheel.Stop(counters[i]->timer), due.erase(i);
        break;
      case 3: {
        now += milliseconds(1) * static_cast<int64_t>(random() >> (random() % 24 + 40));
        for (const auto& [which, at] : due) {
          ASSERT_LE(*wheel.next(), at + milliseconds(1)) << which;
        }
        wheel.Advance(now, 1'000'000);
        std::erase_if(due, [&](const auto& entry) {
          const bool has_fired = counters[entry.first]->fired > fired[entry.first];
          EXPECT_TRUE(entry.second > now - milliseconds(1) || has_fired);
          EXPECT_TRUE(entry.second <= now || !has_fired);
          return has_fired;
        });
        for (size_t j = 0; j < fired.size(); ++j) fired[j] = counters[j]->fired;
        break;
      }
    }
  }
}

}  // namespace
}  // namespace postern
