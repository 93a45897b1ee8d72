#include <string>
#include <utility>

#include "lib/base/strings.h"
#include "postern/credentials.h"

namespace postern {
namespace {

Credential Copy(const Credential& from) {
  Credential copy;
  copy.certificate_chain = from.certificate_chain;
  copy.private_key = from.private_key.Clone();
  copy.key_id = from.key_id;
  copy.ocsp_staple = from.ocsp_staple;
  copy.ca_certificates = from.ca_certificates;
  copy.crl = from.crl;
  return copy;
}

}  // namespace

void MemoryCredentials::Set(const CredentialName& name, Credential credential) {
  credentials_.insert_or_assign(name, std::move(credential));
}

void MemoryCredentials::SetFile(std::string_view path, SecretText content) {
  files_.insert_or_assign(std::string(path), std::move(content));
}

absl::StatusOr<Credential> MemoryCredentials::Find(const CredentialName& name) {
  const auto found = credentials_.find(name);
  if (found == credentials_.end()) return NotFound(name.ToString(), " is not known");
  return Copy(found->second);
}

absl::StatusOr<SecretText> MemoryCredentials::ReadFile(std::string_view path) {
  const auto found = files_.find(std::string(path));
  if (found == files_.end()) return NotFound("file ", Quote(path), " is not known");
  return found->second.Clone();
}

}  // namespace postern
