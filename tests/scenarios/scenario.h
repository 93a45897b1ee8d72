// One file of tests/testdata/scenarios as values, in the form of dataplane.md section 8.1. Running
// its probes is for the executors, judging what came of them for expectation.h.

#ifndef POSTERN_TESTS_SCENARIOS_SCENARIO_H_
#define POSTERN_TESTS_SCENARIOS_SCENARIO_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "postern/decision.h"
#include "postern/snapshot.h"
#include "tests/support/case_reader.h"

namespace postern {

// A ScenarioProbe is one connection, with or without a request on it, and what must come of it.
struct ScenarioProbe {
  enum class ClientCertificate { kNone, kValid, kUntrusted };

  struct Tls {
    std::string sni;
    std::vector<std::string> alpn;
    ClientCertificate certificate = ClientCertificate::kNone;
  };

  struct Http {
    std::string method;
    std::string authority;
    std::string path;
    std::vector<std::pair<std::string, std::string>> headers;  // Names in lower case.
    bool http_10 = false;
  };

  std::string title;  // "probe 3, line 71: default route".
  ListenerKey listener;
  std::string client_ip;
  std::optional<Tls> tls;
  std::optional<Http> http;
  CaseNode expect;
};

// A Scenario is a configuration, the proxy that it is for, and probes.
struct Scenario {
  enum class Secret { kMissing, kInvalid };

  std::string name;
  std::optional<int64_t> rejected_servers;
  SnapshotOptions options;
  std::map<std::string, Secret> secrets;  // By credential name; all others are valid.
  std::string resources;
  std::vector<ScenarioProbe> probes;

  // Read returns the scenario of `file`. `problems` gets what the file says that is not understood.
  static Scenario Read(const std::string& file, std::vector<std::string>* problems);
};

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_SCENARIO_H_
