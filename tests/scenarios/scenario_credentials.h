// Credentials for scenarios, which name Secrets and files that exist nowhere.

#ifndef POSTERN_TESTS_SCENARIOS_SCENARIO_CREDENTIALS_H_
#define POSTERN_TESTS_SCENARIOS_SCENARIO_CREDENTIALS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "postern/credentials.h"
#include "tests/scenarios/scenario.h"

namespace postern {

// A ScenarioCredentials stands in for every Secret and file with the certificates of
// tests/testdata/certificates, but for the Secrets that a scenario calls missing or invalid.
class ScenarioCredentials : public CredentialSource {
 public:
  explicit ScenarioCredentials(const Scenario& scenario) : scenario_(scenario) {}

  absl::StatusOr<Credential> Find(const CredentialName& name) override;
  absl::StatusOr<SecretText> ReadFile(std::string_view path) override;

 private:
  const Scenario& scenario_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_SCENARIO_CREDENTIALS_H_
