#include "lib/validate/cipher_suites.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr std::string_view kNames[] = {
    "",
    "AES128-GCM-SHA256",
    "AES128-SHA",
    "AES256-GCM-SHA384",
    "AES256-SHA",
    "ALL",
    "DES-CBC3-SHA",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES256-SHA",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-RSA-CHACHA20-POLY1305",
};

// IsLatin1Alnum looks at a byte as a code point of Latin-1, as Istio does.
bool IsLatin1Alnum(char c) {
  const uint8_t byte = static_cast<uint8_t>(c);
  if (byte < 0x80) return IsAsciiAlnum(c);
  return byte == 0xaa || byte == 0xb5 || byte == 0xba ||
         (byte >= 0xc0 && byte != 0xd7 && byte != 0xf7);
}

}  // namespace

bool IsKeptCipherSuite(std::string_view entry) {
  if (!entry.empty() && !IsLatin1Alnum(entry.front())) return true;
  return std::binary_search(std::begin(kNames), std::end(kNames), entry);
}

}  // namespace postern
