#include "tests/scenarios/scenario_credentials.h"

#include <fstream>
#include <sstream>

#include "lib/base/strings.h"

namespace postern {
namespace {

std::string TestFile(std::string_view name) {
  std::ifstream file(StrCat("tests/testdata/certificates/", name));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Contains is how a file is told by its name, "...key..." or "...ca...": scenarios have no other
// sign.
bool Contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

}  // namespace

absl::StatusOr<Credential> ScenarioCredentials::Find(const CredentialName& name) {
  Credential credential;
  const auto found = scenario_.secrets.find(name.name);
  if (found != scenario_.secrets.end() && found->second == Scenario::Secret::kMissing) {
    return NotFound("no secret ", name.name);
  }
  if (found != scenario_.secrets.end()) {
    credential.certificate_chain = "not a certificate";
    credential.private_key = SecretText("not a key");
    credential.ca_certificates = "not a certificate";
    return credential;
  }
  if (name.kind != CredentialName::Kind::kConfigMap && name.kind != CredentialName::Kind::kCa) {
    credential.certificate_chain = TestFile("server.pem");
    credential.private_key = SecretText(TestFile("server.key"));
  }
  credential.ca_certificates = TestFile("ca.pem");
  return credential;
}

absl::StatusOr<SecretText> ScenarioCredentials::ReadFile(std::string_view path) {
  if (Contains(path, "key")) return SecretText(TestFile("server.key"));
  if (Contains(path, "ca")) return SecretText(TestFile("ca.pem"));
  return SecretText(TestFile("server.pem"));
}

}  // namespace postern
