#include "lib/match/lowered_host.h"

#include <algorithm>
#include <cstring>

namespace postern {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101;
constexpr uint64_t kHigh = 0x8080808080808080;  // The high bit of each byte.

// Load returns the eight bytes at `from`, the first in the lowest bits.
uint64_t Load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

void Store(char* to, uint64_t word) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(to, &word, sizeof(word));
}

// Lower returns `word` with each byte A-Z in lower case.
uint64_t Lower(uint64_t word) {
  const uint64_t low = word & ~kHigh;
  const uint64_t from_a = low + kOnes * (0x80 - 'A');    // High bit: at least 'A'.
  const uint64_t beyond_z = low + kOnes * (0x7f - 'Z');  // High bit: more than 'Z'.
  return word | ((from_a & ~beyond_z & ~word & kHigh) >> 2);
}

// Dots returns a byte whose bit i says that byte i of `word` is a dot.
uint64_t Dots(uint64_t word) {
  const uint64_t other = word ^ kOnes * '.';
  const uint64_t dots = ~(((other & ~kHigh) + ~kHigh) | other) & kHigh;
  return ((dots >> 7) * 0x0102040810204080) >> 56;  // Gathers the eight bits.
}

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0xd6e8feb86659fd93;
  return hash ^ hash >> 32;
}

}  // namespace

LoweredHost::LoweredHost(std::string_view host) : size_(std::min(host.size(), kMaxSize)) {
  // Words are read from `host` itself: a load of bytes that were just stored in other pieces waits.
  const char* from = host.data() + (host.size() - size_);
  const size_t full = size_ / 8;
  for (size_t i = 0; i < full; ++i) Put(i, Load(from + i * 8));
  uint64_t rest = 0;
  const size_t rest_size = size_ % 8;
  if (full > 0 && rest_size > 0) {
    rest = Load(from + size_ - 8) >> (64 - 8 * rest_size);
  } else {
    for (size_t i = rest_size; i-- > 0;) rest = rest << 8 | static_cast<unsigned char>(from[i]);
  }
  Put(full, rest);
  Store(bytes_ + (full + 1) * 8, 0);
}

void LoweredHost::Put(size_t i, uint64_t word) {
  word = Lower(word);
  Store(bytes_ + i * 8, word);
  dots_[i / 8] |= Dots(word) << (i % 8 * 8);
}

uint64_t LoweredHost::Extend(uint64_t hash, size_t start, size_t end) const {
  hash = Mix(hash, end - start);
  for (; end - start > 8; start += 8) hash = Mix(hash, Load(bytes_ + start));
  const uint64_t rest = ~uint64_t{0} >> (64 - 8 * (end - start));
  return Mix(hash, Load(bytes_ + start) & rest);
}

uint64_t LoweredHost::Hash() const {
  uint64_t hash = kSeed;
  for (size_t end = size_; end > 0;) {
    const size_t start = LabelStart(end);
    hash = Extend(hash, start, end);
    end = start;
  }
  return hash;
}

}  // namespace postern
