#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/file.h"
#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "postern/config.h"
#include "postern/credentials.h"

namespace postern {
namespace {

using Values = std::map<std::string, std::string>;

// No certificate, bundle or revocation list is as long.
constexpr size_t kMaxFileBytes = size_t{16} << 20;

std::string ValueOr(const Values& data, const char* key) {
  const auto found = data.find(key);
  return found == data.end() ? std::string() : found->second;
}

// A KeyNames is one of the spellings that Istio tries, in its order.
struct KeyNames {
  const char* certificate;
  const char* key;
  const char* staple;  // nullptr: none.
  const char* crl;
};
constexpr KeyNames kKeyPairNames[] = {{"cert", "key", nullptr, "crl"},
                                      {"tls.crt", "tls.key", "tls.ocsp-staple", "ca.crl"}};

// Where distributions keep the CAs that they trust, as Istio looks for them.
constexpr std::string_view kSystemCaFiles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian.
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora.
    "/etc/ssl/ca-bundle.pem",                             // openSUSE.
    "/etc/pki/tls/cacert.pem",                            // OpenELEC.
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // CentOS.
    "/etc/ssl/cert.pem",                                  // Alpine.
    "/usr/local/etc/ssl/cert.pem",                        // FreeBSD.
};

absl::Status EmptyKey(const CredentialName& name, std::string_view key) {
  return InvalidArgument(name.ToString(), " has an empty key ", Quote(key));
}

absl::StatusOr<Credential> KeyPairOf(const CredentialName& name, const Values& data) {
  for (const KeyNames& names : kKeyPairNames) {
    Credential credential;
    credential.certificate_chain = ValueOr(data, names.certificate);
    credential.private_key = SecretText(ValueOr(data, names.key));
    if (credential.certificate_chain.empty() || credential.private_key.view().empty()) continue;
    if (names.staple != nullptr) credential.ocsp_staple = ValueOr(data, names.staple);
    return credential;
  }
  for (const KeyNames& names : kKeyPairNames) {
    if (!data.contains(names.certificate) || !data.contains(names.key)) continue;
    return EmptyKey(name, data.at(names.certificate).empty() ? names.certificate : names.key);
  }
  // The resource is there, so this is not NotFound.
  return InvalidArgument(name.ToString(), " has neither keys \"cert\" and \"key\" nor ",
                         "\"tls.crt\" and \"tls.key\"");
}

absl::StatusOr<Credential> CaOf(const CredentialName& name, const Values& data) {
  constexpr std::pair<const char*, const char*> kNames[] = {{"cacert", "crl"},
                                                            {"ca.crt", "ca.crl"}};
  for (const auto& [ca, crl] : kNames) {
    Credential credential;
    credential.ca_certificates = ValueOr(data, ca);
    if (credential.ca_certificates.empty()) continue;
    credential.crl = ValueOr(data, crl);
    return credential;
  }
  for (const auto& [ca, crl] : kNames) {
    if (data.contains(ca)) return EmptyKey(name, ca);
  }
  // The resource is there, so this is not NotFound: nothing else is tried in its place.
  return InvalidArgument(name.ToString(), " has neither a key \"cacert\" nor \"ca.crt\"");
}

// A ConfigCredentials is the source that MakeConfigCredentials returns.
class ConfigCredentials : public CredentialSource {
 public:
  ConfigCredentials(const Config& config, std::string_view root) : root_(root) {
    // The later of two resources of one name wins, as with kubectl apply.
    for (const Secret& secret : config.secrets) {
      secrets_[{secret.metadata.ns, secret.metadata.name}] = &secret.data;
    }
    for (const ConfigMap& map : config.config_maps) {
      config_maps_[{map.metadata.ns, map.metadata.name}] = &map.data;
    }
  }

  absl::StatusOr<Credential> Find(const CredentialName& name) override {
    const bool is_config_map = name.kind == CredentialName::Kind::kConfigMap;
    const bool is_secret =
        name.kind == CredentialName::Kind::kKeyPair || name.kind == CredentialName::Kind::kCa;
    if (is_config_map || is_secret) {
      const auto& resources = is_config_map ? config_maps_ : secrets_;
      const auto found = resources.find(Key(name.ns, name.name));
      if (found != resources.end()) {
        const bool is_ca = is_config_map || name.kind == CredentialName::Kind::kCa;
        return is_ca ? CaOf(name, *found->second) : KeyPairOf(name, *found->second);
      }
    }
    return NotFound(name.ToString(), " does not exist");
  }

  absl::StatusOr<SecretText> ReadFile(std::string_view path) override {
    if (path == "system") return ReadSystemCas();
    POSTERN_ASSIGN_OR_RETURN(std::string content, ReadFileBelow(root_, path, kMaxFileBytes));
    return SecretText(std::move(content));
  }

 private:
  using Key = std::pair<std::string, std::string>;  // Namespace, name.

  // ReadSystemCas returns the first bundle that is there, or what is wrong with the first of all.
  absl::StatusOr<SecretText> ReadSystemCas() const {
    absl::Status problem;
    for (const std::string_view file : kSystemCaFiles) {
      absl::StatusOr<std::string> content = ReadFileBelow(root_, file, kMaxFileBytes);
      if (content.ok()) return SecretText(*std::move(content));
      problem.Update(content.status());
    }
    return problem;
  }

  const std::string root_;
  std::map<Key, const Values*> secrets_;
  std::map<Key, const Values*> config_maps_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeConfigCredentials(const Config& config,
                                                        std::string_view root) {
  return std::make_unique<ConfigCredentials>(config, root);
}

}  // namespace postern
