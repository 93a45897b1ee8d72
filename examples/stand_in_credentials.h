// Credentials for a configuration whose Secrets and files are somewhere else.

#ifndef POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_
#define POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "examples/self_signed.h"
#include "postern/config.h"
#include "postern/credentials.h"

// A StandInCredentials finds what the configuration, the folder `secrets` and the file system have,
// and for the rest hands out one self-signed certificate, as a CA too, so that a configuration can
// be tried without its secrets; a CRL that is not there revokes nothing. For trying out only: it
// reads any file that a configuration names. A server passes the one folder of its secrets as
// `root` to MakeConfigCredentials, and lets what is missing refuse handshakes.
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

  // AnotherIsThere returns whether the library, told that `name` is missing, goes on to one that is
  // there: "web" for the CA "web-cacert", a Secret for an external credential.
  bool AnotherIsThere(const postern::CredentialName& name);

  // NoteFiles notes which files of `policy` are no certificates.
  void NoteFiles(const postern::TrafficPolicy& policy);

  void NoteMissing(std::string name);

  std::unique_ptr<postern::CredentialSource> real_;
  std::unique_ptr<postern::CredentialSource> secrets_;  // Null: there is no folder.
  std::string folder_;
  SelfSigned self_signed_;
  std::set<std::string> secret_names_;  // Of the configuration, of any namespace.
  std::set<std::string> key_files_;
  std::set<std::string> crl_files_;
  std::vector<std::string> missing_;
};

#endif  // POSTERN_EXAMPLES_STAND_IN_CREDENTIALS_H_
