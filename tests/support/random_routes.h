// Random Gateways, VirtualServices and requests that mean something to each other, for tests that
// compare two ways to route them.

#ifndef POSTERN_TESTS_SUPPORT_RANDOM_ROUTES_H_
#define POSTERN_TESTS_SUPPORT_RANDOM_ROUTES_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>

#include "postern/config.h"
#include "tests/support/route_oracle.h"

namespace postern {

// A RandomRoutes draws from a few words each, so that requests often fit: equal seeds give equal
// draws.
class RandomRoutes {
 public:
  explicit RandomRoutes(uint64_t seed) : random_(seed) {}

  // DrawConfig returns plaintext HTTP Gateways on port 80 and VirtualServices of two namespaces.
  // Each rule and each match has a name of its own.
  Config DrawConfig();

  // DrawRule returns a rule with up to three matches, or rarely none.
  HttpRoute DrawRule(size_t number);

  OracleRequest DrawRequest();

 private:
  size_t Below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  bool Chance(int percent) { return Below(100) < static_cast<size_t>(percent); }
  std::string Pick(std::initializer_list<const char*> words);

  StringMatch DrawText(std::initializer_list<const char*> words,
                       std::initializer_list<const char*> expressions);
  StringMatch DrawUri();
  HttpMatchRequest DrawMatch(size_t number);
  VirtualService DrawService(size_t number);

  std::mt19937_64 random_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_RANDOM_ROUTES_H_
