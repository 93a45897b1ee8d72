// SipHash-2-4 (Aumasson and Bernstein, 2012), the keyed hash of tables that peers can fill, and the
// stream of chance that an engine draws from it. Hashes that are part of a contract, such as
// Rolls, stand where the contract is.

#ifndef POSTERN_BASE_SIPHASH_H_
#define POSTERN_BASE_SIPHASH_H_

#include <array>
#include <cstdint>
#include <span>

#include "postern/bytes.h"

namespace postern {

// A SipKey is the 128 bit key, as two little-endian words.
struct SipKey {
  uint64_t k0 = 0;
  uint64_t k1 = 0;

  // FromBytes reads a key as the reference implementation does.
  static SipKey FromBytes(std::span<const uint8_t, 16> bytes);
};

// SipHash returns the SipHash-2-4 of `bytes` under `key`.
uint64_t SipHash(const SipKey& key, ByteSpan bytes);

// A KeyedRandom is an endless sequence of numbers that follows from its seed: the SipHash of a
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

#endif  // POSTERN_BASE_SIPHASH_H_
