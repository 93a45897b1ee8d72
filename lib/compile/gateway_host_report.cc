#include "lib/compile/gateway_host_report.h"

#include <string>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/bind.h"
#include "lib/compile/binding_report.h"
#include "lib/compile/merge.h"
#include "lib/compile/virtual_service_resolver.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

namespace postern {

void ReportGatewayHosts(CompileState& state) {
  std::vector<ResolvedVirtualService> services;
  for (const VirtualService& service : state.config.virtual_services) {
    services.push_back(ResolveNames(service, state.options));
  }
  const Binder binder(services);
  StringMap<std::vector<bool>> bound;  // By Gateway: which of `services` it takes.
  for (const Gateway& gateway : state.config.gateways) {
    std::vector<bool>& of = bound[QualifiedName(gateway.metadata)];
    of.resize(services.size());
    for (size_t i = 0; i < gateway.servers.size(); ++i) {
      const Server& declared = gateway.servers[i];
      const MergedServer server{
          {&gateway, i}, ResolveServerHosts(declared.hosts, gateway.metadata.ns), 0, ""};
      for (const Binding& binding : binder.Bind(server)) of[binding.service] = true;
    }
  }
  for (size_t i = 0; i < services.size(); ++i) {
    const VirtualService& service = *services[i].source;
    for (size_t k = 0; k < service.gateways.size() && !service.hosts.empty(); ++k) {
      const std::string name = ResolveGatewayName(service.gateways[k], service.metadata.ns);
      const auto gateway = bound.find(name);
      if (service.gateways[k] == kMeshGateway || gateway == bound.end() || gateway->second[i])
        continue;
      if (IsInternalGateway(name)) continue;
      state.Report(kVirtualServiceGatewayHostless,
                   state.Origin("VirtualService", service.metadata, service.source,
                                StrCat("spec.gateways[", k, "]")),
                   StrCat("no server of Gateway ", Quote(name),
                          " exposes one of its hosts to its namespace"));
    }
  }
}

}  // namespace postern
