#include "examples/local_gateway.h"

#include <chrono>
#include <span>

namespace {

constexpr int kTurnMs = 20;

}  // namespace

LocalGateway::LocalGateway(std::shared_ptr<const postern::Snapshot> snapshot,
                           const Options& options)
    : options_(options), host_(snapshot) {
  postern::Engine& engine = host_.engine();
  for (const auto& [name, address] : options.upstreams) {
    postern::Endpoint endpoint;
    endpoint.address = address;
    engine.SetEndpoints(engine.now(), name.first, name.second, {&endpoint, 1});
  }
  for (const postern::Cluster& cluster : snapshot->clusters()) {
    const bool known = cluster.discovery == postern::Cluster::Discovery::kKnown;
    if (known || options.upstreams.contains({cluster.host, cluster.port})) continue;
    stand_ins_.push_back(cluster.host + ":" + std::to_string(cluster.port));
    upstreams_.push_back(std::make_unique<LocalUpstream>(stand_ins_.back()));
    engine.Serve(cluster.host, cluster.port, upstreams_.back().get());
  }
}

absl::Status LocalGateway::Listen() {
  for (const postern::Listener& listener : host_.engine().snapshot()->listeners()) {
    uint16_t port = listener.key.port;
    if (const auto mapped = options_.ports.find(port); mapped != options_.ports.end()) {
      port = mapped->second;
    } else if (!options_.serve_ports) {
      port = 0;
    } else if (port < 1024) {
      port += 8000;
    }
    const auto opened = host_.Listen(listener.key, postern::Address::Ipv4({127, 0, 0, 1}, port));
    if (!opened.ok()) return opened.status();
    ports_[listener.key] = *opened;
  }
  return absl::OkStatus();
}

void LocalGateway::Run(const std::atomic<bool>& stop) {
  while (!stop) host_.Turn(kTurnMs);
  postern::Engine& engine = host_.engine();
  const postern::TimePoint now = std::chrono::steady_clock::now();
  host_.StopListening();
  engine.Drain(now, now + std::chrono::seconds(2));
  while (engine.connections() > 0) host_.Turn(kTurnMs);
}

uint16_t LocalGateway::Port(const postern::ListenerKey& listener) const {
  const auto found = ports_.find(listener);
  return found == ports_.end() ? 0 : found->second;
}
