#include "lib/tls/leaf_fields.h"

#include <openssl/bytestring.h>
#include <openssl/evp.h>
#include <openssl/pool.h>
#include <openssl/x509.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"
#include "lib/tls/error.h"
#include "postern/bytes.h"

namespace postern {
namespace {

constexpr uint8_t kCommonName[] = {0x55, 0x04, 0x03};
constexpr uint8_t kSubjectAltName[] = {0x55, 0x1d, 0x11};

std::optional<KeyType> TypeOf(const EVP_PKEY* key) {
  switch (EVP_PKEY_id(key)) {
    case EVP_PKEY_EC:
      return KeyType::kEcdsa;
    case EVP_PKEY_RSA:
      return KeyType::kRsa;
    case EVP_PKEY_ED25519:
      return KeyType::kEd25519;
    default:
      return std::nullopt;
  }
}

std::string_view TextOf(const CBS& bytes) { return AsText({CBS_data(&bytes), CBS_len(&bytes)}); }

// A PlainReader reads one certificate from front to back. It takes nothing that X509 refuses, and
// nothing that X509 reads otherwise: what is not plain it leaves alone.
class PlainReader {
 public:
  explicit PlainReader(const CRYPTO_BUFFER* certificate) {
    CBS_init(&in_, CRYPTO_BUFFER_data(certificate), CRYPTO_BUFFER_len(certificate));
  }

  bool Read() {
    CBS certificate;
    CBS signature;
    return CBS_len(&in_) < kMaxSize && CBS_get_asn1(&in_, &certificate, CBS_ASN1_SEQUENCE) &&
           CBS_len(&in_) == 0 && CBS_get_asn1(&certificate, &in_, CBS_ASN1_SEQUENCE) &&
           SkipAlgorithm(&certificate) &&
           CBS_get_asn1(&certificate, &signature, CBS_ASN1_BITSTRING) &&
           CBS_is_valid_asn1_bitstring(&signature) && CBS_len(&certificate) == 0 &&
           ReadToBeSigned();
  }

  LeafFields& fields() { return fields_; }

 private:
  static constexpr size_t kMaxSize = 1 << 16;

  // ReadOid wants every component to be whole and of minimal length.
  static bool ReadOid(CBS* in, CBS* oid) {
    if (!CBS_get_asn1(in, oid, CBS_ASN1_OBJECT) || CBS_len(oid) == 0) return false;
    bool begins = true;
    for (const uint8_t byte : ByteSpan(CBS_data(oid), CBS_len(oid))) {
      if (begins && byte == 0x80) return false;
      begins = byte < 0x80;
    }
    return begins;
  }

  // SkipAlgorithm wants parameters to be none or NULL.
  static bool SkipAlgorithm(CBS* in) {
    CBS algorithm, oid, null;
    return CBS_get_asn1(in, &algorithm, CBS_ASN1_SEQUENCE) && ReadOid(&algorithm, &oid) &&
           (CBS_len(&algorithm) == 0 || (CBS_get_asn1(&algorithm, &null, CBS_ASN1_NULL) &&
                                         CBS_len(&null) == 0 && CBS_len(&algorithm) == 0));
  }

  bool ReadToBeSigned() {
    CBS validity;
    return ReadVersion() && ReadSerial() && SkipAlgorithm(&in_) && ReadName(nullptr) &&
           CBS_get_asn1(&in_, &validity, CBS_ASN1_SEQUENCE) &&
           ReadTime(&validity, &fields_.not_before) && ReadTime(&validity, &fields_.not_after) &&
           CBS_len(&validity) == 0 && ReadName(&fields_.common_name) && ReadPublicKey() &&
           ReadExtensions() && CBS_len(&in_) == 0;
  }

  bool ReadVersion() {
    CBS wrapper;
    uint64_t version = 0;
    return CBS_get_asn1(&in_, &wrapper, kContext | 0) && CBS_get_asn1_uint64(&wrapper, &version) &&
           version == X509_VERSION_3 && CBS_len(&wrapper) == 0;
  }

  bool ReadSerial() {
    CBS serial;
    if (!CBS_get_asn1(&in_, &serial, CBS_ASN1_INTEGER) || !CBS_is_unsigned_asn1_integer(&serial)) {
      return false;
    }
    if (CBS_data(&serial)[0] == 0 && (!CBS_skip(&serial, 1) || CBS_len(&serial) == 0)) return false;
    fields_.serial = Hex({CBS_data(&serial), CBS_len(&serial)});
    return true;
  }

  // ReadName reads a name of one attribute a level, and keeps the last common name, if wanted.
  bool ReadName(std::string* common_name) {
    CBS name;
    if (!CBS_get_asn1(&in_, &name, CBS_ASN1_SEQUENCE)) return false;
    while (CBS_len(&name) > 0) {
      CBS level, attribute, oid, value;
      unsigned tag = 0;
      if (!CBS_get_asn1(&name, &level, CBS_ASN1_SET) ||
          !CBS_get_asn1(&level, &attribute, CBS_ASN1_SEQUENCE) || CBS_len(&level) != 0 ||
          !ReadOid(&attribute, &oid) || !CBS_get_any_asn1(&attribute, &value, &tag) ||
          CBS_len(&attribute) != 0) {
        return false;
      }
      const bool text = tag == CBS_ASN1_UTF8STRING || tag == CBS_ASN1_PRINTABLESTRING ||
                        tag == CBS_ASN1_IA5STRING;
      if (!text || !IsPlainText(TextOf(value))) return false;
      if (common_name != nullptr && CBS_mem_equal(&oid, kCommonName, sizeof(kCommonName))) {
        *common_name = TextOf(value);
      }
    }
    return true;
  }

  static bool IsPlainText(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  }

  // ReadTime reads a UTCTime in UTC: RFC 5280 section 4.1.2.5.1.
  static bool ReadTime(CBS* in, WallTime* time) {
    CBS text;
    if (!CBS_get_asn1(in, &text, CBS_ASN1_UTCTIME)) return false;
    const std::string_view digits = TextOf(text);
    if (digits.size() != 13 || digits.back() != 'Z' ||
        !std::all_of(digits.begin(), digits.end() - 1,
                     [](char c) { return c >= '0' && c <= '9'; })) {
      return false;
    }
    const auto two = [digits](size_t at) {
      return (digits[at] - '0') * 10 + (digits[at + 1] - '0');
    };
    const std::chrono::year_month_day day(
        std::chrono::year(two(0) < 50 ? 2000 + two(0) : 1900 + two(0)),
        std::chrono::month(static_cast<unsigned>(two(2))),
        std::chrono::day(static_cast<unsigned>(two(4))));
    if (!day.ok() || two(6) > 23 || two(8) > 59 || two(10) > 59) return false;
    *time = std::chrono::sys_days(day) + std::chrono::hours(two(6)) + std::chrono::minutes(two(8)) +
            std::chrono::seconds(two(10));
    return true;
  }

  bool ReadPublicKey() {
    CBS info;
    if (!CBS_get_asn1_element(&in_, &info, CBS_ASN1_SEQUENCE)) return false;
    fields_.public_key_info = TextOf(info);
    const bssl::UniquePtr<EVP_PKEY> key(EVP_parse_public_key(&info));
    if (key == nullptr || CBS_len(&info) != 0) return false;
    const std::optional<KeyType> type = TypeOf(key.get());
    if (type) fields_.key_type = *type;
    return type.has_value();
  }

  bool ReadExtensions() {
    CBS wrapper, list;
    if (!CBS_get_asn1(&in_, &wrapper, kContext | 3) ||
        !CBS_get_asn1(&wrapper, &list, CBS_ASN1_SEQUENCE) || CBS_len(&wrapper) != 0 ||
        CBS_len(&list) == 0) {
      return false;
    }
    bool has_names = false;
    while (CBS_len(&list) > 0) {
      CBS extension, oid, value;
      if (!CBS_get_asn1(&list, &extension, CBS_ASN1_SEQUENCE) || !ReadOid(&extension, &oid)) {
        return false;
      }
      if (CBS_peek_asn1_tag(&extension, CBS_ASN1_BOOLEAN)) {
        int critical = 0;
        if (!CBS_get_asn1_bool(&extension, &critical) || critical == 0) return false;
      }
      if (!CBS_get_asn1(&extension, &value, CBS_ASN1_OCTETSTRING) || CBS_len(&extension) != 0) {
        return false;
      }
      if (!CBS_mem_equal(&oid, kSubjectAltName, sizeof(kSubjectAltName))) continue;
      // Of two, none counts.
      if (has_names || !ReadAltNames(&value)) return false;
      has_names = true;
    }
    return true;
  }

  bool ReadAltNames(CBS* in) {
    CBS list;
    if (!CBS_get_asn1(in, &list, CBS_ASN1_SEQUENCE) || CBS_len(in) != 0 || CBS_len(&list) == 0) {
      return false;
    }
    while (CBS_len(&list) > 0) {
      CBS name;
      unsigned tag = 0;
      if (!CBS_get_any_asn1(&list, &name, &tag) || !IsPlainText(TextOf(name))) return false;
      if (tag == (CBS_ASN1_CONTEXT_SPECIFIC | 2)) {
        fields_.names.dns.emplace_back(TextOf(name));
      } else if (tag == (CBS_ASN1_CONTEXT_SPECIFIC | 6)) {
        fields_.names.uris.emplace_back(TextOf(name));
      } else {
        return false;
      }
    }
    return true;
  }

  static constexpr unsigned kContext = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED;

  CBS in_;  // What follows of the certificate; then of what is signed of it.
  LeafFields fields_;
};

}  // namespace

std::optional<LeafFields> ReadPlainLeaf(const CRYPTO_BUFFER* certificate) {
  PlainReader reader(certificate);
  if (reader.Read()) return std::move(reader.fields());
  DrainTlsErrors();
  return std::nullopt;
}

absl::StatusOr<LeafFields> ReadAnyLeaf(const CRYPTO_BUFFER* certificate) {
  // An older BoringSSL wants it without const.
  const bssl::UniquePtr<X509> leaf(X509_parse_from_buffer(const_cast<CRYPTO_BUFFER*>(certificate)));
  if (leaf == nullptr) return TlsError("the certificate does not parse");
  const bssl::UniquePtr<EVP_PKEY> key(X509_get_pubkey(leaf.get()));
  if (key == nullptr) return TlsError("the public key does not parse");
  const std::optional<KeyType> type = TypeOf(key.get());
  if (!type) return InvalidArgument("the key is of a kind that TLS does not sign with");
  LeafFields fields;
  fields.serial = SerialHex(leaf.get());
  fields.common_name = CommonName(leaf.get());
  fields.names = ReadSubjectAltNames(leaf.get());
  fields.not_before = NotBefore(leaf.get());
  fields.not_after = NotAfter(leaf.get());
  fields.key_type = *type;
  fields.public_key_info = PublicKeyInfo(leaf.get());
  return fields;
}

absl::StatusOr<LeafFields> ReadLeaf(const CRYPTO_BUFFER* certificate) {
  if (std::optional<LeafFields> plain = ReadPlainLeaf(certificate)) return *std::move(plain);
  return ReadAnyLeaf(certificate);
}

}  // namespace postern
