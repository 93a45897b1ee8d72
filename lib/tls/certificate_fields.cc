#include "lib/tls/certificate_fields.h"

#include <openssl/asn1.h>
#include <openssl/base64.h>
#include <openssl/bio.h>
#include <openssl/mem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "lib/base/strings.h"
#include "lib/match/ip.h"
#include "lib/tls/error.h"

namespace postern {
namespace {

std::string TextOf(const ASN1_STRING* string) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                     static_cast<size_t>(ASN1_STRING_length(string)));
}

std::string IpText(const std::string& bytes) {
  if (bytes.size() != 4 && bytes.size() != 16) return "";
  std::array<uint8_t, 16> ip = {};
  std::copy(bytes.begin(), bytes.end(), ip.begin());
  return FormatIp(/*v6=*/bytes.size() == 16, ip);
}

WallTime FromAsn1(const ASN1_TIME* time) {
  const bssl::UniquePtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  if (epoch == nullptr || !ASN1_TIME_diff(&days, &seconds, epoch.get(), time)) {
    DrainTlsErrors();
    return WallTime();
  }
  // Beyond what the clock can count, the year 9999 among it, the end of the clock is meant.
  const int64_t total = int64_t{days} * 86400 + seconds;
  constexpr auto kMax = std::chrono::duration_cast<std::chrono::seconds>(WallTime::duration::max());
  constexpr auto kMin = std::chrono::duration_cast<std::chrono::seconds>(WallTime::duration::min());
  return WallTime(
      std::chrono::seconds(std::clamp(total, int64_t{kMin.count()}, int64_t{kMax.count()})));
}

}  // namespace

SubjectAltNames ReadSubjectAltNames(const X509* certificate) {
  SubjectAltNames names;
  const bssl::UniquePtr<GENERAL_NAMES> general(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(const_cast<X509*>(certificate), NID_subject_alt_name, nullptr, nullptr)));
  if (general == nullptr) {
    DrainTlsErrors();
    return names;
  }
  for (size_t i = 0; i < sk_GENERAL_NAME_num(general.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(general.get(), i);
    switch (name->type) {
      case GEN_DNS:
        names.dns.push_back(TextOf(name->d.dNSName));
        break;
      case GEN_URI:
        names.uris.push_back(TextOf(name->d.uniformResourceIdentifier));
        break;
      case GEN_EMAIL:
        names.emails.push_back(TextOf(name->d.rfc822Name));
        break;
      case GEN_IPADD:
        if (std::string ip = IpText(TextOf(name->d.iPAddress)); !ip.empty()) {
          names.ips.push_back(std::move(ip));
        }
        break;
      default:
        break;
    }
  }
  return names;
}

std::string SerialHex(const X509* certificate) {
  const ASN1_INTEGER* serial = X509_get_serialNumber(const_cast<X509*>(certificate));
  std::string bytes = TextOf(serial);
  return bytes.empty() ? "00" : Hex(AsBytes(bytes));
}

std::string SubjectText(const X509* certificate) {
  const bssl::UniquePtr<BIO> out(BIO_new(BIO_s_mem()));
  const uint8_t* data = nullptr;
  size_t size = 0;
  if (out == nullptr ||
      X509_NAME_print_ex(out.get(), X509_get_subject_name(const_cast<X509*>(certificate)), 0,
                         XN_FLAG_RFC2253) < 0 ||
      !BIO_mem_contents(out.get(), &data, &size)) {
    DrainTlsErrors();
    return "";
  }
  return std::string(AsText({data, size}));
}

std::string CommonName(const X509* certificate) {
  X509_NAME* subject = X509_get_subject_name(const_cast<X509*>(certificate));
  int last = -1;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) last = at;
  if (last < 0) return "";
  uint8_t* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
  if (size < 0) {
    DrainTlsErrors();
    return "";
  }
  const bssl::UniquePtr<uint8_t> owned(utf8);
  return std::string(AsText({utf8, static_cast<size_t>(size)}));
}

WallTime NotBefore(const X509* certificate) { return FromAsn1(X509_get0_notBefore(certificate)); }
WallTime NotAfter(const X509* certificate) { return FromAsn1(X509_get0_notAfter(certificate)); }

std::string PublicKeyInfo(const X509* certificate) {
  uint8_t* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(const_cast<X509*>(certificate)), &der);
  if (size < 0) {
    DrainTlsErrors();
    return "";
  }
  const bssl::UniquePtr<uint8_t> owned(der);
  return std::string(AsText({der, static_cast<size_t>(size)}));
}

std::string Hex(ByteSpan bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const uint8_t byte : bytes) AppendHex(&hex, byte);
  return hex;
}

std::string Sha256Hex(ByteSpan bytes) {
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes.data(), bytes.size(), digest);
  return Hex(digest);
}

std::string Sha256Base64(ByteSpan bytes) {
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256(bytes.data(), bytes.size(), digest);
  std::string text(4 * ((sizeof(digest) + 2) / 3) + 1, '\0');
  text.resize(EVP_EncodeBlock(reinterpret_cast<uint8_t*>(text.data()), digest, sizeof(digest)));
  return text;
}

}  // namespace postern
