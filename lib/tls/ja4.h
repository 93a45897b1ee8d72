// JA4, a fingerprint of the TLS client: https://github.com/FoxIO-LLC/ja4, format of its technical
// details. Reading the ClientHello is left to lib/tls/client_hello.

#ifndef POSTERN_TLS_JA4_H_
#define POSTERN_TLS_JA4_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace postern {

// A Ja4Input is the numbers of a ClientHello in the order sent, GREASE values among them.
struct Ja4Input {
  uint16_t legacy_version = 0;
  std::vector<uint16_t> versions;  // Of supported_versions.
  std::vector<uint16_t> suites;
  std::vector<uint16_t> extensions;
  std::vector<uint16_t> signature_algorithms;
  bool has_server_name = false;
  std::string_view first_alpn;
};

std::string Ja4(const Ja4Input& input);

}  // namespace postern

#endif  // POSTERN_TLS_JA4_H_
