#include "lib/match/ip.h"

#include <algorithm>
#include <cstddef>

#include "lib/base/strings.h"

namespace postern {
namespace {

// ReadIpv4 writes the four bytes of `text` to `out`.
bool ReadIpv4(std::string_view text, uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i == 3)) return false;
    const std::string_view part = text.substr(0, dot);
    if (part.size() > 1 && part.front() == '0') return false;
    const std::optional<uint8_t> number = ParseDecimal<uint8_t>(part);
    if (!number) return false;
    out[i] = *number;
    text.remove_prefix(i == 3 ? text.size() : dot + 1);
  }
  return true;
}

// ReadIpv6 writes the bytes of `text`, which has no zone.
bool ReadIpv6(std::string_view text, std::array<uint8_t, 16>* out) {
  size_t filled = 0;
  std::optional<size_t> gap;  // Where "::" stands.
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
    if (text.empty()) return true;
  }
  while (true) {
    if (filled == out->size()) return false;
    const size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (group.find('.') != std::string_view::npos) {
      if (colon != std::string_view::npos || filled > 12) return false;
      if (!ReadIpv4(group, out->data() + filled)) return false;
      filled += 4;
      break;
    }
    if (group.empty() || group.size() > 4) return false;
    int value = 0;
    for (const char c : group) {
      const int digit = HexDigit(c);
      if (digit < 0) return false;
      value = value << 4 | digit;
    }
    (*out)[filled++] = static_cast<uint8_t>(value >> 8);
    (*out)[filled++] = static_cast<uint8_t>(value);
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (!text.starts_with(':')) continue;
    if (gap) return false;
    gap = filled;
    text.remove_prefix(1);
    if (text.empty()) break;
  }
  if (!gap) return filled == out->size();
  if (filled == out->size()) return false;  // The gap stands for one group at least.
  std::copy_backward(out->begin() + *gap, out->begin() + filled, out->end());
  std::fill(out->begin() + *gap, out->end() - (filled - *gap), 0);
  return true;
}

// ClearHostBits clears all but the first `bits` bits.
void ClearHostBits(std::array<uint8_t, 16>* bytes, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    (*bytes)[i] &= static_cast<uint8_t>(0xff << (8 - kept));
  }
}

}  // namespace

std::optional<Ip> ParseIp(std::string_view text) {
  Ip ip;
  if (text.find(':') == std::string_view::npos) {
    if (!ReadIpv4(text, ip.bytes.data())) return std::nullopt;
    return ip;
  }
  ip.v6 = true;
  if (const size_t percent = text.find('%'); percent != std::string_view::npos) {
    ip.zone = text.substr(percent + 1);
    if (ip.zone.empty()) return std::nullopt;
    text = text.substr(0, percent);
  }
  if (!ReadIpv6(text, &ip.bytes)) return std::nullopt;
  return ip;
}

std::string FormatIp(bool v6, const std::array<uint8_t, 16>& bytes) {
  if (!v6) {
    return StrCat(int{bytes[0]}, ".", int{bytes[1]}, ".", int{bytes[2]}, ".", int{bytes[3]});
  }
  int groups[8];
  for (int i = 0; i < 8; ++i) groups[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
  // RFC 5952 section 5: an IPv4-mapped address shows the IPv4 address.
  if (std::all_of(groups, groups + 5, [](int group) { return group == 0; }) &&
      groups[5] == 0xffff) {
    std::array<uint8_t, 16> v4 = {};
    std::copy(bytes.begin() + 12, bytes.end(), v4.begin());
    return StrCat("::ffff:", FormatIp(false, v4));
  }
  // Section 4.2: the first longest run of two zero groups or more becomes "::".
  int gap = 8;
  int gap_length = 1;
  for (int i = 0; i < 8; ++i) {
    int end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > gap_length) {
      gap = i;
      gap_length = end - i;
    }
    if (end > i) i = end;
  }
  std::string text;
  for (int i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += gap_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    char digits[4];
    const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), groups[i], 16);
    text.append(digits, end);
  }
  return text;
}

Cidr::Cidr(const Ip& ip, int bits) : v6_(ip.v6), bits_(bits), bytes_(ip.bytes) {
  ClearHostBits(&bytes_, bits);
}

absl::StatusOr<Cidr> Cidr::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const std::optional<Ip> ip = ParseIp(text.substr(0, slash));
    const std::string_view digits = text.substr(slash + 1);
    const std::optional<uint8_t> bits = ParseDecimal<uint8_t>(digits);
    const bool canonical = digits.size() == 1 || !digits.starts_with('0');
    if (ip && ip->zone.empty() && bits && canonical && *bits <= (ip->v6 ? 128 : 32)) {
      return Cidr(*ip, *bits);
    }
  }
  return InvalidArgument("not an address and prefix length: ", Quote(text));
}

bool Cidr::Contains(const Address& address) const {
  if (address.family != (v6_ ? Address::Family::kIpv6 : Address::Family::kIpv4)) return false;
  std::array<uint8_t, 16> bytes = address.ip;
  ClearHostBits(&bytes, bits_);
  return std::equal(bytes.begin(), bytes.begin() + (v6_ ? 16 : 4), bytes_.begin());
}

std::string Cidr::ToString() const { return StrCat(FormatIp(v6_, bytes_), "/", bits_); }

}  // namespace postern
