#include "lib/compile/select.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postern {
namespace {

TEST(SelectTest, ExportToDecidesWhoSeesAResource) {
  const struct {
    std::vector<std::string> export_to;
    std::string_view ns;
    Visibility seen;
  } cases[] = {
      {{}, "p", Visibility::kPublic},
      {{}, "other", Visibility::kPublic},
      {{"*"}, "other", Visibility::kPublic},
      {{".", "*"}, "other", Visibility::kPublic},
      {{"."}, "p", Visibility::kPrivate},
      {{"p"}, "p", Visibility::kPrivate},
      {{".", "other"}, "p", Visibility::kPrivate},
      {{"."}, "other", Visibility::kHidden},
      {{"p"}, "other", Visibility::kByName},
      {{"q"}, "other", Visibility::kHidden},
      {{"q"}, "p", Visibility::kHidden},
      {{"~"}, "p", Visibility::kHidden},
      {{"~", "p"}, "other", Visibility::kHidden},
  };
  for (const auto& row : cases) {
    std::string text(row.ns);
    for (const std::string& entry : row.export_to) text += " " + entry;
    EXPECT_EQ(VisibilityTo("p", row.export_to, row.ns), row.seen) << text;
  }
}

TEST(SelectTest, GatewaysAreOrderedByAgeThenNameThenNamespace) {
  Config config;
  const auto add = [&config](std::string name, std::string ns, int age) {
    Gateway& gateway = config.gateways.emplace_back();
    gateway.metadata.name = std::move(name);
    gateway.metadata.ns = std::move(ns);
    if (age > 0)
      gateway.metadata.creation_timestamp = std::chrono::sys_seconds(std::chrono::seconds(age));
  };
  add("b", "n1", 10);
  add("a", "n2", 10);
  add("a", "n1", 10);
  add("z", "n1", 0);
  std::string order;
  for (const Gateway* gateway : SelectGateways(config, {})) {
    order += gateway->metadata.ns + "/" + gateway->metadata.name + " ";
  }
  EXPECT_EQ(order, "n1/z n1/a n2/a n1/b ");
}

TEST(SelectTest, EverySelectorEntryMustBeALabel) {
  const std::map<std::string, std::string> labels = {{"istio", "gw"}, {"app", "x"}};
  EXPECT_TRUE(IsSelected({}, labels));
  EXPECT_TRUE(IsSelected({{"istio", "gw"}}, labels));
  EXPECT_FALSE(IsSelected({{"istio", "gw"}, {"app", "y"}}, labels));
  EXPECT_FALSE(IsSelected({{"istio", "*"}}, labels));
}

TEST(SelectTest, PrivateVirtualServicesComeFirstWhateverTheirAge) {
  Config config;
  const auto add = [&config](std::string name, std::string ns, int age,
                             std::vector<std::string> export_to) {
    VirtualService& service = config.virtual_services.emplace_back();
    service.metadata.name = std::move(name);
    service.metadata.ns = std::move(ns);
    service.metadata.creation_timestamp = std::chrono::sys_seconds(std::chrono::seconds(age));
    service.hosts = {"a.com"};
    service.export_to = std::move(export_to);
  };
  add("public", "x", 1, {});
  add("named", "x", 2, {"p"});
  add("private", "p", 3, {"."});
  add("hidden", "x", 1, {"."});
  config.virtual_services.emplace_back().metadata.name = "delegate";
  std::string order;
  for (const VirtualService* service : SelectVirtualServices(config, "p")) {
    order += service->metadata.name + " ";
  }
  EXPECT_EQ(order, "private named public ");
}

TEST(SelectTest, PortsAreTranslatedByTheServicesOfTheProxy) {
  SnapshotOptions options;
  options.ns = "istio-system";
  options.labels = {{"istio", "gw"}};
  Config config;
  const auto add = [&config](std::string ns, std::string selected, uint32_t port,
                             std::string target) -> KubernetesService& {
    KubernetesService& service = config.services.emplace_back();
    service.metadata.ns = std::move(ns);
    service.metadata.name = "s" + std::to_string(config.services.size());
    if (!selected.empty()) service.selector = {{"istio", selected}};
    KubernetesService::ServicePort& added = service.ports.emplace_back();
    added.port = port;
    added.target_port = std::move(target);
    return service;
  };
  add("istio-system", "gw", 80, "8080");
  add("istio-system", "gw", 80, "8081");  // A later Service does not count.
  add("istio-system", "gw", 81, "http");  // A name is the Pod's to know.
  add("istio-system", "gw", 82, "");
  add("istio-system", "other", 83, "8083");
  add("elsewhere", "gw", 84, "8084");
  add("istio-system", "", 85, "8085");  // Without a selector it has no Pods.
  add("istio-system", "gw", 86, "8086")
      .metadata.labels["experimental.istio.io/disable-gateway-port-translation"] = "true";
  const PortMap ports(config, options);
  EXPECT_EQ(ports.Resolve(80), 8080u);
  for (const uint32_t same : {81u, 82u, 83u, 84u, 85u, 86u, 443u}) {
    EXPECT_EQ(ports.Resolve(same), same);
  }
}

}  // namespace
}  // namespace postern
