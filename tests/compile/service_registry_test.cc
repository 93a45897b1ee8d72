#include "lib/compile/service_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "lib/compile/destination_rules.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsNull;
using testing::NotNull;

SnapshotOptions Options() {
  SnapshotOptions options;
  options.ns = "gateways";
  options.labels = {{"istio", "ingressgateway"}};
  return options;
}

Config Read(std::string_view yaml) {
  Config config = Config::FromYaml(yaml);
  EXPECT_THAT(config.findings, IsEmpty());
  return config;
}

std::vector<std::string> Hosts(const KnownService* service, uint32_t port) {
  std::vector<std::string> hosts;
  if (service == nullptr || service->Port(port) == nullptr) return hosts;
  for (const KnownEndpoint& endpoint : service->Port(port)->endpoints) {
    hosts.push_back(endpoint.host);
  }
  return hosts;
}

// Both are labels of the endpoint, and a selector may ask for either.
TEST(ServiceRegistryTest, LabelsOfAWorkloadsMetadataWin) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: s, namespace: apps}
spec:
  hosts: [shop.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: shop, tier: front}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: chosen, namespace: apps, labels: {app: shop, version: v2}}
spec: {address: 192.0.2.1, labels: {tier: front, version: v1}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: other, namespace: apps, labels: {app: other}}
spec: {address: 192.0.2.2, labels: {app: shop, tier: front}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: elsewhere, namespace: elsewhere, labels: {app: shop, tier: front}}
spec: {address: 192.0.2.3}
)");
  const ServiceRegistry registry(config, Options());
  const KnownService* service = registry.Find("shop.com", "apps");
  ASSERT_THAT(Hosts(service, 80), ElementsAre("192.0.2.1"));
  EXPECT_EQ(service->Port(80)->endpoints.front().labels.at("version"), "v2");
}

TEST(ServiceRegistryTest, EndpointsOfAServiceAreThoseOfItsSlices) {
  const Config config = Read(R"(
apiVersion: v1
kind: Service
metadata: {name: s, namespace: apps}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: other}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s1, namespace: apps, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [192.0.2.1]}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s2, namespace: apps, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [192.0.2.2]}]
)");
  const ServiceRegistry registry(config, Options());
  EXPECT_THAT(Hosts(registry.Find("s.apps.svc.cluster.local", ""), 80),
              ElementsAre("192.0.2.1", "192.0.2.2"));
  EXPECT_THAT(Hosts(registry.Find("s.other.svc.cluster.local", ""), 80), IsEmpty());
}

// By the names of their ports, as in Istio, even if the proxy does not see all of them.
TEST(ServiceRegistryTest, EntriesOfOneHostAndNamespaceShareEndpoints) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  hosts: [e.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 192.0.2.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: apps, creationTimestamp: '2026-01-02T00:00:00Z'}
spec:
  hosts: [e.com]
  resolution: STATIC
  ports: [{number: 80, name: web, protocol: HTTP}, {number: 81, name: more, protocol: HTTP}]
  endpoints: [{address: 192.0.2.2}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: hidden, namespace: apps}
spec:
  hosts: [e.com]
  resolution: STATIC
  exportTo: [.]
  ports: [{number: 82, name: http, protocol: HTTP}]
  endpoints: [{address: 192.0.2.3}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: elsewhere, namespace: elsewhere}
spec:
  hosts: [e.com]
  resolution: STATIC
  exportTo: [apps]
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 192.0.2.4}]
)");
  const ServiceRegistry registry(config, Options());
  const KnownService* service = registry.Chosen("e.com");
  EXPECT_THAT(Hosts(service, 80), testing::UnorderedElementsAre("192.0.2.1", "192.0.2.3"));
  EXPECT_THAT(Hosts(service, 81), ElementsAre("192.0.2.2"));
  EXPECT_THAT(Hosts(service, 82), IsEmpty());
}

// Of a host that is resolved Istio finds endpoints by their ports' numbers, of others by their
// names, and then takes addresses alone.
TEST(ServiceRegistryTest, EntriesShareEndpointsByTheResolutionOfTheChosen) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  hosts: [dns.com]
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: a.net}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: b, namespace: apps, creationTimestamp: '2026-01-02T00:00:00Z'}
spec:
  hosts: [dns.com]
  resolution: DNS
  ports: [{number: 81, name: http, protocol: HTTP}]
  endpoints: [{address: b.net}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: c, namespace: apps, creationTimestamp: '2026-01-03T00:00:00Z'}
spec:
  hosts: [dns.com]
  resolution: STATIC
  ports: [{number: 80, name: web, protocol: HTTP}]
  endpoints: [{address: 192.0.2.1}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: d, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  hosts: [static.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  endpoints: [{address: 192.0.2.2}, {address: unix:///run/s}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: e, namespace: apps, creationTimestamp: '2026-01-02T00:00:00Z'}
spec:
  hosts: [static.com]
  resolution: DNS
  ports: [{number: 81, name: http, protocol: HTTP}]
  endpoints: [{address: e.net}, {address: 192.0.2.3}]
)");
  const ServiceRegistry registry(config, Options());
  EXPECT_THAT(Hosts(registry.Chosen("dns.com"), 80),
              testing::UnorderedElementsAre("a.net", "192.0.2.1"));
  EXPECT_THAT(Hosts(registry.Chosen("dns.com"), 81), ElementsAre("b.net"));
  EXPECT_THAT(Hosts(registry.Chosen("static.com"), 80),
              testing::UnorderedElementsAre("192.0.2.2", "unix:///run/s", "192.0.2.3"));
}

// What it selects beside its Pods, at the ports that they name.
TEST(ServiceRegistryTest, AServiceSelectsWorkloadsToo) {
  const Config config = Read(R"(
apiVersion: v1
kind: Service
metadata: {name: s, namespace: apps}
spec:
  selector: {app: a}
  ports:
  - {name: http, port: 80, targetPort: 8080}
  - {name: named, port: 81, targetPort: web}
---
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: apps}
spec: {clusterIP: None, selector: {app: a}, ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s1, namespace: apps, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [192.0.2.1]}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: h1, namespace: apps, labels: {kubernetes.io/service-name: headless}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [192.0.2.2]}]
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: plain, namespace: apps}
spec: {address: 192.0.2.3, labels: {app: a}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: named, namespace: apps}
spec: {address: 192.0.2.4, labels: {app: a}, ports: {http: 9090, web: 9091}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: resolved, namespace: apps}
spec: {address: w.example.com, labels: {app: a}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: elsewhere, namespace: elsewhere}
spec: {address: 192.0.2.5, labels: {app: a}}
)");
  const ServiceRegistry registry(config, Options());
  const KnownService* service = registry.Chosen("s.apps.svc.cluster.local");
  ASSERT_THAT(Hosts(service, 80), ElementsAre("192.0.2.1", "192.0.2.3", "192.0.2.4"));
  EXPECT_EQ(service->Port(80)->endpoints[1].port, 8080);
  EXPECT_EQ(service->Port(80)->endpoints[2].port, 9090);
  ASSERT_THAT(Hosts(service, 81), ElementsAre("192.0.2.4"));
  EXPECT_EQ(service->Port(81)->endpoints.front().port, 9091);
  EXPECT_THAT(Hosts(registry.Chosen("headless.apps.svc.cluster.local"), 80),
              ElementsAre("192.0.2.2"));
}

// An older entry that the proxy does not see leaves no other of its namespace to find.
TEST(ServiceRegistryTest, AHiddenServiceIsStillTheFirstOfItsNamespace) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: hidden, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  hosts: [e.com]
  resolution: STATIC
  exportTo: [.]
  ports: [{number: 80, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: seen, namespace: apps, creationTimestamp: '2026-01-03T00:00:00Z'}
spec:
  hosts: [e.com]
  resolution: STATIC
  ports: [{number: 81, name: http, protocol: HTTP}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: chosen, namespace: elsewhere, creationTimestamp: '2026-01-02T00:00:00Z'}
spec:
  hosts: [e.com]
  resolution: STATIC
  ports: [{number: 82, name: http, protocol: HTTP}]
)");
  const ServiceRegistry registry(config, Options());
  ASSERT_THAT(registry.Find("e.com", "apps"), NotNull());
  EXPECT_EQ(registry.Find("e.com", "apps")->metadata->name, "chosen");
}

// 503 NC of it, as in Istio; of no addresses, 503 UH.
TEST(ServiceRegistryTest, NothingToResolveIsNoUpstream) {
  const auto snapshot = Snapshot::Build(Config::FromYaml(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: apps}
spec:
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: apps}
spec:
  hosts: ["*"]
  gateways: [g]
  http:
  - match: [{uri: {exact: /dns}}]
    route: [{destination: {host: dns.com}}]
  - route: [{destination: {host: static.com}}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: dns, namespace: apps}
spec:
  hosts: [dns.com]
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: none}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: static, namespace: apps}
spec:
  hosts: [static.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: none}}
)"));
  ASSERT_EQ((*snapshot)->clusters().size(), 1u);
  EXPECT_EQ((*snapshot)->clusters().front().host, "static.com");
}

TEST(ServiceRegistryTest, WhatIstioCannotConnectToIsNoEndpoint) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: static, namespace: apps}
spec:
  hosts: [static.com]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: a}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: dns, namespace: apps}
spec:
  hosts: [dns.com]
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: a}}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: none, namespace: apps}
spec:
  hosts: [none.com]
  resolution: DNS
  ports: [{number: 80, name: http, protocol: HTTP}]
  workloadSelector: {labels: {app: none}}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: ip, namespace: apps, labels: {app: a}}
spec: {address: 192.0.2.1}
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: name, namespace: apps, labels: {app: a}}
spec: {address: w.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: apps}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s1, namespace: apps, labels: {kubernetes.io/service-name: s}}
addressType: FQDN
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [s.example.com]}]
)");
  const ServiceRegistry registry(config, Options());
  EXPECT_THAT(Hosts(registry.Chosen("static.com"), 80), ElementsAre("192.0.2.1"));
  EXPECT_THAT(Hosts(registry.Chosen("dns.com"), 80), ElementsAre("192.0.2.1", "w.example.com"));
  EXPECT_THAT(Hosts(registry.Chosen("none.com"), 80), IsEmpty());
  EXPECT_THAT(Hosts(registry.Chosen("s.apps.svc.cluster.local"), 80), IsEmpty());
}

// Nobody takes over a Service by a ServiceEntry of its name, however old.
TEST(ServiceRegistryTest, ServicesOfKubernetesComeFirst) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: squatter, namespace: evil, creationTimestamp: '2020-01-01T00:00:00Z'}
spec:
  hosts: [s.apps.svc.cluster.local]
  resolution: STATIC
  ports: [{number: 80, name: http, protocol: HTTP}, {number: 81, name: more, protocol: HTTP}]
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec: {ports: [{name: http, port: 80}]}
)");
  const ServiceRegistry registry(config, Options());
  ASSERT_THAT(registry.Find("s.apps.svc.cluster.local", "web"), NotNull());
  EXPECT_EQ(registry.Find("s.apps.svc.cluster.local", "web")->kind, "Service");
  EXPECT_EQ(registry.Find("s.apps.svc.cluster.local", "evil")->kind, "ServiceEntry");
  EXPECT_EQ(registry.FindPort("s.apps.svc.cluster.local", "web", 80)->kind, "Service");
  EXPECT_EQ(registry.FindPort("s.apps.svc.cluster.local", "web", 81)->kind, "ServiceEntry");
  EXPECT_EQ(registry.FindPort("s.apps.svc.cluster.local", "web", 82)->kind, "Service");
}

TEST(DestinationRulesTest, RulesWithASelectorComeFirst) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: old, namespace: gateways, creationTimestamp: '2026-01-01T00:00:00Z'}
spec: {host: s.com, trafficPolicy: {tls: {mode: DISABLE}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: selects, namespace: gateways, creationTimestamp: '2026-01-02T00:00:00Z'}
spec:
  host: s.com
  workloadSelector: {matchLabels: {istio: ingressgateway}}
  trafficPolicy: {tls: {mode: SIMPLE}}
)");
  const DestinationRules rules(config, Options());
  const RuleSet* found = rules.Find("s.com", "");
  ASSERT_THAT(found, NotNull());
  EXPECT_EQ(found->policy_rule().metadata.name, "selects");
}

// Rules of one host that are exported to others than each other do not merge: of those that the
// proxy sees, the last holds.
TEST(DestinationRulesTest, RulesForDifferentNamespacesDoNotMerge) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: named, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  host: s.com
  exportTo: [gateways]
  trafficPolicy: {tls: {mode: DISABLE}}
  subsets: [{name: v1, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: apps, creationTimestamp: '2026-01-02T00:00:00Z'}
spec: {host: s.com, trafficPolicy: {tls: {mode: SIMPLE}}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: more, namespace: apps, creationTimestamp: '2026-01-03T00:00:00Z'}
spec: {host: s.com, subsets: [{name: v2, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: narrow, namespace: apps, creationTimestamp: '2026-01-01T00:00:00Z'}
spec:
  host: t.com
  exportTo: [elsewhere]
  trafficPolicy: {tls: {mode: DISABLE}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: wider, namespace: apps, creationTimestamp: '2026-01-02T00:00:00Z'}
spec:
  host: t.com
  exportTo: [elsewhere, gateways]
  trafficPolicy: {tls: {mode: SIMPLE}}
)");
  const DestinationRules rules(config, Options());
  const RuleSet* found = rules.Find("s.com", "apps");
  ASSERT_THAT(found, NotNull());
  EXPECT_EQ(found->policy_rule().metadata.name, "all");
  EXPECT_THAT(found->SubsetNames(), ElementsAre("v2"));
  // It went into the narrower one, and is nowhere else.
  EXPECT_THAT(rules.Find("t.com", "apps"), IsNull());
}

TEST(DestinationRulesTest, RulesForOtherWorkloadsHideThoseOfOtherNamespaces) {
  const Config config = Read(R"(
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: other, namespace: gateways}
spec:
  host: s.com
  workloadSelector: {matchLabels: {app: other}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: all, namespace: apps}
spec: {host: s.com}
)");
  EXPECT_THAT(DestinationRules(config, Options()).Find("s.com", "apps"), IsNull());
}

}  // namespace
}  // namespace postern
