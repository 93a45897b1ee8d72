#include "lib/compile/virtual_service_report.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

// A Choice is a destination with a subset, in a VirtualService whose `hosts` hold its host.
struct Choice {
  const VirtualService* service;
  size_t rule;
  size_t destination;
};

Provenance OriginOf(const VirtualService& service, std::string_view path, CompileState& state) {
  return state.Origin("VirtualService", service.metadata, service.source, path);
}

std::string DestinationPath(size_t rule, size_t destination) {
  return StrCat("spec.http[", rule, "].route[", destination, "].destination");
}

bool NamesGateway(const VirtualService& service) {
  return std::any_of(service.gateways.begin(), service.gateways.end(),
                     [](const std::string& gateway) { return gateway != kMeshGateway; });
}

void ReportDeprecated(const VirtualService& service, CompileState& state) {
  for (size_t i = 0; i < service.http.size(); ++i) {
    const Boxed<HttpFaultInjection>& fault = service.http[i].fault;
    if (!fault || !fault->delay || fault->delay->percent <= 0) continue;
    state.Report(kHttpFaultDelayPercentDeprecated,
                 OriginOf(service, StrCat("spec.http[", i, "].fault.delay.percent"), state),
                 "\"percent\" is deprecated in favour of \"percentage\"");
  }
}

// Visit calls `visit` with the numbers and the text of each destination of the http rules.
template <typename Visitor>
void Visit(const VirtualService& service, const Visitor& visit) {
  for (size_t i = 0; i < service.http.size(); ++i) {
    for (size_t k = 0; k < service.http[i].route.size(); ++k) {
      const Boxed<Destination>& destination = service.http[i].route[k].destination;
      if (destination) visit(i, k, *destination);
    }
  }
}

// ChoicesOf returns the choices by host as it is written, of each VirtualService the first.
StringMap<std::vector<Choice>> ChoicesOf(const Config& config) {
  StringMap<std::vector<Choice>> choices;
  for (const VirtualService& service : config.virtual_services) {
    Visit(service, [&](size_t rule, size_t number, const Destination& destination) {
      if (destination.subset.empty()) return;
      const std::vector<std::string>& hosts = service.hosts;
      if (std::find(hosts.begin(), hosts.end(), destination.host) == hosts.end()) return;
      std::vector<Choice>& of_host = choices[destination.host];
      if (!of_host.empty() && of_host.back().service == &service) return;
      of_host.push_back({&service, rule, number});
    });
  }
  return choices;
}

void ReportChoices(const VirtualService& service, const StringMap<std::vector<Choice>>& choices,
                   CompileState& state) {
  if (!NamesGateway(service)) return;
  Visit(service, [&](size_t rule, size_t number, const Destination& destination) {
    const auto of_host = choices.find(destination.host);
    if (!destination.subset.empty() || of_host == choices.end()) return;
    for (const Choice& choice : of_host->second) {
      if (choice.service == &service) continue;
      state.ReportLoss(
          kDestinationSubsetElsewhere, OriginOf(service, DestinationPath(rule, number), state),
          StrCat("has no subset: what another VirtualService chooses for ", Quote(destination.host),
                 " does not hold for requests of a gateway"),
          OriginOf(*choice.service, DestinationPath(choice.rule, choice.destination), state));
    }
  });
}

}  // namespace

void ReportVirtualServices(CompileState& state) {
  const StringMap<std::vector<Choice>> choices = ChoicesOf(state.config);
  for (const VirtualService& service : state.config.virtual_services) {
    ReportDeprecated(service, state);
    ReportChoices(service, choices, state);
  }
}

}  // namespace postern
