#include "examples/stand_in_credentials.h"

#include <utility>

namespace {

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
      folder_(secrets),
      self_signed_(MakeSelfSigned(DnsNames(config))) {
  if (!folder_.empty()) secrets_ = postern::MakeConfigCredentials(config, folder_);
}

std::string StandInCredentials::InSecrets(std::string_view path) {
  if (secrets_ == nullptr) return "";
  const auto found = secrets_->ReadFile(folder_ + "/" + std::string(path));
  return found.ok() ? std::string(found->view()) : "";
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
  if (name.kind != postern::CredentialName::Kind::kKeyPair) return found;
  missing_.push_back(name.ToString());
  postern::Credential credential;
  credential.certificate_chain = self_signed_.certificate;
  credential.private_key = postern::SecretText(std::string(self_signed_.key));
  return credential;
}

absl::StatusOr<postern::SecretText> StandInCredentials::ReadFile(std::string_view path) {
  absl::StatusOr<postern::SecretText> found = real_->ReadFile(path);
  if (found.ok()) return found;
  std::string secret = InSecrets(path);
  if (!secret.empty()) return postern::SecretText(std::move(secret));
  missing_.push_back("file " + std::string(path));
  const bool key = path.find("key") != std::string_view::npos;
  return postern::SecretText(std::string(key ? self_signed_.key : self_signed_.certificate));
}
