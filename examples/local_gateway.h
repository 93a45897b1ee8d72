// A gateway on the loopback address: a Snapshot, an event loop, and upstreams.

#ifndef POSTERN_EXAMPLES_LOCAL_GATEWAY_H_
#define POSTERN_EXAMPLES_LOCAL_GATEWAY_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "examples/local_upstream.h"
#include "examples/loops/epoll_host.h"
#include "postern/snapshot.h"

// A LocalGateway serves a Snapshot in the thread that calls Run.
class LocalGateway {
 public:
  struct Options {
    // Where an upstream really is, by host and port. The program itself stands in for others that
    // the configuration has no address of.
    std::map<std::pair<std::string, uint16_t>, postern::Address> upstreams;

    // The port to listen on in place of a configured one; 0 lets the system choose, as it does for
    // all others without `serve_ports`. With it, those below 1024 are moved up by 8000.
    std::map<uint16_t, uint16_t> ports;
    bool serve_ports = false;
  };

  LocalGateway(std::shared_ptr<const postern::Snapshot> snapshot, const Options& options);

  // Listen opens a port for each listener.
  absl::Status Listen();

  // Run serves until `stop`; then it lets what is under way end, for two seconds at most.
  void Run(const std::atomic<bool>& stop);

  // Port returns where `listener` is, or 0: it is not.
  uint16_t Port(const postern::ListenerKey& listener) const;

  EpollHost& host() { return host_; }
  // stand_ins returns the names of the upstreams that the program itself stands in for.
  const std::vector<std::string>& stand_ins() const { return stand_ins_; }

 private:
  const Options options_;
  std::vector<std::unique_ptr<LocalUpstream>> upstreams_;
  std::vector<std::string> stand_ins_;
  std::map<postern::ListenerKey, uint16_t> ports_;
  EpollHost host_;
};

#endif  // POSTERN_EXAMPLES_LOCAL_GATEWAY_H_
