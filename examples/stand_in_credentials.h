// Credentials for a configuration whose Secrets and files are somewhere else.

#ifndef POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_
#define POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "examples/self_signed.h"
#include "postern/config.h"
#include "postern/credentials.h"

// A StandInCredentials finds what the configuration and the file system have, and for the rest
// hands out one self-signed certificate, so that a configuration can be tried without its secrets.
class StandInCredentials : public postern::CredentialSource {
 public:
  explicit StandInCredentials(const postern::Config& config);

  absl::StatusOr<postern::Credential> Find(const postern::CredentialName& name) override;
  absl::StatusOr<postern::SecretText> ReadFile(std::string_view path) override;

  // missing returns the names and files that were not there.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  std::unique_ptr<postern::CredentialSource> real_;
  SelfSigned self_signed_;
  std::vector<std::string> missing_;
};

#endif  // POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_
