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

// A StandInCredentials finds what the configuration, the folder `secrets` and the file system have,
// and for the rest hands out one self-signed certificate, so that a configuration can be tried
// without its secrets. For trying out only: it reads any file that a configuration names. A server
// passes the one folder of its secrets as `root` to MakeConfigCredentials, and lets what is missing
// refuse handshakes.
//
// In `secrets` a Secret is a folder, NAMESPACE/NAME or NAME, with the files tls.crt, tls.key and
// ca.crt, as Kubernetes mounts one; a file that the configuration names stands there under its
// whole path.
class StandInCredentials : public postern::CredentialSource {
 public:
  explicit StandInCredentials(const postern::Config& config, std::string_view secrets = "");

  absl::StatusOr<postern::Credential> Find(const postern::CredentialName& name) override;
  absl::StatusOr<postern::SecretText> ReadFile(std::string_view path) override;

  // missing returns the names and files that were not there.
  const std::vector<std::string>& missing() const { return missing_; }

 private:
  // InSecrets returns the file at `path` of the folder, or nothing.
  std::string InSecrets(std::string_view path);

  std::unique_ptr<postern::CredentialSource> real_;
  std::unique_ptr<postern::CredentialSource> secrets_;  // Null: there is no folder.
  std::string folder_;
  SelfSigned self_signed_;
  std::vector<std::string> missing_;
};

#endif  // POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_
