// All the chance in an engine: numbers that follow from its seed, by SipHash-2-4 (Aumasson and
// Bernstein, 2012). Hashes that are part of a contract, such as Rolls, stand where the contract is.

#ifndef POSTERN_BASE_KEYED_RANDOM_H_
#define POSTERN_BASE_KEYED_RANDOM_H_

#include <array>
#include <cstdint>

namespace postern {

// A KeyedRandom is an endless sequence of numbers that follows from its seed: the keyed hash of a
// counter, so that nobody without the seed tells them from chance.
class KeyedRandom {
 public:
  // KeyedRandom draws from the first half of `seed`; the second separates uses of one seed.
  explicit KeyedRandom(const std::array<uint8_t, 32>& seed);

  uint64_t Next();

  // Below returns a number in [0, bound), evenly but for a bias of at most bound / 2^64; 0 for 0.
  uint64_t Below(uint64_t bound);

 private:
  std::array<uint64_t, 4> begun_;  // The state that has taken in what separates the uses.
  uint64_t counter_ = 0;
};

}  // namespace postern

#endif  // POSTERN_BASE_KEYED_RANDOM_H_
