// Random Gateways of every kind of server, with VirtualServices that half fit them, and credentials
// that half do: for tests of what becomes of conflicts. Routes inside are from random_routes.h.

#ifndef POSTERN_TESTS_SUPPORT_RANDOM_GATEWAYS_H_
#define POSTERN_TESTS_SUPPORT_RANDOM_GATEWAYS_H_

#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "postern/config.h"
#include "postern/credentials.h"
#include "postern/snapshot.h"
#include "tests/support/random_routes.h"

namespace postern {

// A RandomGateways draws from few names, ports and binds, so that servers meet: equal seeds give
// equal draws.
class RandomGateways {
 public:
  explicit RandomGateways(uint64_t seed) : random_(seed), routes_(seed) {}

  // DrawConfig returns Gateways and VirtualServices, most of them valid.
  Config DrawConfig();

  // Options are those of the proxy that most Gateways select. What is invalid is dropped.
  static SnapshotOptions Options();

 private:
  size_t Below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  bool Chance(int percent) { return Below(100) < static_cast<size_t>(percent); }
  std::string Pick(std::initializer_list<const char*> words);

  Server DrawServer(size_t number);
  Gateway DrawGateway(size_t number);
  VirtualService DrawService(size_t number);
  std::vector<RouteDestination> DrawDestination(size_t number);
  Metadata DrawMetadata(std::string name);

  // A Theme makes one kind of server likelier in a whole configuration, so that equals meet.
  enum class Theme { kNone, kTerminated, kPassthrough, kBytes };

  std::mt19937_64 random_;
  RandomRoutes routes_;
  Theme theme_ = Theme::kNone;
};

// A RandomCredentials knows the names that RandomGateways gives to credentials, but for one: some
// fit the hosts, some have expired, soon will, or are not valid yet.
class RandomCredentials : public CredentialSource {
 public:
  RandomCredentials();

  absl::StatusOr<Credential> Find(const CredentialName& name) override;
  absl::StatusOr<SecretText> ReadFile(std::string_view path) override;

 private:
  std::map<std::string, Credential> key_pairs_;
  std::string ca_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_RANDOM_GATEWAYS_H_
