#include "lib/validate/gateway_name_rules.h"

#include <string_view>

#include "lib/match/names.h"

namespace postern {
namespace {

constexpr Rule kNameMalformed = {
    .id = "gateways-entry-malformed",
    .what = "an entry of `gateways` without a \"/\" is no domain name",
    .why = "no Gateway could have that name",
    .istio = "VS-GWN-01, VS-MAT-11, VS-TLS-12, VS-TCP-06",
    .text =
        "domain name \"<d>\" too long (max 255)\n"
        "empty domain name not allowed\n"
        "domain name \"<d>\" invalid (<why>)",
};
constexpr Rule kLegacy = {
    .id = "gateways-entry-legacy",
    .what = "an entry of `gateways` is of the old form name.namespace.svc.cluster.local",
    .why = "namespace/name says the same without a guess",
    .istio = "VS-GWN-02",
    .text = "using legacy gatewayName format \"<entry>\"; prefer the <form> format: \"<better>\"",
    .severity = Severity::kWarning,
};
constexpr Rule kPartEmpty = {
    .id = "gateways-entry-part-required",
    .what = "an entry of `gateways` has a \"/\" with nothing before or after it",
    .why = "which namespace, or which Gateway, would be open",
    .istio = "VS-GWN-03, VS-MAT-11, VS-TLS-12, VS-TCP-06",
    .text = "config namespace and gateway name cannot be empty",
    .also =
        "invalid value for namespace: \"\"\n"
        "invalid value for gateway name: \"\"",
};
constexpr Rule kNamespace = {
    .id = "gateways-entry-namespace-malformed",
    .what = "the namespace of an entry of `gateways` is not a DNS label; \".\" and \"*\" are none",
    .why = "no Gateway could be in it",
    .istio = "VS-GWN-04, VS-MAT-11, VS-TLS-12, VS-TCP-06",
    .text = "invalid value for namespace: \"<ns>\"",
};
constexpr Rule kName = {
    .id = "gateways-entry-name-malformed",
    .what = "the name of an entry of `gateways` is not a DNS label",
    .why = "no Gateway could have it",
    .istio = "VS-GWN-05, VS-MAT-11, VS-TLS-12, VS-TCP-06",
    .text = "invalid value for gateway name: \"<name>\"",
};

constexpr const Rule* kRules[] = {&kNameMalformed, &kLegacy, &kPartEmpty, &kNamespace, &kName};

void CheckPlain(std::string_view entry, const FieldPath& path, const FindingSink& sink) {
  if (const auto problem = CheckFqdn(entry)) {
    sink.Report(kNameMalformed, path, "gateway ", Quote(entry), " ", problem->Clause());
  }
  const std::vector<std::string_view> parts = Split(entry, '.');
  if (parts.size() > 1) {
    sink.Report(kLegacy, path, "gateway ", Quote(entry), " is better written as ",
                Quote(StrCat(parts[1], "/", parts[0])));
  }
}

}  // namespace

void CheckGatewayNames(const std::vector<std::string>& gateways, bool any_name,
                       const FieldPath& path, const FindingSink& sink) {
  for (size_t i = 0; i < gateways.size(); ++i) {
    const std::string_view entry = gateways[i];
    const FieldPath place = path.Element(i);
    const size_t slash = entry.find('/');
    if (slash == std::string_view::npos) {
      CheckPlain(entry, place, sink);
      return;
    }
    const std::string_view ns = entry.substr(0, slash);
    const std::string_view name = entry.substr(slash + 1);
    if (ns.empty() || name.empty()) {
      sink.Report(kPartEmpty, place, "gateway ", Quote(entry),
                  " must have both a namespace and a name");
    }
    if (!ns.empty() && !IsDnsLabel(ns)) {
      sink.Report(kNamespace, place, Quote(ns), " cannot be the namespace of a gateway");
    }
    if (!name.empty() && !any_name && !IsDnsLabel(name)) {
      sink.Report(kName, place, Quote(name), " cannot be the name of a gateway");
    }
  }
}

RuleList GatewayNameRules() { return kRules; }

}  // namespace postern
