#include "lib/compile/credential_names.h"

#include <string>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

using Kind = CredentialName::Kind;

constexpr std::string_view kCaSuffix = "-cacert";

// Drop removes `prefix` from the front of `text`, and returns whether it was there.
bool Drop(std::string_view prefix, std::string_view* text) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

// Parse reads the forms of a name, as Istio's credentials/resource.go. The kind of a Secret is
// kKeyPair: what is wanted of it is the caller's business.
absl::StatusOr<CredentialName> Parse(std::string_view text, std::string_view proxy_namespace) {
  std::string_view rest = text;
  if (rest.empty()) return InvalidArgument("credentialName is empty");
  if (Drop("builtin://", &rest)) return CredentialName{Kind::kWorkload, "", ""};
  if (Drop("sds://", &rest)) {
    return CredentialName{Kind::kExternal, "", std::string(rest)};
  }
  const bool is_config_map = Drop("configmap://", &rest);
  if (!is_config_map && !Drop("kubernetes://", &rest) && rest.find("://") != rest.npos) {
    return InvalidArgument("credentialName ", Quote(text), " never resolves");
  }
  const size_t slash = rest.find('/');
  const std::string_view ns = slash == rest.npos ? proxy_namespace : rest.substr(0, slash);
  const std::string_view name = slash == rest.npos ? rest : rest.substr(slash + 1);
  if (name.empty() || ns.empty() || name.find('/') != name.npos) {
    return InvalidArgument("credentialName ", Quote(text), " is not of the form \"ns/name\"");
  }
  if (!is_config_map && ns != proxy_namespace) {
    return absl::PermissionDeniedError(StrCat("credentialName ", Quote(text),
                                              " is of another namespace than the proxy's, ",
                                              Quote(proxy_namespace)));
  }
  return CredentialName{is_config_map ? Kind::kConfigMap : Kind::kKeyPair, std::string(ns),
                        std::string(name)};
}

// SecretCa returns the CA of the Secret `name`, which ends in "-cacert", and behind it that of the
// Secret without this ending.
CandidateNames SecretCa(std::string_view ns, std::string_view name) {
  CandidateNames names = {{Kind::kCa, std::string(ns), std::string(name)}};
  name.remove_suffix(kCaSuffix.size());
  if (!name.empty()) names.push_back({Kind::kCa, std::string(ns), std::string(name)});
  return names;
}

}  // namespace

absl::StatusOr<CandidateNames> KeyPairNames(std::string_view credential_name,
                                            std::string_view proxy_namespace) {
  POSTERN_ASSIGN_OR_RETURN(CredentialName name, Parse(credential_name, proxy_namespace));
  if (name.kind == Kind::kConfigMap ||
      (name.kind == Kind::kKeyPair && name.name.ends_with(kCaSuffix))) {
    return InvalidArgument("credentialName ", Quote(credential_name),
                           " stands for a CA bundle, not for a certificate");
  }
  CandidateNames names = {name};
  if (name.kind == Kind::kExternal) {
    // Without an external source Istio takes the Secret of that name.
    names.push_back({Kind::kKeyPair, std::string(proxy_namespace), name.name});
  }
  return names;
}

absl::StatusOr<CandidateNames> CaNames(std::string_view credential_name,
                                       std::string_view proxy_namespace) {
  POSTERN_ASSIGN_OR_RETURN(const CredentialName name, Parse(credential_name, proxy_namespace));
  if (name.kind == Kind::kConfigMap) {
    return InvalidArgument("credentialName ", Quote(credential_name),
                           " stands for a CA bundle, not for a certificate");
  }
  if (name.kind == Kind::kWorkload) return CandidateNames{name};
  const bool external = name.kind == Kind::kExternal;
  const std::string ca = StrCat(name.name, kCaSuffix);
  CandidateNames candidates = SecretCa(external ? proxy_namespace : name.ns, ca);
  if (external) candidates.insert(candidates.begin(), {Kind::kExternal, "", ca});
  return candidates;
}

absl::StatusOr<CandidateNames> ExplicitCaNames(std::string_view ca_cert_credential_name,
                                               std::string_view proxy_namespace) {
  POSTERN_ASSIGN_OR_RETURN(CredentialName name, Parse(ca_cert_credential_name, proxy_namespace));
  if (name.kind == Kind::kConfigMap || name.kind == Kind::kWorkload) return CandidateNames{name};
  if (!name.name.ends_with(kCaSuffix)) {
    return InvalidArgument("caCertCredentialName ", Quote(ca_cert_credential_name),
                           " does not end in \"-cacert\"");
  }
  CandidateNames candidates = SecretCa(proxy_namespace, name.name);
  if (name.kind == Kind::kExternal) candidates.insert(candidates.begin(), name);
  return candidates;
}

}  // namespace postern
