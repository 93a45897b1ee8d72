// What a `credentialName` stands for by Istio's rules. Finding the credential is left to
// lib/compile/credential_loader.

#ifndef POSTERN_COMPILE_CREDENTIAL_NAMES_H_
#define POSTERN_COMPILE_CREDENTIAL_NAMES_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/credentials.h"

namespace postern {

// CandidateNames are asked for in order until one is not NotFound.
using CandidateNames = std::vector<CredentialName>;

// KeyPairNames returns what `credential_name` of a server stands for in a proxy of namespace
// `proxy_namespace`. PermissionDenied for another namespace's Secret, InvalidArgument for a name
// that can never be a certificate with its key: "...-cacert", "configmap://...".
absl::StatusOr<CandidateNames> KeyPairNames(std::string_view credential_name,
                                            std::string_view proxy_namespace);

// CaNames returns where the CA bundle is of a server whose (first) credential name is
// `credential_name`: in the Secret "<credential_name>-cacert" or that of the name itself.
absl::StatusOr<CandidateNames> CaNames(std::string_view credential_name,
                                       std::string_view proxy_namespace);

// ExplicitCaNames returns what a `caCertCredentialName` stands for, whose text must end in
// "-cacert" or begin with "configmap://" or the like: InvalidArgument otherwise.
absl::StatusOr<CandidateNames> ExplicitCaNames(std::string_view ca_cert_credential_name,
                                               std::string_view proxy_namespace);

}  // namespace postern

#endif  // POSTERN_COMPILE_CREDENTIAL_NAMES_H_
