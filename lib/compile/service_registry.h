// The services that the configuration knows: ServiceEntries, and Services of Kubernetes with their
// EndpointSlices. What of them becomes an upstream is for lib/compile/cluster_compiler.

#ifndef POSTERN_COMPILE_SERVICE_REGISTRY_H_
#define POSTERN_COMPILE_SERVICE_REGISTRY_H_

#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/string_map.h"
#include "postern/config.h"
#include "postern/metadata.h"
#include "postern/snapshot.h"

namespace postern {

// A KnownEndpoint is one address of a service, for one of its ports.
struct KnownEndpoint {
  std::string host;
  uint16_t port = 0;
  uint32_t weight = 1;
  std::string locality;
  std::map<std::string, std::string> labels;
};

// A KnownPort is one port of a service.
struct KnownPort {
  uint16_t number = 0;
  bool udp = false;
  bool http2 = false;
  std::string_view name;                 // Of a ServiceEntry's.
  std::vector<KnownEndpoint> endpoints;  // Of a ServiceEntry: only if it is chosen.
};

// A KnownService is one host name that the configuration describes.
struct KnownService {
  std::string host;
  std::string_view kind;  // "ServiceEntry" or "Service".
  const Metadata* metadata = nullptr;
  const SourceMap* source = nullptr;
  const ServiceEntry* entry = nullptr;  // Null for a Service of Kubernetes.
  bool external = false;                // MESH_EXTERNAL, or ExternalName.
  bool to_all = true;                   // Public, not exported to the proxy's namespace alone.
  std::string_view alias;               // Of ExternalName: the name that stands for it.
  bool endpoint_labels = true;  // Endpoints carry labels, so that subsets can choose among them.
  Cluster::Discovery discovery = Cluster::Discovery::kKnown;
  std::vector<KnownPort> ports;

  const KnownPort* Port(uint32_t number) const;
};

// A ServiceRegistry holds the services of `config` that a proxy of the namespace of `options` sees.
class ServiceRegistry {
 public:
  ServiceRegistry(const Config& config, const SnapshotOptions& options);
  ServiceRegistry(const ServiceRegistry&) = delete;
  ServiceRegistry& operator=(const ServiceRegistry&) = delete;

  // Chosen returns the service that the proxy connects to under `host`, or null. Of several, a
  // Service of Kubernetes comes before ServiceEntries, so that none of these can take its name;
  // then what is exported to the proxy's namespace but not to all; then the oldest. It has the
  // ports, too, of the others of its namespace that differ from it in nothing else.
  const KnownService* Chosen(std::string_view host) const;

  // Find returns the service of `host` in namespace `ns` if the first there is one that the proxy
  // sees, else the chosen one.
  const KnownService* Find(std::string_view host, std::string_view ns) const;

  // FindPort is Find among the services of `host` that have the port, if any has.
  const KnownService* FindPort(std::string_view host, std::string_view ns, uint32_t port) const;

  const std::vector<KnownService>& services() const { return services_; }  // All that it sees.
  std::span<const KnownService* const> chosen() const { return chosen_; }  // One for each host.

 private:
  struct Backends;  // What stands behind services, found by their names.

  // The first of the services of one host and namespace: a Service of Kubernetes, else the oldest.
  struct First {
    bool is_entry = false;
    std::optional<std::chrono::sys_seconds> created;
    bool is_hidden = false;
    auto operator<=>(const First&) const = default;
  };

  void AddServiceEntry(const ServiceEntry& entry, bool to_all);
  void AddService(const KubernetesService& service, const std::string& host,
                  const Backends& backends);
  void Claim(const std::string& host, const Metadata& metadata, bool is_entry, bool is_hidden);
  void Choose(const Backends& backends);

  std::vector<KnownService> services_;  // In the order of precedence.
  StringMap<std::vector<size_t>> by_host_;
  StringMap<First> firsts_;            // By "namespace/host", seen or not.
  std::deque<KnownService> merged_;    // Of several ServiceEntries.
  std::vector<KnownService*> chosen_;  // Of services_ or merged_.
  StringMap<size_t> chosen_by_host_;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_SERVICE_REGISTRY_H_
