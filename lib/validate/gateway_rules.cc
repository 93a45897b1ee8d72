#include "lib/validate/gateway_rules.h"

#include "lib/base/string_map.h"
#include "lib/match/names.h"
#include "lib/validate/metadata_rules.h"
#include "lib/validate/server_rules.h"

namespace postern {
namespace {

constexpr Rule kNameMalformed = {
    .id = "gateway-name-malformed",
    .what =
        "the name of a Gateway is not one DNS label: letters, digits and inner hyphens, at "
        "most 63, no dots",
    .why = "VirtualServices refer to it as namespace/name, and names of routes are made from it",
    .istio = "GW-META-05",
    .text = "invalid gateway name: \"<name>\"",
};
constexpr Rule kServersRequired = {
    .id = "gateway-servers-required",
    .what = "a Gateway has no servers",
    .why = "it would open no port",
    .istio = "GW-SRV-01",
    .text = "gateway must have at least one server",
};
constexpr Rule kPortNameDuplicate = {
    .id = "gateway-port-name-duplicate",
    .what = "two servers of one Gateway have the same port name; empty names are the same, too",
    .why = "the name of an HTTPS server's route table is made from it",
    .istio = "GW-PORT-06",
    .text = "port names in servers must be unique: duplicate name <name>",
};

constexpr const Rule* kRules[] = {&kNameMalformed, &kServersRequired, &kPortNameDuplicate};

void CheckName(const FindingSink& sink) {
  const Metadata& metadata = sink.metadata();
  if (IsDnsLabel(metadata.name)) return;
  if (HasAnnotation(metadata, "internal.istio.io/gateway-semantics", "gateway")) return;
  const FieldPath path("metadata");
  sink.Report(kNameMalformed, path.Field("name"), "name ", Quote(metadata.name),
              " of a Gateway is not one DNS label");
}

void CheckPortNames(const Gateway& gateway, const FieldPath& spec, const FindingSink& sink) {
  StringViewMap<size_t> first_with_name;
  for (size_t i = 0; i < gateway.servers.size(); ++i) {
    if (!gateway.servers[i].port) continue;
    const std::string_view name = gateway.servers[i].port->name;
    const auto [first, inserted] = first_with_name.try_emplace(name, i);
    if (inserted) continue;
    const FieldPath server = spec.Field("servers", i);
    const FieldPath port = server.Field("port");
    const FieldPath first_server = spec.Field("servers", first->second);
    const FieldPath first_port = first_server.Field("port");
    sink.ReportAgainst(kPortNameDuplicate, port.Field("name"), first_port.Field("name"),
                       "port name ", Quote(name), " is that of server ", first->second, " already");
  }
}

}  // namespace

void CheckGateway(const Gateway& gateway, const FindingSink& sink) {
  if (!CheckMetadata(sink)) return;
  CheckName(sink);
  const FieldPath spec("spec");
  if (gateway.servers.empty()) {
    sink.Report(kServersRequired, spec.Field("servers"), "\"servers\" must not be empty");
  }
  for (size_t i = 0; i < gateway.servers.size(); ++i) {
    CheckServer(gateway.servers[i], spec.Field("servers", i), sink);
  }
  CheckPortNames(gateway, spec, sink);
}

RuleList GatewayRules() { return kRules; }

}  // namespace postern
