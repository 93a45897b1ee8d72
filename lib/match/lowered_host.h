// A host made ready for SuffixTable: in lower case, with its dots found and its suffixes hashed,
// eight bytes at a time. What is looked up with the hashes is for lib/match/suffix_table.

#ifndef POSTERN_MATCH_LOWERED_HOST_H_
#define POSTERN_MATCH_LOWERED_HOST_H_

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postern {

// A LoweredHost holds the last kMaxSize bytes of a host, A-Z in lower case.
class LoweredHost {
 public:
  static constexpr size_t kMaxSize = 255;
  static constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;

  explicit LoweredHost(std::string_view host);

  std::string_view text() const { return {bytes_, size_}; }
  std::string_view Suffix(size_t size) const { return {bytes_ + size_ - size, size}; }

  // LabelStart returns where the label that ends before `end` starts: at its dot, or at 0.
  size_t LabelStart(size_t end) const {
    for (size_t word = (end - 1) / 64;; --word) {
      uint64_t dots = dots_[word];
      if (word == (end - 1) / 64) dots &= ~uint64_t{0} >> (63 - (end - 1) % 64);
      if (dots != 0) return word * 64 + 63 - std::countl_zero(dots);
      if (word == 0) return 0;
    }
  }

  // Extend returns the hash of the text from `start` on, given that of the text from `end` on. A
  // hash is made label by label from the right: the hash of a suffix is on the way to that of the
  // whole.
  uint64_t Extend(uint64_t hash, size_t start, size_t end) const;

  // Hash returns the hash of the whole text.
  uint64_t Hash() const;

 private:
  static constexpr size_t kWords = (kMaxSize + 7) / 8;

  // Put takes `word` as the bytes from 8 * i on.
  void Put(size_t i, uint64_t word);

  size_t size_;
  char bytes_[(kWords + 1) * 8];       // Words are read from any place; zeros end the text.
  std::array<uint64_t, 4> dots_ = {};  // Bit i: byte i is a dot.
};

}  // namespace postern

#endif  // POSTERN_MATCH_LOWERED_HOST_H_
