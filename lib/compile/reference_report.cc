#include "lib/compile/reference_report.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"
#include "lib/compile/cluster_compiler.h"
#include "lib/compile/destination_rules.h"
#include "lib/compile/select.h"
#include "lib/compile/service_registry.h"
#include "lib/match/host_names.h"
#include "lib/model/resource_name.h"

namespace postern {
namespace {

// A View is what the namespace `ns` sees. It borrows.
class View {
 public:
  View(std::string_view ns, const ServiceRegistry& services, const DestinationRules& rules)
      : ns_(ns), services_(services), rules_(rules) {
    for (const KnownService& service : services.services()) {
      if (IsWildcardHost(service.host)) wildcards_.push_back(&service);
    }
  }

  // Find returns the service of `host`, itself or as one of a ServiceEntry's wildcard; of several
  // one that has the port, if that is not 0.
  const KnownService* Find(std::string_view host, std::string_view ns, uint32_t port = 0) const {
    if (const KnownService* exact = services_.FindPort(host, ns, port)) return exact;
    for (const KnownService* wildcard : wildcards_) {
      if (HostIsSubset(host, wildcard->host)) return wildcard;
    }
    return nullptr;
  }

  // Holds returns whether a service is one of the wildcard `host`.
  bool Holds(std::string_view host) const {
    return IsWildcardHost(host) &&
           std::any_of(
               services_.services().begin(), services_.services().end(),
               [host](const KnownService& service) { return HostIsSubset(service.host, host); });
  }

  bool empty() const { return services_.services().empty(); }
  std::string_view ns() const { return ns_; }
  const DestinationRules& rules() const { return rules_; }

 private:
  const std::string ns_;
  const ServiceRegistry& services_;
  const DestinationRules& rules_;
  std::vector<const KnownService*> wildcards_;
};

// A Registries is what another namespace than the proxy's sees.
struct Registries {
  Registries(const Config& config, const SnapshotOptions& options)
      : services(config, options), rules(config, options), view(options.ns, services, rules) {}

  ServiceRegistry services;
  DestinationRules rules;
  View view;
};

std::string PortsText(const KnownService& service) {
  std::string text;
  for (const KnownPort& port : service.ports) {
    StrAppend(&text, text.empty() ? "" : ", ", int{port.number});
  }
  return text;
}

bool NamesGateway(const VirtualService& service) {
  return std::any_of(service.gateways.begin(), service.gateways.end(),
                     [](const std::string& gateway) { return gateway != kMeshGateway; });
}

// A Reporter asks, for each destination, what its VirtualService's readers see.
class Reporter {
 public:
  Reporter(bool lints, CompileState& state)
      : lints_(lints),
        state_(state),
        proxy_(state.options.ns, state.clusters->services(), state.clusters->rules()) {
    for (const DestinationRule& rule : state.config.destination_rules) {
      rules_of_host_[ResolveShortHost(rule.host, rule.metadata.ns, state.options.cluster_domain)]
          .Add(rule);
    }
  }

  void Run() {
    for (const VirtualService& service : state_.config.virtual_services) {
      const bool gateway = NamesGateway(service);
      if (!lints_ && !gateway && !service.hosts.empty()) continue;
      service_ = &service;
      views_of_service_.clear();
      if (gateway || !lints_) {
        views_of_service_.push_back(&proxy_);
      } else {
        AddViewsOf(service);
      }
      ReportService();
    }
  }

  // RunRules asks the same for each DestinationRule, and what Pods its subsets choose.
  void RunRules(std::span<const ProxyIdentity> proxies) {
    std::vector<const ProxyIdentity*> pods;
    for (const ProxyIdentity& proxy : proxies) {
      if (proxy.is_pod) pods.push_back(&proxy);
    }
    for (const DestinationRule& rule : state_.config.destination_rules) {
      const std::string& ns = rule.metadata.ns;
      const std::string host = ResolveShortHost(rule.host, ns, state_.options.cluster_domain);
      const View& view = ViewOf(ns);
      const KnownService* service = view.Find(host, ns);
      if (service == nullptr && !view.empty() && !view.Holds(host)) {
        state_.Report(
            kDestinationRuleHostUnknown, Origin(rule, "spec.host"),
            StrCat("no service that namespace ", Quote(ns), " sees is called ", Quote(host)));
      } else if (!pods.empty()) {
        ReportPodless(rule, service, pods);
      }
    }
  }

 private:
  const View& ViewOf(std::string_view ns) {
    if (ns == state_.options.ns) return proxy_;
    std::unique_ptr<Registries>& registries = others_[std::string(ns)];
    if (registries == nullptr) {
      SnapshotOptions options = state_.options;
      options.ns = ns;
      registries = std::make_unique<Registries>(state_.config, options);
    }
    return registries->view;
  }

  void AddViewsOf(const VirtualService& service) {
    for (const std::string& to : service.export_to) {
      if (to != "." && to != "*" && to != "~") views_of_service_.push_back(&ViewOf(to));
    }
    if (views_of_service_.empty()) views_of_service_.push_back(&ViewOf(service.metadata.ns));
  }

  Provenance Origin(std::string_view path) {
    return state_.Origin("VirtualService", service_->metadata, service_->source, path);
  }

  Provenance Origin(const DestinationRule& rule, std::string_view path) {
    return state_.Origin("DestinationRule", rule.metadata, rule.source, path);
  }

  // ReportPodless reports the subsets that none of `pods` is of, for a `service` that may be null.
  void ReportPodless(const DestinationRule& rule, const KnownService* service,
                     const std::vector<const ProxyIdentity*>& pods) {
    std::map<std::string, std::string> selector;
    for (const ServiceEntry& entry : state_.config.service_entries) {
      if (service == nullptr || service->metadata != &entry.metadata) continue;
      if (entry.workload_selector) selector = entry.workload_selector->labels;
    }
    for (size_t i = 0; i < rule.subsets.size(); ++i) {
      std::map<std::string, std::string> labels = rule.subsets[i].labels;
      labels.insert(selector.begin(), selector.end());
      const auto is_of = [&labels](const ProxyIdentity* pod) {
        return IsSelected(labels, pod->labels);
      };
      if (std::any_of(pods.begin(), pods.end(), is_of)) continue;
      state_.Report(kDestinationRuleSubsetPodless, Origin(rule, StrCat("spec.subsets[", i, "]")),
                    StrCat("no Pod has the labels of subset ", Quote(rule.subsets[i].name)));
    }
  }

  void ReportService() {
    for (size_t i = 0; i < service_->http.size(); ++i) {
      const HttpRoute& rule = service_->http[i];
      const std::string at = StrCat("spec.http[", i, "]");
      ReportRoute(rule.route, at);
      if (rule.mirror) Report(*rule.mirror, StrCat(at, ".mirror"));
      for (size_t k = 0; k < rule.mirrors.size(); ++k) {
        if (!rule.mirrors[k].destination) continue;
        Report(*rule.mirrors[k].destination, StrCat(at, ".mirrors[", k, "].destination"));
      }
    }
    for (size_t i = 0; i < service_->tls.size(); ++i) {
      ReportRoute(service_->tls[i].route, StrCat("spec.tls[", i, "]"));
    }
    for (size_t i = 0; i < service_->tcp.size(); ++i) {
      ReportRoute(service_->tcp[i].route, StrCat("spec.tcp[", i, "]"));
    }
  }

  template <typename Route>
  void ReportRoute(const std::vector<Route>& route, std::string_view at) {
    for (size_t i = 0; i < route.size(); ++i) {
      if (!route[i].destination) continue;
      Report(*route[i].destination, StrCat(at, ".route[", i, "].destination"));
    }
  }

  void Report(const Destination& destination, std::string path) {
    const std::string& ns = service_->metadata.ns;
    const std::string host = ResolveShortHost(destination.host, ns, state_.options.cluster_domain);
    bool subset_reported = destination.subset.empty();
    for (const View* view : views_of_service_) {
      const uint32_t port = destination.port ? destination.port->number : 0;
      const KnownService* service = view->Find(host, ns, port);
      if (!subset_reported && !KnowsSubset(*view, host, service, destination.subset)) {
        subset_reported = true;
        state_.Report(kDestinationSubsetUnknown, Origin(path),
                      StrCat("no DestinationRule of ", Quote(host), " has a subset ",
                             Quote(destination.subset)));
      }
      if (service == nullptr) {
        if (!lints_ || view->empty()) continue;
        state_.Report(kDestinationHostUnknown, Origin(path),
                      StrCat("no service that namespace ", Quote(view->ns()), " sees is called ",
                             Quote(host)));
        return;
      }
      if (ReportPort(*service, destination, path)) return;
    }
  }

  bool ReportPort(const KnownService& service, const Destination& destination,
                  std::string_view path) {
    if (destination.port && destination.port->number != 0) {
      const uint32_t port = destination.port->number;
      if (service.ports.empty() || service.Port(port) != nullptr) return false;
      state_.Report(kDestinationPortUnknown, Origin(path),
                    StrCat("service ", Quote(service.host), " has no port ", port, ", only ",
                           PortsText(service)));
      return true;
    }
    if (service.ports.size() < 2) return false;
    state_.Report(kDestinationPortAmbiguous, Origin(path),
                  StrCat("service ", Quote(service.host), " has ports ", PortsText(service),
                         ", and the destination names none: the port of the Gateway is taken"));
    return true;
  }

  // KnowsSubset returns whether `host`, or what it stands for, may have `subset`: for lint, if any
  // DestinationRule of the configuration gives it one.
  bool KnowsSubset(const View& view, std::string_view host, const KnownService* service,
                   std::string_view subset) const {
    const auto has = [this, subset](std::string_view name) {
      const auto rules = rules_of_host_.find(name);
      return rules != rules_of_host_.end() && rules->second.FindSubset(subset) != nullptr;
    };
    const std::string_view alias = service != nullptr ? service->alias : std::string_view();
    if (lints_) return has(host) || (!alias.empty() && has(alias));
    const std::string_view ns =
        service != nullptr ? std::string_view(service->metadata->ns) : service_->metadata.ns;
    const RuleSet* rules = view.rules().Find(alias.empty() ? host : alias, ns);
    // Where nothing describes the service, the host may know its subsets.
    return rules == nullptr || rules->FindSubset(subset) != nullptr;
  }

  const bool lints_;
  CompileState& state_;
  const View proxy_;
  std::map<std::string, std::unique_ptr<Registries>> others_;  // By namespace.
  StringMap<RuleSet> rules_of_host_;                           // Whoever sees them.
  const VirtualService* service_ = nullptr;
  std::vector<const View*> views_of_service_;
};

// ReportUnverified reports TLS to upstreams without a CA of their own, as Istio's analyzer does:
// what any of the system's CAs has signed will do, or anything at all.
void ReportUnverified(CompileState& state) {
  for (const DestinationRule& rule : state.config.destination_rules) {
    if (!rule.traffic_policy) continue;
    const auto report = [&](const auto& tls, std::string_view path) {
      using Mode = ClientTlsSettings::TlsMode;
      if (!tls || (tls->mode != Mode::kSimple && tls->mode != Mode::kMutual)) return;
      if (!tls->ca_certificates.empty()) return;
      if (!tls->credential_name.empty() && rule.workload_selector) return;
      const bool skips = tls->insecure_skip_verify.value_or(false);
      state.Report(kDestinationRuleTlsUnverified,
                   state.Origin("DestinationRule", rule.metadata, rule.source, path),
                   StrCat("no caCertificates: the certificate of ", Quote(rule.host),
                          skips ? " is not verified" : " may be of any of the system's CAs"));
    };
    report(rule.traffic_policy->tls, "spec.trafficPolicy.tls");
    const auto& ports = rule.traffic_policy->port_level_settings;
    for (size_t i = 0; i < ports.size(); ++i) {
      report(ports[i].tls, StrCat("spec.trafficPolicy.portLevelSettings[", i, "].tls"));
    }
  }
}

}  // namespace

void ReportUpstreams(CompileState& state) { Reporter(/*lints=*/false, state).Run(); }

void ReportReferences(CompileState& state, std::span<const ProxyIdentity> proxies) {
  Reporter reporter(/*lints=*/true, state);
  reporter.Run();
  reporter.RunRules(proxies);
  ReportUnverified(state);
}

}  // namespace postern
