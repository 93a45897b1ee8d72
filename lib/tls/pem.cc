#include "lib/tls/pem.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

// What Sextet makes of characters that are no digits.
constexpr uint8_t kBlank = 0x40;
constexpr uint8_t kPadding = 0x80;
constexpr uint8_t kOther = 0xc0;

// Sextet returns the value of a digit of base64, or what else it is. It neither branches nor looks
// into a table, so that its time tells nothing of a key.
uint8_t Sextet(uint8_t c) {
  uint8_t others = 0xff;
  uint8_t value = 0;
  const auto range = [&](uint8_t first, uint8_t last, uint8_t value_of_first) {
    const uint8_t in = static_cast<uint8_t>(c - first) <= last - first ? 0xff : 0;
    value |= in & (c - first + value_of_first);
    others &= ~in;
  };
  range('A', 'Z', 0);
  range('a', 'z', 26);
  range('0', '9', 52);
  range('+', '+', 62);
  range('/', '/', 63);
  range(' ', ' ', kBlank);
  range('\t', '\t', kBlank);
  range('\r', '\r', kBlank);
  range('\n', '\n', kBlank);
  range('=', '=', kPadding);
  return value | (others & kOther);
}

// DecodeBody decodes padded base64 with line breaks, in a time that tells nothing of what it says;
// nothing at all is no body.
absl::StatusOr<SecretText> DecodeBody(std::string_view body) {
  std::string decoded(body.size() / 4 * 3 + 3, '\0');
  char* out = decoded.data();
  uint32_t quad = 0;
  size_t digits = 0;
  size_t padding = 0;
  bool ok = true;
  while (!body.empty()) {
    // The compiler makes vectors of as many.
    std::array<uint8_t, 16> some;
    some.fill(' ');
    const size_t size = std::min(body.size(), some.size());
    std::memcpy(some.data(), body.data(), size);
    body.remove_prefix(size);
    for (uint8_t& c : some) c = Sextet(c);
    for (const uint8_t sextet : some) {
      if (sextet >= kBlank) {
        if (sextet == kBlank) continue;
        if (sextet == kOther) ok = false;
        ++padding;
      } else if (padding > 0) {
        ok = false;
      }
      quad = quad << 6 | (sextet & 0x3f);
      if (++digits % 4 != 0) continue;
      out[0] = static_cast<char>(quad >> 16);
      out[1] = static_cast<char>(quad >> 8);
      out[2] = static_cast<char>(quad);
      out += 3;
    }
  }
  ok = ok && digits > 0 && digits % 4 == 0 && padding <= 2;
  decoded.resize(ok ? digits / 4 * 3 - padding : 0);
  SecretText der(std::move(decoded));
  if (!ok) return InvalidArgument("a PEM block is not base64");
  return der;
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
    // What is not wanted must be whole all the same.
    POSTERN_ASSIGN_OR_RETURN(const SecretText der, DecodeBody(block->body));
    if (block->label != "CERTIFICATE" && block->label != "X509 CERTIFICATE") continue;
    const ByteSpan bytes = AsBytes(der.view());
    certificates.emplace_back(CRYPTO_BUFFER_new(bytes.data(), bytes.size(), nullptr));
    if (certificates.back() == nullptr) return ResourceExhausted("out of memory");
  }
  if (certificates.empty()) return InvalidArgument("no certificate in the PEM text");
  return certificates;
}

}  // namespace postern
