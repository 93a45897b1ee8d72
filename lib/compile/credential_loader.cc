#include "lib/compile/credential_loader.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/compile/credential_names.h"
#include "lib/validate/cipher_suites.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;
using TlsProtocol = ServerTlsSettings::TlsProtocol;

const CredentialName kWorkload = {CredentialName::Kind::kWorkload, "", ""};

// kSystemCas is what Istio calls the file of CAs that the operating system trusts.
constexpr std::string_view kSystemCas = "system";

// CredentialNamesOf returns the texts that name certificates; empty if files are used.
std::vector<std::string> CredentialNamesOf(const ServerTlsSettings& settings) {
  if (!settings.credential_name.empty()) return {settings.credential_name};
  return settings.credential_names;
}

TlsVersion VersionOf(TlsProtocol protocol, TlsVersion by_default) {
  switch (protocol) {
    case TlsProtocol::kTls10:
      return TlsVersion::kTls10;
    case TlsProtocol::kTls11:
      return TlsVersion::kTls11;
    case TlsProtocol::kTls12:
      return TlsVersion::kTls12;
    case TlsProtocol::kTls13:
      return TlsVersion::kTls13;
    case TlsProtocol::kAuto:
      break;
  }
  return by_default;
}

TlsPolicy PolicyOf(const ServerTlsSettings& settings) {
  TlsPolicy policy;
  // Istio does not apply them to the mesh's own mode.
  if (settings.mode == TlsMode::kIstioMutual) return policy;
  policy.max_version = VersionOf(settings.max_protocol_version, TlsVersion::kTls13);
  // A maximum below it leaves no version, as in Envoy.
  policy.min_version = VersionOf(settings.min_protocol_version, TlsVersion::kTls12);
  std::copy_if(settings.cipher_suites.begin(), settings.cipher_suites.end(),
               std::back_inserter(policy.cipher_suites), IsKeptCipherSuite);
  policy.curves = settings.ecdh_curves;
  return policy;
}

ClientAuth ClientAuthOf(TlsMode mode) {
  switch (mode) {
    case TlsMode::kMutual:
    case TlsMode::kIstioMutual:
      return ClientAuth::kRequired;
    case TlsMode::kOptionalMutual:
      return ClientAuth::kOptional;
    default:
      return ClientAuth::kNone;
  }
}

void Append(std::vector<CredentialName>* names, const CredentialName& name) {
  if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
}

// FirstFound asks `load` for the candidates in order, until one is anything but NotFound, and notes
// each asked for in `names`.
template <typename Load>
auto FirstFound(const CandidateNames& candidates, std::vector<CredentialName>* names, Load load) {
  auto result = load(candidates.front());
  Append(names, candidates.front());
  for (size_t i = 1; i < candidates.size() && absl::IsNotFound(result.status()); ++i) {
    result = load(candidates[i]);
    Append(names, candidates[i]);
  }
  return result;
}

}  // namespace

std::vector<std::string_view> UnusedClientRules(const ServerTlsSettings& settings) {
  const bool asks = ClientAuthOf(settings.mode) != ClientAuth::kNone;
  const bool named = !CredentialNamesOf(settings).empty();
  std::vector<std::string_view> unused;
  // With a credential name a server that does not ask is not ready: see Load.
  if (!settings.subject_alt_names.empty() && !asks && !named) unused.push_back("subjectAltNames");
  if (asks && named) return unused;
  if (!settings.verify_certificate_spki.empty()) unused.push_back("verifyCertificateSpki");
  if (!settings.verify_certificate_hash.empty()) unused.push_back("verifyCertificateHash");
  return unused;
}

CredentialLoader::CredentialLoader(CredentialSource* source, std::string_view proxy_namespace)
    : source_(source), proxy_namespace_(proxy_namespace) {}

void CredentialLoader::Reuse(const LoadedCredentials& previous,
                             std::span<const CredentialName> names) {
  loaded_ = previous;
  for (const CredentialName& name : names) {
    loaded_.certificates.erase(name);
    loaded_.trusts.erase(name);
  }
}

ServerCredentials CredentialLoader::Load(const ServerTlsSettings& settings,
                                         std::string_view identity,
                                         const std::vector<std::string>& alpn,
                                         const ListenerKey& listener) {
  ServerCredentials result;
  ServerTls tls;
  auto certificates = Certificates(settings, &result.names);
  if (!certificates.ok()) {
    result.problem = certificates.status();
    return result;
  }
  for (const auto& certificate : *certificates) presented_.emplace_back(certificate, listener);
  tls.client_auth = ClientAuthOf(settings.mode);
  if (tls.client_auth != ClientAuth::kNone) {
    auto trust = Trust(settings, &result.names);
    if (!trust.ok()) {
      result.problem = trust.status();
      return result;
    }
    tls.trust = *std::move(trust);
    tls.client_rules.subject_alt_names = settings.subject_alt_names;
    tls.client_rules.accept_untrusted = settings.insecure_skip_verify.value_or(false);
    // Istio sets the pins of servers whose certificates have names only (dataplane.md 2.5).
    if (!CredentialNamesOf(settings).empty()) {
      tls.client_rules.spki_sha256 = settings.verify_certificate_spki;
      tls.client_rules.certificate_sha256 = settings.verify_certificate_hash;
    }
  } else if (!settings.subject_alt_names.empty() && !CredentialNamesOf(settings).empty()) {
    // Envoy refuses such a listener: names of clients are asked for, and nobody vouches for them.
    result.problem = InvalidArgument("subjectAltNames are asked of clients without a CA");
    return result;
  }
  tls.identity = std::string(identity);
  tls.policy = PolicyOf(settings);
  tls.alpn = alpn;
  tls.certificates = *certificates;
  auto context = ServerContext::Make(std::move(tls), &policies_);
  if (context.ok()) {
    result.context = *std::move(context);
    result.certificates = *std::move(certificates);
  } else {
    result.problem = context.status();
  }
  return result;
}

absl::StatusOr<CertificateStore::Certificates> CredentialLoader::Certificates(
    const ServerTlsSettings& settings, std::vector<CredentialName>* names) {
  CertificateStore::Certificates certificates;
  const auto load = [this](const CredentialName& name) { return CertificateOf(name); };
  if (settings.mode == TlsMode::kIstioMutual) {
    POSTERN_ASSIGN_OR_RETURN(auto workload, FirstFound({kWorkload}, names, load));
    certificates.push_back(std::move(workload));
    return certificates;
  }
  const std::vector<std::string> texts = CredentialNamesOf(settings);
  for (const std::string& text : texts) {
    POSTERN_ASSIGN_OR_RETURN(const CandidateNames candidates, KeyPairNames(text, proxy_namespace_));
    POSTERN_ASSIGN_OR_RETURN(auto certificate, FirstFound(candidates, names, load));
    certificates.push_back(std::move(certificate));
  }
  if (!texts.empty()) return certificates;
  std::vector<TlsCertificate> files = settings.tls_certificates;
  if (files.empty()) files.push_back({settings.server_certificate, settings.private_key, ""});
  for (const TlsCertificate& file : files) {
    if (file.server_certificate.empty() || file.private_key.empty()) {
      return NotFound("the server names no certificate");
    }
    POSTERN_ASSIGN_OR_RETURN(auto certificate,
                             CertificateOfFiles(file.server_certificate, file.private_key));
    certificates.push_back(std::move(certificate));
  }
  return certificates;
}

CredentialLoader::TrustOr CredentialLoader::Trust(const ServerTlsSettings& settings,
                                                  std::vector<CredentialName>* names) {
  CandidateNames candidates;
  const std::vector<std::string> texts = CredentialNamesOf(settings);
  std::string_view crl_path;  // With a credential name, the list comes from the Secret.
  if (settings.mode == TlsMode::kIstioMutual) {
    candidates = {kWorkload};
    crl_path = settings.ca_crl;
  } else if (!texts.empty() && !settings.ca_cert_credential_name.empty()) {
    POSTERN_ASSIGN_OR_RETURN(candidates,
                             ExplicitCaNames(settings.ca_cert_credential_name, proxy_namespace_));
  } else if (!texts.empty()) {
    POSTERN_ASSIGN_OR_RETURN(candidates, CaNames(texts.front(), proxy_namespace_));
  } else if (!settings.ca_certificates.empty()) {
    return TrustOfFiles(settings.ca_certificates, settings.ca_crl);
  } else {
    return NotFound("the server names no CA bundle");
  }
  return FirstFound(candidates, names, [this, crl_path](const CredentialName& name) {
    return TrustOf(name, crl_path);
  });
}

absl::StatusOr<std::shared_ptr<const ClientContext>> CredentialLoader::LoadUpstream(
    const ClientTlsSettings& settings, bool verify_name) {
  using TlsMode = ClientTlsSettings::TlsMode;
  ClientTls tls;
  if (settings.mode != TlsMode::kSimple) {
    POSTERN_ASSIGN_OR_RETURN(tls.certificate, OwnCertificate(settings));
  }
  // The mesh has no server that need not prove who it is.
  if (settings.insecure_skip_verify.value_or(false) && settings.mode != TlsMode::kIstioMutual) {
    tls.server_rules.accept_untrusted = true;
  } else {
    POSTERN_ASSIGN_OR_RETURN(tls.trust, TrustInServers(settings));
    tls.server_rules.subject_alt_names = settings.subject_alt_names;
    tls.verify_name = verify_name;
  }
  return ClientContext::Make(std::move(tls), &policies_);
}

CredentialLoader::CertificateOr CredentialLoader::OwnCertificate(
    const ClientTlsSettings& settings) {
  if (settings.mode == ClientTlsSettings::TlsMode::kIstioMutual) return CertificateOf(kWorkload);
  if (settings.credential_name.empty()) {
    // Istio would connect in the clear.
    if (settings.client_certificate.empty() || settings.private_key.empty()) {
      return NotFound("the rule names no client certificate");
    }
    return CertificateOfFiles(settings.client_certificate, settings.private_key);
  }
  POSTERN_ASSIGN_OR_RETURN(const CandidateNames candidates,
                           KeyPairNames(settings.credential_name, proxy_namespace_));
  std::vector<CredentialName> names;
  return FirstFound(candidates, &names,
                    [this](const CredentialName& name) { return CertificateOf(name); });
}

CredentialLoader::TrustOr CredentialLoader::TrustInServers(const ClientTlsSettings& settings) {
  const std::string& text = settings.credential_name;
  if (settings.mode == ClientTlsSettings::TlsMode::kIstioMutual) return TrustOf(kWorkload, "");
  if (text.empty()) {
    const bool named = !settings.ca_certificates.empty();
    return TrustOfFiles(named ? settings.ca_certificates : kSystemCas, settings.ca_crl);
  }
  POSTERN_ASSIGN_OR_RETURN(const CandidateNames candidates,
                           text.starts_with("configmap://")
                               ? ExplicitCaNames(text, proxy_namespace_)
                               : CaNames(text, proxy_namespace_));
  std::vector<CredentialName> names;
  return FirstFound(candidates, &names,
                    [this](const CredentialName& name) { return TrustOf(name, ""); });
}

CredentialLoader::CertificateOr CredentialLoader::CertificateOf(const CredentialName& name) {
  asked_.push_back(name);
  const auto place = loaded_.certificates.lower_bound(name);
  if (place != loaded_.certificates.end() && place->first == name) return place->second;
  CertificateOr result = [&]() -> CertificateOr {
    POSTERN_ASSIGN_OR_RETURN(const Credential credential, source_->Find(name));
    // One answer may hold both; who asks for the CA under the same name need not ask again.
    if (!credential.ca_certificates.empty()) {
      loaded_.trusts.insert_or_assign(
          name, TrustStore::Load(name.ToString(), credential.ca_certificates, credential.crl));
    }
    return Certificate::Load(name.ToString(), credential);
  }();
  loaded_.certificates.emplace_hint(place, name, result);
  return result;
}

CredentialLoader::CertificateOr CredentialLoader::CertificateOfFiles(std::string_view chain_path,
                                                                     std::string_view key_path) {
  const std::string cache_key = StrCat(chain_path, std::string_view("\0", 1), key_path);
  const auto found = loaded_.file_certificates.find(cache_key);
  if (found != loaded_.file_certificates.end()) return found->second;
  CertificateOr result = [&]() -> CertificateOr {
    Credential credential;
    POSTERN_ASSIGN_OR_RETURN(const SecretText chain, source_->ReadFile(chain_path));
    credential.certificate_chain = std::string(chain.view());
    POSTERN_ASSIGN_OR_RETURN(credential.private_key, source_->ReadFile(key_path));
    return Certificate::Load(StrCat("file ", chain_path), credential);
  }();
  loaded_.file_certificates.insert_or_assign(cache_key, result);
  return result;
}

CredentialLoader::TrustOr CredentialLoader::TrustOf(const CredentialName& name,
                                                    std::string_view crl_path) {
  asked_.push_back(name);
  if (crl_path.empty()) {
    if (const auto found = loaded_.trusts.find(name); found != loaded_.trusts.end()) {
      return found->second;
    }
  }
  TrustOr result = [&]() -> TrustOr {
    POSTERN_ASSIGN_OR_RETURN(const Credential credential, source_->Find(name));
    std::string crl = credential.crl;
    if (!crl_path.empty()) {
      POSTERN_ASSIGN_OR_RETURN(const SecretText file, source_->ReadFile(crl_path));
      StrAppend(&crl, "\n", file.view());
    }
    if (credential.ca_certificates.empty()) {
      return InvalidArgument(name.ToString(), " holds no CA certificates");
    }
    return TrustStore::Load(name.ToString(), credential.ca_certificates, crl);
  }();
  if (crl_path.empty()) loaded_.trusts.insert_or_assign(name, result);
  return result;
}

CredentialLoader::TrustOr CredentialLoader::TrustOfFiles(std::string_view ca_path,
                                                         std::string_view crl_path) {
  const std::string cache_key = StrCat(ca_path, std::string_view("\0", 1), crl_path);
  if (const auto found = loaded_.file_trusts.find(cache_key); found != loaded_.file_trusts.end()) {
    return found->second;
  }
  TrustOr result = [&]() -> TrustOr {
    POSTERN_ASSIGN_OR_RETURN(const SecretText ca, source_->ReadFile(ca_path));
    SecretText crl;
    if (!crl_path.empty()) {
      POSTERN_ASSIGN_OR_RETURN(crl, source_->ReadFile(crl_path));
    }
    return TrustStore::Load(StrCat("file ", ca_path), ca.view(), crl.view());
  }();
  loaded_.file_trusts.insert_or_assign(cache_key, result);
  return result;
}

std::vector<CredentialName> CredentialLoader::credentials() const {
  std::vector<CredentialName> names = asked_;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<CertificateInfo> CredentialLoader::certificates() const {
  auto presented = presented_;
  std::sort(presented.begin(), presented.end());
  presented.erase(std::unique(presented.begin(), presented.end()), presented.end());
  std::vector<CertificateInfo> infos;
  infos.reserve(presented.size());
  for (size_t i = 0; i < presented.size(); ++i) {
    const Certificate& certificate = *presented[i].first;
    if (i > 0 && presented[i - 1].first == presented[i].first) {
      infos.back().listeners.push_back(presented[i].second);
      continue;
    }
    CertificateInfo& info = infos.emplace_back();
    info.source = certificate.source();
    info.serial = certificate.serial();
    info.names.reserve(certificate.server_names().size() + certificate.ips().size());
    for (const auto& names : {certificate.server_names(), certificate.ips()}) {
      info.names.insert(info.names.end(), names.begin(), names.end());
    }
    info.not_before = certificate.not_before();
    info.not_after = certificate.not_after();
    info.listeners.push_back(presented[i].second);
  }
  std::sort(infos.begin(), infos.end(), [](const CertificateInfo& a, const CertificateInfo& b) {
    return std::tie(a.source, a.serial) < std::tie(b.source, b.serial);
  });
  return infos;
}

}  // namespace postern
