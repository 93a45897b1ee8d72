// Questions to all bytes of a text, put to eight at a time. Which bytes may stand where is left to
// lib/http/field_rules.h.

#ifndef POSTERN_HTTP_BYTE_WORDS_H_
#define POSTERN_HTTP_BYTE_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace postern {

constexpr uint64_t kEachByte = 0x0101010101010101;  // Times a byte: that byte, eight times.
constexpr uint64_t kHighBits = kEachByte << 7;

// Below has a high bit set if one of the bytes of `word` is below `limit`, which is at most 0x80,
// and Holds if one of them is `byte`. Other bits mean nothing.
constexpr uint64_t Below(uint64_t word, uint8_t limit) {
  return (word - kEachByte * limit) & ~word;
}
constexpr uint64_t Holds(uint64_t word, uint8_t byte) { return Below(word ^ kEachByte * byte, 1); }

// WordAt returns the bytes from `at` on that make a Word.
template <typename Word = uint64_t>
uint64_t WordAt(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// AnyWord returns whether `test` sets a high bit for some eight-byte word of `text`. Words may
// overlap; a text shorter than eight bytes is padded with its own bytes.
template <typename Test>
bool AnyWord(std::string_view text, Test test) {
  const char* at = text.data();
  const size_t size = text.size();
  uint64_t found = 0;
  if (size >= 8) {
    for (const char* last = at + size - 8; at < last; at += 8) found |= test(WordAt(at));
    found |= test(WordAt(text.data() + size - 8));
  } else if (size >= 4) {
    found = test(WordAt<uint32_t>(at) << 32 | WordAt<uint32_t>(at + size - 4));
  } else if (size > 0) {
    const uint64_t ends = WordAt<uint8_t>(at) << 8 | WordAt<uint8_t>(at + size - 1);
    found = test((ends << 16 | WordAt<uint8_t>(at + size / 2) << 8 | (ends & 0xff)) * 0x100000001);
  }
  return (found & kHighBits) != 0;
}

}  // namespace postern

#endif  // POSTERN_HTTP_BYTE_WORDS_H_
