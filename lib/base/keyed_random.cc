#include "lib/base/keyed_random.h"

#include <bit>

namespace postern {
namespace {

uint64_t LoadLittle(const uint8_t* bytes) {
  uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word |= uint64_t{bytes[i]} << (8 * i);
  return word;
}

// A State is the four words of SipHash and their round.
struct State {
  uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
  }

  void Absorb(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }

  uint64_t Finish() {
    v2 ^= 0xff;
    for (int i = 0; i < 4; ++i) Round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

KeyedRandom::KeyedRandom(const std::array<uint8_t, 32>& seed) {
  const uint64_t k0 = LoadLittle(seed.data()), k1 = LoadLittle(seed.data() + 8);
  State state = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                 k1 ^ 0x7465646279746573};
  state.Absorb(LoadLittle(seed.data() + 16) ^ LoadLittle(seed.data() + 24));
  begun_ = {state.v0, state.v1, state.v2, state.v3};
}

uint64_t KeyedRandom::Next() {
  State state = {begun_[0], begun_[1], begun_[2], begun_[3]};
  state.Absorb(counter_++);
  return state.Finish();
}

uint64_t KeyedRandom::Below(uint64_t bound) { return bound == 0 ? 0 : Next() % bound; }

}  // namespace postern
