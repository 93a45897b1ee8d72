#include "lib/tls/ja4.h"

#include <algorithm>

#include "lib/base/strings.h"
#include "lib/tls/certificate_fields.h"
#include "postern/bytes.h"

namespace postern {
namespace {

constexpr uint16_t kServerName = 0, kAlpn = 16;
constexpr size_t kHashLength = 12;

// RFC 8701: 0x0a0a, 0x1a1a, ...
bool IsGrease(uint16_t value) { return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff); }

std::vector<uint16_t> WithoutGrease(std::vector<uint16_t> values) {
  std::erase_if(values, IsGrease);
  return values;
}

std::string HexList(const std::vector<uint16_t>& values) {
  std::string text;
  for (const uint16_t value : values) {
    StrAppend(&text, text.empty() ? "" : ",", absl::Hex(value, absl::kZeroPad4));
  }
  return text;
}

std::string ShortHash(const std::string& text) {
  return text.empty() ? std::string(kHashLength, '0')
                      : Sha256Hex(AsBytes(text)).substr(0, kHashLength);
}

std::string_view VersionText(uint16_t version) {
  switch (version) {
    case 0x304:
      return "13";
    case 0x303:
      return "12";
    case 0x302:
      return "11";
    case 0x301:
      return "10";
    default:
      return "00";
  }
}

std::string TwoDigits(size_t count) {
  return StrCat(absl::Dec(std::min<size_t>(count, 99), absl::kZeroPad2));
}

// AlpnText is the first and the last character of the first protocol; of its hex form if one of
// them is no letter or digit.
std::string AlpnText(std::string_view alpn) {
  if (alpn.empty()) return "00";
  const char first = alpn.front(), last = alpn.back();
  if (IsAsciiAlnum(first) && IsAsciiAlnum(last)) return {first, last};
  constexpr char kDigits[] = "0123456789abcdef";
  return {kDigits[static_cast<uint8_t>(first) >> 4], kDigits[static_cast<uint8_t>(last) & 15]};
}

}  // namespace

std::string Ja4(const Ja4Input& input) {
  const std::vector<uint16_t> versions = WithoutGrease(input.versions);
  const uint16_t version =
      versions.empty() ? input.legacy_version : *std::max_element(versions.begin(), versions.end());
  std::vector<uint16_t> suites = WithoutGrease(input.suites);
  std::vector<uint16_t> extensions = WithoutGrease(input.extensions);
  const std::string start =
      StrCat("t", VersionText(version), input.has_server_name ? "d" : "i", TwoDigits(suites.size()),
             TwoDigits(extensions.size()), AlpnText(input.first_alpn));
  std::sort(suites.begin(), suites.end());
  std::sort(extensions.begin(), extensions.end());
  std::erase_if(extensions, [](uint16_t type) { return type == kServerName || type == kAlpn; });
  std::string rest = HexList(extensions);
  const std::string algorithms = HexList(WithoutGrease(input.signature_algorithms));
  if (!algorithms.empty()) StrAppend(&rest, "_", algorithms);
  return StrCat(start, "_", ShortHash(HexList(suites)), "_", ShortHash(rest));
}

}  // namespace postern
