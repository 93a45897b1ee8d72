#include "lib/tls/pem.h"

#include <openssl/base64.h>
#include <openssl/mem.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kNotBase64 = "a PEM block is not base64";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// DecodeBody decodes base64 with line breaks, in a time that tells nothing of what it says; nothing
// at all is no body.
absl::StatusOr<SecretText> DecodeBody(std::string_view body) {
  std::string packed(body.size(), '\0');
  size_t packed_size = 0;
  for (const char c : body) {
    packed[packed_size] = c;
    packed_size += IsBlank(c) ? 0 : 1;
  }
  size_t size = 0;
  std::string decoded;
  bool ok = EVP_DecodedLength(&size, packed_size) == 1;
  if (ok) {
    decoded.resize(size);
    ok = EVP_DecodeBase64(reinterpret_cast<uint8_t*>(decoded.data()), &size, decoded.size(),
                          reinterpret_cast<const uint8_t*>(packed.data()), packed_size) == 1;
  }
  OPENSSL_cleanse(packed.data(), packed.size());
  if (ok) decoded.resize(size);
  SecretText der(std::move(decoded));
  if (!ok || der.empty()) return InvalidArgument(kNotBase64);
  return der;
}

enum class CharacterKind : uint8_t { kOther, kBlank, kDigit, kPadding };

constexpr std::array<CharacterKind, 256> kCharacterKinds = [] {
  std::array<CharacterKind, 256> kinds = {};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789+/")) {
    kinds[static_cast<uint8_t>(c)] = CharacterKind::kDigit;
  }
  for (const char c : std::string_view(" \t\r\n")) {
    kinds[static_cast<uint8_t>(c)] = CharacterKind::kBlank;
  }
  kinds['='] = CharacterKind::kPadding;
  return kinds;
}();

// PackBase64 returns `body` without its blanks; nullopt unless that is base64 as DecodeBody takes
// it: padded, and nothing behind the padding.
std::optional<std::string> PackBase64(std::string_view body) {
  std::string packed(body.size(), '\0');
  size_t size = 0;
  size_t padding = 0;
  for (const char c : body) {
    const CharacterKind kind = kCharacterKinds[static_cast<uint8_t>(c)];
    if (kind == CharacterKind::kBlank) continue;
    if (kind == CharacterKind::kPadding) {
      ++padding;
    } else if (kind == CharacterKind::kOther || padding > 0) {
      return std::nullopt;
    }
    packed[size++] = c;
  }
  if (size == 0 || size % 4 != 0 || padding > 2) return std::nullopt;
  packed.resize(size);
  return packed;
}

// A Block is a PemBlock that is still text.
struct Block {
  std::string_view label;
  bool encrypted = false;
  std::string_view body;
};

// ReadBlock takes the next block off `pem`; nullopt if there is none.
absl::StatusOr<std::optional<Block>> ReadBlock(std::string_view* pem) {
  const size_t begin = pem->find(kBegin);
  if (begin == pem->npos) return std::nullopt;
  pem->remove_prefix(begin + kBegin.size());
  Block block;
  const size_t label_end = pem->find(kDashes);
  block.label = pem->substr(0, label_end);
  if (label_end == pem->npos || label_end > 64 || block.label.find('\n') != pem->npos) {
    return InvalidArgument("a PEM block has no proper first line");
  }
  pem->remove_prefix(label_end + kDashes.size());
  const size_t end = pem->find(StrCat(kEnd, block.label, kDashes));
  if (end == pem->npos) return InvalidArgument("a PEM block has no end");
  block.body = pem->substr(0, end);
  pem->remove_prefix(end);
  if (block.body.find(':') != pem->npos) {
    // RFC 1421 headers end with an empty line.
    block.encrypted = block.body.find("ENCRYPTED") != pem->npos;
    size_t empty = block.body.find("\n\n");
    if (empty == pem->npos) empty = block.body.find("\n\r\n");
    if (empty == pem->npos) return InvalidArgument("a PEM block has headers without an end");
    block.body.remove_prefix(empty);
  }
  return block;
}

}  // namespace

absl::StatusOr<std::vector<PemBlock>> ReadPem(std::string_view pem) {
  std::vector<PemBlock> blocks;
  while (true) {
    POSTERN_ASSIGN_OR_RETURN(const std::optional<Block> block, ReadBlock(&pem));
    if (!block) return blocks;
    POSTERN_ASSIGN_OR_RETURN(SecretText der, DecodeBody(block->body));
    blocks.push_back({std::string(block->label), block->encrypted, std::move(der)});
  }
}

absl::StatusOr<std::vector<bssl::UniquePtr<CRYPTO_BUFFER>>> ReadPemCertificates(
    std::string_view pem) {
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> certificates;
  while (true) {
    POSTERN_ASSIGN_OR_RETURN(const std::optional<Block> block, ReadBlock(&pem));
    if (!block) break;
    if (block->label != "CERTIFICATE" && block->label != "X509 CERTIFICATE") {
      // It is not wanted, may be a key, and must be whole all the same.
      POSTERN_RETURN_IF_ERROR(DecodeBody(block->body).status());
      continue;
    }
    // A certificate is no secret: that it may be decoded in any time makes that ten times shorter.
    const std::optional<std::string> packed = PackBase64(block->body);
    std::string der;
    if (!packed || !absl::Base64Unescape(*packed, &der)) return InvalidArgument(kNotBase64);
    certificates.emplace_back(CRYPTO_BUFFER_new(AsBytes(der).data(), der.size(), nullptr));
    if (certificates.back() == nullptr) return ResourceExhausted("out of memory");
  }
  if (certificates.empty()) return InvalidArgument("no certificate in the PEM text");
  return certificates;
}

}  // namespace postern
