#include "examples/stand_in_credentials.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"

namespace {

using Kind = postern::CredentialName::Kind;

constexpr std::string_view kCaSuffix = "-cacert";

// DnsNames returns what the TLS servers of `config` are called.
std::vector<std::string> DnsNames(const postern::Config& config) {
  std::vector<std::string> names = {"localhost"};
  for (const postern::Gateway& gateway : config.gateways) {
    for (const postern::Server& server : gateway.servers) {
      if (!server.tls) continue;
      for (const std::string& host : server.hosts) {
        const std::string name = host.substr(host.find('/') + 1);
        if (name != "*") names.push_back(name);
      }
    }
  }
  return names;
}

}  // namespace

StandInCredentials::StandInCredentials(const postern::Config& config, std::string_view secrets)
    : real_(postern::MakeConfigCredentials(config, "/")),
      folder_(secrets.empty() ? "" : std::filesystem::absolute(secrets).string()),
      self_signed_(MakeSelfSigned(DnsNames(config))) {
  if (!folder_.empty()) secrets_ = postern::MakeConfigCredentials(config, folder_);
  for (const postern::Secret& secret : config.secrets) secret_names_.insert(secret.metadata.name);
  for (const postern::Gateway& gateway : config.gateways) {
    for (const postern::Server& server : gateway.servers) {
      if (!server.tls) continue;
      key_files_.insert(server.tls->private_key);
      for (const postern::TlsCertificate& certificate : server.tls->tls_certificates) {
        key_files_.insert(certificate.private_key);
      }
      crl_files_.insert(server.tls->ca_crl);
    }
  }
  for (const postern::DestinationRule& rule : config.destination_rules) {
    if (rule.traffic_policy) NoteFiles(*rule.traffic_policy);
    for (const postern::Subset& subset : rule.subsets) {
      if (subset.traffic_policy) NoteFiles(*subset.traffic_policy);
    }
  }
}

void StandInCredentials::NoteFiles(const postern::TrafficPolicy& policy) {
  const auto note = [this](const postern::Boxed<postern::ClientTlsSettings>& tls) {
    if (!tls) return;
    key_files_.insert(tls->private_key);
    crl_files_.insert(tls->ca_crl);
  };
  note(policy.tls);
  for (const auto& port : policy.port_level_settings) note(port.tls);
}

std::string StandInCredentials::InSecrets(std::string_view path) {
  if (secrets_ == nullptr) return "";
  const auto found = secrets_->ReadFile(folder_ + "/" + std::string(path));
  return found.ok() ? std::string(found->view()) : "";
}

bool StandInCredentials::AnotherIsThere(const postern::CredentialName& name) {
  if (name.kind != Kind::kCa && name.kind != Kind::kExternal) return false;
  std::string base = name.name;
  if (base.ends_with(kCaSuffix)) base.resize(base.size() - kCaSuffix.size());
  if (name.kind == Kind::kExternal) {
    if (secret_names_.contains(name.name) || secret_names_.contains(base)) return true;
  } else if (base != name.name && real_->Find({Kind::kCa, name.ns, base}).ok()) {
    return true;
  }
  return base != name.name && (!InSecrets(name.ns + "/" + base + "/ca.crt").empty() ||
                               !InSecrets(base + "/ca.crt").empty());
}

void StandInCredentials::NoteMissing(std::string name) {
  if (std::find(missing_.begin(), missing_.end(), name) == missing_.end()) {
    missing_.push_back(std::move(name));
  }
}

absl::StatusOr<postern::Credential> StandInCredentials::Find(const postern::CredentialName& name) {
  absl::StatusOr<postern::Credential> found = real_->Find(name);
  if (found.ok()) return found;
  for (const std::string& folder : {name.ns + "/" + name.name, name.name}) {
    postern::Credential credential;
    credential.certificate_chain = InSecrets(folder + "/tls.crt");
    credential.private_key = postern::SecretText(InSecrets(folder + "/tls.key"));
    credential.ca_certificates = InSecrets(folder + "/ca.crt");
    if (!credential.certificate_chain.empty() || !credential.ca_certificates.empty()) {
      return credential;
    }
  }
  // What is there and wrong is to be seen.
  if (!absl::IsNotFound(found.status()) || AnotherIsThere(name)) return found;
  NoteMissing(name.ToString());
  postern::Credential credential;
  if (name.kind != Kind::kCa && name.kind != Kind::kConfigMap) {
    credential.certificate_chain = self_signed_.certificate;
    credential.private_key = postern::SecretText(std::string(self_signed_.key));
  }
  if (name.kind != Kind::kKeyPair) credential.ca_certificates = self_signed_.certificate;
  return credential;
}

absl::StatusOr<postern::SecretText> StandInCredentials::ReadFile(std::string_view path) {
  absl::StatusOr<postern::SecretText> found = real_->ReadFile(path);
  if (found.ok()) return found;
  std::string secret = InSecrets(path);
  if (!secret.empty()) return postern::SecretText(std::move(secret));
  const std::string name(path);
  NoteMissing("file " + name);
  if (crl_files_.contains(name)) return postern::SecretText();
  // One file may be named for both the key and the certificate.
  const std::string key = key_files_.contains(name) ? self_signed_.key : "";
  return postern::SecretText(key + self_signed_.certificate);
}
