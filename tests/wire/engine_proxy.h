// A whole Engine, in memory, as the proxy that the wire cases are run against: every host and path
// goes to one upstream, and nothing but the edge profile is set.

#ifndef POSTERN_TESTS_WIRE_ENGINE_PROXY_H_
#define POSTERN_TESTS_WIRE_ENGINE_PROXY_H_

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/engine_harness.h"
#include "tests/wire/wire_proxy.h"

namespace postern {

// EdgeOptions returns what the wire cases are written for (wire_cases/README.md).
SnapshotOptions EdgeOptions();

// EngineProxySnapshot returns what an EngineProxy runs: each of the few that there are, built once.
std::shared_ptr<const Snapshot> EngineProxySnapshot(const SnapshotOptions& options);

// An EngineProxy shows the connections of its upstream as one: what is written to a later one
// stands behind what was written to those before it.
class EngineProxy : public WireProxy {
 public:
  explicit EngineProxy(const SnapshotOptions& options = EdgeOptions());

  void FromClient(std::string_view bytes) override;
  void ClientEnd() override;
  void FromUpstream(std::string_view bytes) override;
  void UpstreamEnd() override;
  std::string ForwardedPath(std::string_view path) const override;
  std::string_view level() const override { return "engine"; }
  bool sends_at_once() const override { return false; }

 private:
  static EngineHarness::Options Options();
  void Look();

  EngineHarness harness_;
  ConnectionId client_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_ENGINE_PROXY_H_
