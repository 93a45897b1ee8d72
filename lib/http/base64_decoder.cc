#include "lib/http/base64_decoder.h"

#include <array>
#include <string_view>

namespace postern {
namespace {

// kValues has the six bits of each character, kNone for those that are not of the alphabet.
constexpr uint8_t kNone = 0xff;
constexpr auto kValues = [] {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<uint8_t, 256> values;
  values.fill(kNone);
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<uint8_t>(i);
  }
  return values;
}();

}  // namespace

void Base64Decoder::Add(uint8_t c) {
  ++count_;
  bits_ <<= 6;
  if (c == '=') {
    ++pads_;
    broken_ |= count_ < 3;
    return;
  }
  const uint8_t value = kValues[c];
  broken_ |= value == kNone || pads_ > 0;
  bits_ |= value;
}

size_t Base64Decoder::Decode(ByteSpan* input, std::span<uint8_t> out) {
  size_t written = 0;
  while (!input->empty() && !broken_ && out.size() - written >= 3) {
    const uint8_t* in = input->data();
    if (count_ == 0 && input->size() >= 4) {
      const uint8_t a = kValues[in[0]], b = kValues[in[1]], c = kValues[in[2]], d = kValues[in[3]];
      if ((a | b | c | d) < 64) {
        out[written] = static_cast<uint8_t>(a << 2 | b >> 4);
        out[written + 1] = static_cast<uint8_t>(b << 4 | c >> 2);
        out[written + 2] = static_cast<uint8_t>(c << 6 | d);
        written += 3;
        *input = input->subspan(4);
        continue;
      }
    }
    Add(*in);
    *input = input->subspan(1);
    if (broken_ || count_ < 4) continue;
    broken_ = (bits_ & ((uint32_t{1} << (8 * pads_)) - 1)) != 0;
    if (broken_) break;
    for (int i = 0; i < 3 - pads_; ++i) {
      out[written++] = static_cast<uint8_t>(bits_ >> (16 - 8 * i));
    }
    bits_ = count_ = pads_ = 0;
  }
  return written;
}

}  // namespace postern
