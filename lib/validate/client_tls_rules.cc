#include "lib/validate/client_tls_rules.h"

#include <string_view>

#include "lib/validate/enum_rules.h"

namespace postern {
namespace {

using TlsMode = ClientTlsSettings::TlsMode;

constexpr std::string_view kConfigMapScheme = "configmap://";

constexpr Rule kConfigMapName = {
    .id = "client-tls-configmap-malformed",
    .what =
        "`credentialName` begins with \"configmap://\" and goes on otherwise than "
        "\"namespace/name\"",
    .why = "which ConfigMap is meant would be open",
    .istio = "DR-TLS-01",
    .text =
        "invalid configmap:// credentialName: invalid resource name \"<value>\". Expected "
        "namespace and name\n"
        "invalid configmap:// credentialName: invalid resource name \"<value>\". Expected "
        "namespace\n"
        "invalid configmap:// credentialName: invalid resource name \"<value>\". Expected name",
};
constexpr Rule kConfigMapNamespace = {
    .id = "client-tls-configmap-namespace",
    .what = "`credentialName` names a ConfigMap of another namespace than the resource's",
    .why = "nobody may use what is in a namespace that is not theirs",
    .istio = "DR-TLS-02",
    .text =
        "invalid configmap:// credentialName: namespace must match the configuration namespace "
        "\"<ns>\"",
};
constexpr Rule kSimpleUnverified = {
    .id = "client-tls-simple-skip-verify",
    .what =
        "SIMPLE, and `insecureSkipVerify` stands beside `caCertificates`, `credentialName` or "
        "`subjectAltNames`",
    .why = "what is not verified needs nothing to verify it by",
    .istio = "DR-TLS-03",
    .text =
        "cannot specify CaCertificates or CredentialName or SubjectAltNames when "
        "InsecureSkipVerify is set true",
};
constexpr Rule kMutualUnverified = {
    .id = "client-tls-mutual-skip-verify",
    .what = "MUTUAL, and `insecureSkipVerify` stands beside `caCertificates` or `subjectAltNames`",
    .why = "what is not verified needs nothing to verify it by",
    .istio = "DR-TLS-04",
    .text = "cannot specify CaCertificates or SubjectAltNames when InsecureSkipVerify is set true",
};
constexpr Rule kCredentialAndFiles = {
    .id = "client-tls-credential-with-files",
    .what =
        "SIMPLE or MUTUAL with `credentialName`, and `clientCertificate`, `privateKey`, "
        "`caCertificates` or `caCrl` is set",
    .why = "the credential holds them all",
    .istio = "DR-TLS-05",
    .text =
        "cannot specify client certificates or CA certificate or CA CRL If credentialName is set",
};
constexpr Rule kCertificateRequired = {
    .id = "client-tls-certificate-required",
    .what = "MUTUAL with neither `credentialName` nor `clientCertificate`",
    .why = "there is nothing to show to the server",
    .istio = "DR-TLS-06",
    .text = "client certificate required for mutual tls",
};
constexpr Rule kKeyRequired = {
    .id = "client-tls-key-required",
    .what = "MUTUAL with neither `credentialName` nor `privateKey`",
    .why = "a certificate cannot be shown without its key",
    .istio = "DR-TLS-07",
    .text = "private key required for mutual tls",
};

constexpr const Rule* kRules[] = {
    &kConfigMapName,      &kConfigMapNamespace,  &kSimpleUnverified, &kMutualUnverified,
    &kCredentialAndFiles, &kCertificateRequired, &kKeyRequired,
};

void CheckCredentialName(std::string_view name, const FieldPath& path, const FindingSink& sink) {
  if (!name.starts_with(kConfigMapScheme)) return;
  const std::vector<std::string_view> parts = Split(name.substr(kConfigMapScheme.size()), '/');
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) {
    sink.Report(kConfigMapName, path, "credential ", Quote(name),
                " is not \"configmap://namespace/name\"");
  } else if (parts[0] != sink.metadata().ns) {
    sink.Report(kConfigMapNamespace, path, "credential ", Quote(name),
                " is not of the resource's namespace ", Quote(sink.metadata().ns));
  }
}

void CheckSkipVerify(const ClientTlsSettings& tls, const FieldPath& path, const FindingSink& sink) {
  if (!tls.insecure_skip_verify.value_or(false)) return;
  const FieldPath skip_verify = path.Field("insecureSkipVerify");
  const bool has_checks = !tls.ca_certificates.empty() || !tls.subject_alt_names.empty();
  if (tls.mode == TlsMode::kSimple && (has_checks || !tls.credential_name.empty())) {
    sink.Report(kSimpleUnverified, skip_verify,
                "\"insecureSkipVerify\" cannot stand together with what to verify by");
  } else if (tls.mode == TlsMode::kMutual && has_checks) {
    sink.Report(kMutualUnverified, skip_verify,
                "\"insecureSkipVerify\" cannot stand together with what to verify by");
  }
}

}  // namespace

void CheckClientTls(const ClientTlsSettings& tls, const FieldPath& path, const FindingSink& sink) {
  CheckEnum(tls.mode, path.Field("mode"), sink);
  CheckCredentialName(tls.credential_name, path.Field("credentialName"), sink);
  CheckSkipVerify(tls, path, sink);
  if (tls.mode != TlsMode::kSimple && tls.mode != TlsMode::kMutual) return;
  const bool has_files = !tls.client_certificate.empty() || !tls.private_key.empty() ||
                         !tls.ca_certificates.empty() || !tls.ca_crl.empty();
  if (!tls.credential_name.empty()) {
    if (has_files) {
      sink.Report(kCredentialAndFiles, path,
                  "files of certificates cannot stand together with \"credentialName\"");
    }
    return;
  }
  if (tls.mode != TlsMode::kMutual) return;
  if (tls.client_certificate.empty()) {
    sink.Report(kCertificateRequired, path.Field("clientCertificate"),
                "\"clientCertificate\" is required in mode MUTUAL");
  }
  if (tls.private_key.empty()) {
    sink.Report(kKeyRequired, path.Field("privateKey"),
                "\"privateKey\" is required in mode MUTUAL");
  }
}

RuleList ClientTlsRules() { return kRules; }

}  // namespace postern
