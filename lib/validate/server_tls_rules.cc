#include "lib/validate/server_tls_rules.h"

#include <string>
#include <string_view>

#include "lib/base/string_map.h"
#include "lib/validate/cipher_suites.h"
#include "lib/validate/enum_rules.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;
using TlsProtocol = ServerTlsSettings::TlsProtocol;

constexpr size_t kMaxCertificates = 2;

constexpr Rule kVersionNeedsCiphers = {
    .id = "server-tls-version-without-ciphers",
    .what = "`minProtocolVersion` is below TLSV1_2 and `cipherSuites` is empty",
    .why = "the default suites do not go with such old versions",
    .istio = "GW-TLS-01",
    .text =
        "TLS version below TLSV1_2 require setting compatible ciphers as by default they no "
        "longer include compatible ciphers.",
    .severity = Severity::kWarning,
};
constexpr Rule kVersionsReversed = {
    .id = "server-tls-versions-reversed",
    .what = "`minProtocolVersion` is above `maxProtocolVersion`",
    .why = "no handshake could succeed",
    .severity = Severity::kWarning,
};
constexpr Rule kCipherUnknown = {
    .id = "server-tls-cipher-unknown",
    .what =
        "an entry of `cipherSuites` is not one that Istio keeps; names count in exactly their "
        "case, those of TLS 1.3 are never listed",
    .why = "the entry is ignored",
    .istio = "GW-TLS-02",
    .text = "ignoring invalid cipher suites: <list>",
    .severity = Severity::kWarning,
};
constexpr Rule kCipherDuplicate = {
    .id = "server-tls-cipher-duplicate",
    .what = "an entry of `cipherSuites` stands there twice",
    .why = "the second is ignored",
    .istio = "GW-TLS-03",
    .text = "ignoring duplicate cipher suites: <list>",
    .severity = Severity::kWarning,
};
constexpr Rule kIstioCertificate = {
    .id = "server-tls-istio-mutual-certificate",
    .what = "ISTIO_MUTUAL and `serverCertificate` are set",
    .why = "in this mode the mesh provides the certificate",
    .istio = "GW-TLS-04",
    .text = "ISTIO_MUTUAL TLS cannot have associated server certificate",
};
constexpr Rule kIstioKey = {
    .id = "server-tls-istio-mutual-key",
    .what = "ISTIO_MUTUAL and `privateKey` are set",
    .why = "in this mode the mesh provides the key",
    .istio = "GW-TLS-05",
    .text = "ISTIO_MUTUAL TLS cannot have associated private key",
};
constexpr Rule kIstioCa = {
    .id = "server-tls-istio-mutual-ca",
    .what = "ISTIO_MUTUAL and `caCertificates` are set",
    .why = "in this mode clients are verified by the mesh's own roots",
    .istio = "GW-TLS-06",
    .text = "ISTIO_MUTUAL TLS cannot have associated CA bundle",
};
constexpr Rule kIstioCertificates = {
    .id = "server-tls-istio-mutual-certificates",
    .what = "ISTIO_MUTUAL and `tlsCertificates` are set",
    .why = "in this mode the mesh provides the certificate",
    .istio = "GW-TLS-07",
    .text = "ISTIO_MUTUAL TLS cannot have associated tlsCertificates",
};
constexpr Rule kIstioCredential = {
    .id = "server-tls-istio-mutual-credential",
    .what = "ISTIO_MUTUAL and `credentialName` are set",
    .why = "in this mode the mesh provides the certificate",
    .istio = "GW-TLS-08",
    .text = "ISTIO_MUTUAL TLS cannot have associated credentialName",
};
constexpr Rule kIstioCredentials = {
    .id = "server-tls-istio-mutual-credentials",
    .what = "ISTIO_MUTUAL and `credentialNames` are set",
    .why = "in this mode the mesh provides the certificate",
    .istio = "GW-TLS-09",
    .text = "ISTIO_MUTUAL TLS cannot have associated credentialNames",
};
constexpr Rule kPassthroughCertificates = {
    .id = "server-tls-passthrough-certificates",
    .what =
        "PASSTHROUGH or AUTO_PASSTHROUGH, and a certificate, key, CA, CRL or credential is set; "
        "a `tls` without a mode is PASSTHROUGH",
    .why = "the connection is passed on as it is, they are ignored",
    .istio = "GW-TLS-10",
    .text = "<mode> mode does not use certificates, they will be ignored",
    .severity = Severity::kWarning,
};
constexpr Rule kSourceAmbiguous = {
    .id = "server-tls-source-ambiguous",
    .what =
        "more than one of `credentialName`, `credentialNames`, `tlsCertificates` and the pair "
        "of `serverCertificate` and `privateKey` is set",
    .why = "which certificate is served would be open",
    .istio = "GW-TLS-11",
    .text =
        "only one of credential_name, credential_names, server_certificate/private_key, "
        "tls_certificates should be specified",
};
constexpr Rule kMutualCa = {
    .id = "server-tls-mutual-ca-required",
    .what = "MUTUAL or OPTIONAL_MUTUAL with files, and `caCertificates` is empty",
    .why = "there is nothing to verify clients by",
    .istio = "GW-TLS-12",
    .text = "MUTUAL TLS requires a client CA bundle",
};
constexpr Rule kSimpleCertificate = {
    .id = "server-tls-simple-certificate-required",
    .what =
        "SIMPLE without a credential, and `serverCertificate` is empty, in `tls` or in an entry "
        "of `tlsCertificates`",
    .why = "there is nothing to serve",
    .istio = "GW-TLS-13",
    .text = "SIMPLE TLS requires a server certificate",
};
constexpr Rule kSimpleKey = {
    .id = "server-tls-simple-key-required",
    .what =
        "SIMPLE without a credential, and `privateKey` is empty, in `tls` or in an entry of "
        "`tlsCertificates`",
    .why = "a certificate cannot be served without its key",
    .istio = "GW-TLS-14",
    .text = "SIMPLE TLS requires a private key",
};
constexpr Rule kMutualCertificate = {
    .id = "server-tls-mutual-certificate-required",
    .what =
        "MUTUAL or OPTIONAL_MUTUAL without a credential, and `serverCertificate` is empty, in "
        "`tls` or in an entry of `tlsCertificates`",
    .why = "there is nothing to serve",
    .istio = "GW-TLS-15",
    .text = "MUTUAL TLS requires a server certificate",
};
constexpr Rule kMutualKey = {
    .id = "server-tls-mutual-key-required",
    .what =
        "MUTUAL or OPTIONAL_MUTUAL without a credential, and `privateKey` is empty, in `tls` or "
        "in an entry of `tlsCertificates`",
    .why = "a certificate cannot be served without its key",
    .istio = "GW-TLS-16",
    .text = "MUTUAL TLS requires a private key",
};
constexpr Rule kSimpleTooMany = {
    .id = "server-tls-simple-certificates-too-many",
    .what = "SIMPLE with more than two `tlsCertificates`",
    .why = "one of RSA and one of ECDSA can be told apart, more cannot",
    .istio = "GW-TLS-17",
    .text = "SIMPLE TLS can support up to 2 server certificates",
    .severity = Severity::kWarning,
};
constexpr Rule kMutualTooMany = {
    .id = "server-tls-mutual-certificates-too-many",
    .what = "MUTUAL or OPTIONAL_MUTUAL with more than two `tlsCertificates`",
    .why = "one of RSA and one of ECDSA can be told apart, more cannot",
    .istio = "GW-TLS-18",
    .text = "MUTUAL TLS can support up to 2 server certificates",
    .severity = Severity::kWarning,
};
constexpr Rule kSimpleCrl = {
    .id = "server-tls-simple-crl",
    .what = "SIMPLE without a credential, and `caCrl` is set",
    .why = "clients show no certificate that could be on the list",
    .istio = "GW-TLS-19",
    .text = "CRL is not supported with SIMPLE TLS",
};
constexpr Rule kCredentialCrl = {
    .id = "server-tls-credential-crl",
    .what = "`caCrl` and `credentialName` are set in a mode that does not terminate",
    .why = "the list belongs into the credential",
    .istio = "GW-TLS-20",
    .text = "CRL is not supported with credentialName. CRL has to be specified in the credential",
    .also = "<mode> mode does not use certificates, they will be ignored",
};

constexpr const Rule* kRules[] = {
    &kVersionNeedsCiphers,
    &kVersionsReversed,
    &kCipherUnknown,
    &kCipherDuplicate,
    &kIstioCertificate,
    &kIstioKey,
    &kIstioCa,
    &kIstioCertificates,
    &kIstioCredential,
    &kIstioCredentials,
    &kPassthroughCertificates,
    &kSourceAmbiguous,
    &kMutualCa,
    &kSimpleCertificate,
    &kSimpleKey,
    &kMutualCertificate,
    &kMutualKey,
    &kSimpleTooMany,
    &kMutualTooMany,
    &kSimpleCrl,
    &kCredentialCrl,
};

// A ModeRules is what differs between SIMPLE and the two modes that ask for a client certificate.
struct ModeRules {
  const Rule& certificate;
  const Rule& key;
  const Rule& too_many;
};
constexpr ModeRules kSimpleRules = {kSimpleCertificate, kSimpleKey, kSimpleTooMany};
constexpr ModeRules kMutualRules = {kMutualCertificate, kMutualKey, kMutualTooMany};

void CheckVersions(const ServerTlsSettings& tls, const FieldPath& path, const FindingSink& sink) {
  const FieldPath min = path.Field("minProtocolVersion");
  const FieldPath max = path.Field("maxProtocolVersion");
  CheckEnum(tls.min_protocol_version, min, sink);
  CheckEnum(tls.max_protocol_version, max, sink);
  const bool is_old = tls.min_protocol_version == TlsProtocol::kTls10 ||
                      tls.min_protocol_version == TlsProtocol::kTls11;
  if (is_old && tls.cipher_suites.empty()) {
    sink.Report(kVersionNeedsCiphers, min, "\"minProtocolVersion\" ",
                NameOf(tls.min_protocol_version), " needs \"cipherSuites\" that go with it");
  }
  if (tls.max_protocol_version != TlsProtocol::kAuto &&
      tls.min_protocol_version > tls.max_protocol_version) {
    sink.ReportAgainst(kVersionsReversed, min, max, "\"minProtocolVersion\" ",
                       NameOrNumberOf(tls.min_protocol_version), " is above ",
                       NameOrNumberOf(tls.max_protocol_version));
  }
}

void CheckCiphers(const ServerTlsSettings& tls, const FieldPath& path, const FindingSink& sink) {
  StringViewMap<size_t> seen;
  for (size_t i = 0; i < tls.cipher_suites.size(); ++i) {
    const std::string_view suite = tls.cipher_suites[i];
    if (!IsKeptCipherSuite(suite)) {
      sink.Report(kCipherUnknown, path.Element(i), "cipher suite ", Quote(suite),
                  " is not known and is ignored");
    } else if (const auto [first, inserted] = seen.try_emplace(suite, i); !inserted) {
      sink.ReportAgainst(kCipherDuplicate, path.Element(i), path.Element(first->second),
                         "cipher suite ", Quote(suite), " is listed already");
    }
  }
}

void CheckIstioMutual(const ServerTlsSettings& tls, const FieldPath& path,
                      const FindingSink& sink) {
  const auto refuse = [&](const Rule& rule, bool is_set, std::string_view field) {
    if (!is_set) return;
    sink.Report(rule, path.Field(field), "\"", field, "\" has no place in mode ISTIO_MUTUAL");
  };
  refuse(kIstioCertificate, !tls.server_certificate.empty(), "serverCertificate");
  refuse(kIstioKey, !tls.private_key.empty(), "privateKey");
  refuse(kIstioCa, !tls.ca_certificates.empty(), "caCertificates");
  refuse(kIstioCertificates, !tls.tls_certificates.empty(), "tlsCertificates");
  refuse(kIstioCredential, !tls.credential_name.empty(), "credentialName");
  refuse(kIstioCredentials, !tls.credential_names.empty(), "credentialNames");
}

bool HasAnyCertificate(const ServerTlsSettings& tls) {
  return !tls.ca_crl.empty() || !tls.server_certificate.empty() || !tls.private_key.empty() ||
         !tls.ca_certificates.empty() || !tls.tls_certificates.empty() ||
         !tls.credential_name.empty() || !tls.credential_names.empty();
}

int CountSources(const ServerTlsSettings& tls) {
  return (!tls.server_certificate.empty() && !tls.private_key.empty()) +
         !tls.credential_name.empty() + !tls.credential_names.empty() +
         !tls.tls_certificates.empty();
}

// CheckPair checks a certificate and its key, both required.
void CheckPair(std::string_view certificate, std::string_view key, const ModeRules& rules,
               const FieldPath& path, std::string_view mode, const FindingSink& sink) {
  if (certificate.empty()) {
    sink.Report(rules.certificate, path.Field("serverCertificate"),
                "\"serverCertificate\" is required in mode ", mode);
  }
  if (key.empty()) {
    sink.Report(rules.key, path.Field("privateKey"), "\"privateKey\" is required in mode ", mode);
  }
}

void CheckFiles(const ServerTlsSettings& tls, const ModeRules& rules, const FieldPath& path,
                const FindingSink& sink) {
  const std::string_view mode = NameOf(tls.mode);
  if (tls.tls_certificates.empty()) {
    CheckPair(tls.server_certificate, tls.private_key, rules, path, mode, sink);
    return;
  }
  for (size_t i = 0; i < tls.tls_certificates.size(); ++i) {
    const TlsCertificate& entry = tls.tls_certificates[i];
    CheckPair(entry.server_certificate, entry.private_key, rules, path.Field("tlsCertificates", i),
              mode, sink);
  }
  if (tls.tls_certificates.size() > kMaxCertificates) {
    sink.Report(rules.too_many, path.Field("tlsCertificates"), tls.tls_certificates.size(),
                " certificates are more than the ", kMaxCertificates, " that mode ", mode,
                " can tell apart");
  }
}

}  // namespace

void CheckServerTls(const ServerTlsSettings& tls, const FieldPath& path, const FindingSink& sink) {
  CheckVersions(tls, path, sink);
  CheckCiphers(tls, path.Field("cipherSuites"), sink);
  CheckEnum(tls.mode, path.Field("mode"), sink);
  if (tls.mode == TlsMode::kIstioMutual) {
    CheckIstioMutual(tls, path, sink);
    return;
  }
  if (CountSources(tls) > 1) {
    sink.Report(kSourceAmbiguous, path,
                "only one of credentialName, credentialNames, "
                "tlsCertificates, and serverCertificate with privateKey may be set");
  }
  const bool is_simple = tls.mode == TlsMode::kSimple;
  const bool is_mutual = tls.mode == TlsMode::kMutual || tls.mode == TlsMode::kOptionalMutual;
  if (!is_simple && !is_mutual) {
    if (!tls.ca_crl.empty() && !tls.credential_name.empty()) {
      sink.Report(kCredentialCrl, path.Field("caCrl"),
                  "\"caCrl\" has no place next to \"credentialName\"");
    } else if (NameOf(tls.mode).ends_with("PASSTHROUGH") && HasAnyCertificate(tls)) {
      sink.Report(kPassthroughCertificates, path, "mode ", NameOf(tls.mode),
                  " ignores certificates and credentials");
    }
    return;
  }
  if (!tls.credential_name.empty() || !tls.credential_names.empty()) return;
  if (is_mutual && tls.ca_certificates.empty()) {
    sink.Report(kMutualCa, path.Field("caCertificates"), "\"caCertificates\" is required in mode ",
                NameOf(tls.mode));
  }
  if (is_simple && !tls.ca_crl.empty()) {
    sink.Report(kSimpleCrl, path.Field("caCrl"), "\"caCrl\" has no place in mode SIMPLE");
  }
  CheckFiles(tls, is_simple ? kSimpleRules : kMutualRules, path, sink);
}

RuleList ServerTlsRules() { return kRules; }

}  // namespace postern
