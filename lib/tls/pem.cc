#include "lib/tls/pem.h"

#include <openssl/base64.h>
#include <openssl/mem.h>

#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// DecodeBody decodes base64 with line breaks; nothing at all is no body.
absl::StatusOr<SecretText> DecodeBody(std::string_view body) {
  std::string packed;
  packed.reserve(body.size());
  for (const char c : body) {
    if (!IsBlank(c)) packed += c;
  }
  size_t size = 0;
  std::string decoded;
  bool ok = EVP_DecodedLength(&size, packed.size()) == 1;
  if (ok) {
    decoded.resize(size);
    ok = EVP_DecodeBase64(reinterpret_cast<uint8_t*>(decoded.data()), &size, decoded.size(),
                          reinterpret_cast<const uint8_t*>(packed.data()), packed.size()) == 1;
  }
  OPENSSL_cleanse(packed.data(), packed.size());
  if (ok) decoded.resize(size);
  SecretText der(std::move(decoded));
  if (!ok || der.empty()) return InvalidArgument("a PEM block is not base64");
  return der;
}

}  // namespace

absl::StatusOr<std::vector<PemBlock>> ReadPem(std::string_view pem) {
  std::vector<PemBlock> blocks;
  for (size_t at = pem.find(kBegin); at != pem.npos; at = pem.find(kBegin)) {
    pem.remove_prefix(at + kBegin.size());
    const size_t label_end = pem.find(kDashes);
    if (label_end == pem.npos || label_end > 64 ||
        pem.substr(0, label_end).find('\n') != pem.npos) {
      return InvalidArgument("a PEM block has no proper first line");
    }
    PemBlock block;
    block.label = std::string(pem.substr(0, label_end));
    pem.remove_prefix(label_end + kDashes.size());
    const size_t end = pem.find(StrCat(kEnd, block.label, kDashes));
    if (end == pem.npos) return InvalidArgument("a PEM block has no end");
    std::string_view body = pem.substr(0, end);
    if (const size_t headers = body.find(':'); headers != body.npos) {
      // RFC 1421 headers end with an empty line.
      block.encrypted = body.find("ENCRYPTED") != body.npos;
      size_t empty = body.find("\n\n");
      if (empty == body.npos) empty = body.find("\n\r\n");
      if (empty == body.npos) return InvalidArgument("a PEM block has headers without an end");
      body.remove_prefix(empty);
    }
    POSTERN_ASSIGN_OR_RETURN(block.der, DecodeBody(body));
    blocks.push_back(std::move(block));
    pem.remove_prefix(end);
  }
  return blocks;
}

absl::StatusOr<std::vector<bssl::UniquePtr<CRYPTO_BUFFER>>> ReadPemCertificates(
    std::string_view pem) {
  POSTERN_ASSIGN_OR_RETURN(const std::vector<PemBlock> blocks, ReadPem(pem));
  std::vector<bssl::UniquePtr<CRYPTO_BUFFER>> certificates;
  for (const PemBlock& block : blocks) {
    if (block.label != "CERTIFICATE" && block.label != "X509 CERTIFICATE") continue;
    certificates.emplace_back(
        CRYPTO_BUFFER_new(block.bytes().data(), block.bytes().size(), nullptr));
    if (certificates.back() == nullptr) return ResourceExhausted("out of memory");
  }
  if (certificates.empty()) return InvalidArgument("no certificate in the PEM text");
  return certificates;
}

}  // namespace postern
