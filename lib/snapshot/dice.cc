#include "postern/decision.h"

namespace postern {
namespace {

// Mix is a bijection in which each bit of the argument turns about half the bits of the result
// (the finalizer of SplitMix64).
constexpr uint64_t Mix(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

bool Rolls(uint64_t random, Die die, uint32_t index, uint32_t millionths) {
  // The event's name goes in before the mixing and between two rounds of it, so that events of one
  // decision share nothing that shows, and small `random`s serve as well as large ones.
  const uint64_t event = (uint64_t{static_cast<uint32_t>(die)} << 32) | index;
  const uint64_t hash = Mix(Mix(random + 0x9e3779b97f4a7c15) ^ (event * 0x9e3779b97f4a7c15));
  return hash % 1'000'000 < millionths;
}

}  // namespace postern
