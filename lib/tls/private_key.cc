#include "lib/tls/private_key.h"

#include <openssl/bytestring.h>
#include <openssl/ec_key.h>
#include <openssl/evp.h>
#include <openssl/mem.h>
#include <openssl/rsa.h>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/tls/error.h"
#include "lib/tls/pem.h"

namespace postern {
namespace {

constexpr uint8_t kRsaEncryption[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
constexpr uint8_t kEcPublicKey[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};

bool Equal(const CBS& a, const CBS& b) {
  return CBS_len(&a) == CBS_len(&b) && CBS_mem_equal(&a, CBS_data(&b), CBS_len(&b)) == 1;
}

// An Algorithm is an AlgorithmIdentifier: `parameters` is its rest, e.g. the OID of a curve.
struct Algorithm {
  CBS oid;
  CBS parameters;
};

bool ReadAlgorithm(CBS* in, Algorithm* out) {
  CBS sequence;
  if (!CBS_get_asn1(in, &sequence, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&sequence, &out->oid, CBS_ASN1_OBJECT)) {
    return false;
  }
  out->parameters = sequence;
  return true;
}

bool Is(const CBS& oid, ByteSpan wanted) {
  return CBS_mem_equal(&oid, wanted.data(), wanted.size()) == 1;
}

// RsaSpells: RSAPrivateKey begins with version, modulus, exponent (RFC 8017 appendix A.1.2), and
// RSAPublicKey is the last two.
bool RsaSpells(CBS key, CBS public_key) {
  CBS fields, public_fields, version, modulus, exponent, public_modulus, public_exponent;
  return CBS_get_asn1(&key, &fields, CBS_ASN1_SEQUENCE) &&
         CBS_get_asn1(&fields, &version, CBS_ASN1_INTEGER) &&
         CBS_get_asn1(&fields, &modulus, CBS_ASN1_INTEGER) &&
         CBS_get_asn1(&fields, &exponent, CBS_ASN1_INTEGER) &&
         CBS_get_asn1(&public_key, &public_fields, CBS_ASN1_SEQUENCE) &&
         CBS_get_asn1(&public_fields, &public_modulus, CBS_ASN1_INTEGER) &&
         CBS_get_asn1(&public_fields, &public_exponent, CBS_ASN1_INTEGER) &&
         Equal(modulus, public_modulus) && Equal(exponent, public_exponent);
}

// EcSpells: ECPrivateKey is version, scalar, [0] curve, [1] public point (RFC 5915); the last two
// are optional. `curve` is the curve of the certificate, `outer` that of PKCS #8, if any.
bool EcSpells(CBS key, const CBS& outer, const CBS& curve, const CBS& point) {
  CBS fields, version, scalar, wrapped, bits;
  constexpr auto kCurve = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 0;
  constexpr auto kPoint = CBS_ASN1_CONTEXT_SPECIFIC | CBS_ASN1_CONSTRUCTED | 1;
  if (!CBS_get_asn1(&key, &fields, CBS_ASN1_SEQUENCE) ||
      !CBS_get_asn1(&fields, &version, CBS_ASN1_INTEGER) ||
      !CBS_get_asn1(&fields, &scalar, CBS_ASN1_OCTETSTRING)) {
    return false;
  }
  bool same_curve = Equal(outer, curve);
  if (CBS_peek_asn1_tag(&fields, kCurve)) {
    if (!CBS_get_asn1(&fields, &wrapped, kCurve) || !Equal(wrapped, curve)) return false;
    same_curve = true;
  }
  return same_curve && CBS_get_asn1(&fields, &wrapped, kPoint) &&
         CBS_get_asn1(&wrapped, &bits, CBS_ASN1_BITSTRING) && Equal(bits, point);
}

}  // namespace

absl::StatusOr<PrivateKey> PrivateKey::FromPem(std::string_view pem) {
  POSTERN_ASSIGN_OR_RETURN(std::vector<PemBlock> blocks, ReadPem(pem));
  for (PemBlock& block : blocks) {
    if (block.encrypted || block.label == "ENCRYPTED PRIVATE KEY") {
      return InvalidArgument("the private key has a password");
    }
    if (block.label == "PRIVATE KEY") return PrivateKey(Form::kPkcs8, std::move(block.der));
    if (block.label == "RSA PRIVATE KEY") return PrivateKey(Form::kRsa, std::move(block.der));
    if (block.label == "EC PRIVATE KEY") return PrivateKey(Form::kEc, std::move(block.der));
  }
  return InvalidArgument("no private key in the PEM text");
}

absl::StatusOr<bssl::UniquePtr<EVP_PKEY>> PrivateKey::Parse() const {
  CBS in;
  CBS_init(&in, AsBytes(der_.view()).data(), der_.view().size());
  bssl::UniquePtr<EVP_PKEY> key;
  if (form_ == Form::kPkcs8) {
    key.reset(EVP_parse_private_key(&in));
  } else {
    key.reset(EVP_PKEY_new());
    if (form_ == Form::kRsa) {
      bssl::UniquePtr<RSA> rsa(RSA_parse_private_key(&in));
      if (rsa == nullptr || !EVP_PKEY_set1_RSA(key.get(), rsa.get())) key.reset();
    } else {
      bssl::UniquePtr<EC_KEY> ec(EC_KEY_parse_private_key(&in, nullptr));
      if (ec == nullptr || !EVP_PKEY_set1_EC_KEY(key.get(), ec.get())) key.reset();
    }
  }
  if (key == nullptr || CBS_len(&in) != 0) return TlsError("the private key does not parse");
  return key;
}

bool PrivateKey::SpellsPublicHalf(ByteSpan spki) const {
  CBS in, info, public_bits;
  Algorithm algorithm;
  CBS_init(&in, spki.data(), spki.size());
  if (!CBS_get_asn1(&in, &info, CBS_ASN1_SEQUENCE) || !ReadAlgorithm(&info, &algorithm) ||
      !CBS_get_asn1(&info, &public_bits, CBS_ASN1_BITSTRING)) {
    return false;
  }
  CBS key, sequence, version, outer_parameters;
  CBS_init(&key, AsBytes(der_.view()).data(), der_.view().size());
  CBS_init(&outer_parameters, nullptr, 0);
  if (form_ == Form::kPkcs8) {
    Algorithm outer;
    if (!CBS_get_asn1(&key, &sequence, CBS_ASN1_SEQUENCE) ||
        !CBS_get_asn1(&sequence, &version, CBS_ASN1_INTEGER) || !ReadAlgorithm(&sequence, &outer) ||
        !Equal(outer.oid, algorithm.oid) || !CBS_get_asn1(&sequence, &key, CBS_ASN1_OCTETSTRING)) {
      return false;
    }
    outer_parameters = outer.parameters;
  }
  if (Is(algorithm.oid, kRsaEncryption) && form_ != Form::kEc) {
    return CBS_skip(&public_bits, 1) && RsaSpells(key, public_bits);
  }
  return Is(algorithm.oid, kEcPublicKey) && form_ != Form::kRsa &&
         EcSpells(key, outer_parameters, algorithm.parameters, public_bits);
}

absl::Status PrivateKey::CheckAgainst(ByteSpan spki) const {
  if (SpellsPublicHalf(spki)) return absl::OkStatus();
  // It does not say, says it in another form, or is another key: only arithmetic can tell.
  POSTERN_ASSIGN_OR_RETURN(const bssl::UniquePtr<EVP_PKEY> key, Parse());
  CBS in;
  CBS_init(&in, spki.data(), spki.size());
  const bssl::UniquePtr<EVP_PKEY> public_key(EVP_parse_public_key(&in));
  if (public_key == nullptr) return TlsError("the certificate's public key does not parse");
  if (EVP_PKEY_cmp(public_key.get(), key.get()) != 1) {
    DrainTlsErrors();
    return InvalidArgument("the private key does not belong to the certificate");
  }
  return absl::OkStatus();
}

}  // namespace postern
