// What came of one probe, whoever found out: the decision functions alone, or a whole Engine.
// Judging it is for expectation.h.

#ifndef POSTERN_TESTS_SCENARIOS_OUTCOME_H_
#define POSTERN_TESTS_SCENARIOS_OUTCOME_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postern {

// A Headers is the fields of a message in order, names in lower case.
using HeaderLines = std::vector<std::pair<std::string, std::string>>;

// An Outcome holds what an executor could see; the rest is absent.
struct Outcome {
  struct Destination {
    std::string host;
    uint16_t port = 0;
    std::string subset;

    friend bool operator==(const Destination&, const Destination&) = default;
    friend auto operator<=>(const Destination&, const Destination&) = default;
  };

  struct Mirror {
    Destination destination;
    double percentage = 100;
  };

  struct Retry {
    uint32_t attempts = 0;
    std::vector<std::string> on;
    std::vector<int64_t> codes;
    int64_t per_try_timeout_ms = 0;
  };

  // What came of each failure of retry_trial.h.
  struct Retries {
    std::map<std::string, uint32_t> made;
    int64_t per_try_timeout_ms = 0;
  };

  // What must not be, whatever is expected; empty if all is well.
  std::vector<std::string> wrong;
  // What this executor cannot see in this case, expectations by their keys, and why.
  std::map<std::string, std::string> unseen;

  std::string close;  // "no_listener", ...; empty: the connection was served.
  std::optional<bool> tls_terminated;

  // An answer of the gateway's own.
  std::optional<int> status;
  std::optional<std::string> location;
  std::optional<std::string> body;
  std::optional<HeaderLines> response_headers;

  // Where the connection or the request went, and as what.
  std::optional<Destination> destination;
  std::optional<std::string> upstream_path;
  std::optional<std::string> upstream_authority;
  std::optional<HeaderLines> upstream_headers;
  uint64_t random = 0;       // That chose it.
  bool unreachable = false;  // There is no such cluster, or no endpoint of it.
  std::optional<std::vector<Mirror>> mirrors;
  std::optional<std::vector<Destination>> copies;  // Those that `random` has made.
  std::optional<int64_t> timeout_ms;
  bool retries_disabled = false;
  std::optional<Retry> retry;
  std::optional<Retries> retries;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_OUTCOME_H_
