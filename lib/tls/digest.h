// A digest over named parts that no two different lists of parts share. What goes into one is left
// to its users.

#ifndef POSTERN_TLS_DIGEST_H_
#define POSTERN_TLS_DIGEST_H_

#include <openssl/sha.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "postern/bytes.h"

namespace postern {

// A Digest is SHA-256 over its parts, each with its length before it.
class Digest {
 public:
  Digest() { SHA256_Init(&hash_); }

  Digest& Add(std::string_view part) {
    AddNumber(part.size());
    SHA256_Update(&hash_, part.data(), part.size());
    return *this;
  }
  Digest& Add(const std::vector<std::string>& parts) {
    AddNumber(parts.size());
    for (const std::string& part : parts) Add(std::string_view(part));
    return *this;
  }
  Digest& AddNumber(uint64_t number) {
    SHA256_Update(&hash_, &number, sizeof(number));
    return *this;
  }

  // Finish returns the 32 bytes; nothing may be added after it.
  std::string Finish() {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256_Final(reinterpret_cast<uint8_t*>(digest.data()), &hash_);
    return digest;
  }

 private:
  SHA256_CTX hash_;
};

}  // namespace postern

#endif  // POSTERN_TLS_DIGEST_H_
