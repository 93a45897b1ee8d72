#include "lib/validate/destination_rules.h"

#include <cstdint>
#include <vector>

#include "lib/match/names.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kRequired = {
    .id = "route-destination-required",
    .what = "an element of `route` has no `destination`",
    .why = "its share of requests would go nowhere",
    .istio = "VS-DST-01",
    .text = "destination is required",
};
constexpr Rule kHostAny = {
    .id = "destination-host-any",
    .what = "the host of a destination is \"*\"",
    .why = "a request goes to one service",
    .istio = "VS-DST-02, VS-MIR-05",
    .text = "invalid destination host *",
};
constexpr Rule kHostMalformed = {
    .id = "destination-host-malformed",
    .what = "the host of a destination is no domain name; an IP address is none",
    .why = "no service has that name: a ServiceEntry gives one to an address",
    .istio = "VS-DST-03, VS-MIR-05",
    .text =
        "domain name \"<d>\" too long (max 255)\n"
        "empty domain name not allowed\n"
        "domain name \"<d>\" invalid (<why>)",
};
constexpr Rule kSubset = {
    .id = "destination-subset-malformed",
    .what = "the subset of a destination is not a DNS label",
    .why = "no DestinationRule could define it",
    .istio = "VS-DST-04, VS-MIR-05",
    .text = "subset name is invalid: <subset>",
};
constexpr Rule kWeightNegative = {
    .id = "route-weight-negative",
    .what = "a weight is below 0",
    .why = "it is a share of the requests",
    .istio = "VS-DST-06",
    .text = "weight <n> < 0",
};
constexpr Rule kWeightsZero = {
    .id = "route-weights-zero",
    .what = "a list of several destinations has weights that add up to 0, in 32 bits",
    .why = "none of them would get a request",
    .istio = "VS-DST-07",
    .text = "total destination weight = 0",
};

constexpr const Rule* kRules[] = {&kRequired, &kHostAny,        &kHostMalformed,
                                  &kSubset,   &kWeightNegative, &kWeightsZero};

}  // namespace

void CheckDestination(const Destination& destination, const FieldPath& path,
                      const FindingSink& sink) {
  const FieldPath host = path.Field("host");
  if (destination.host == "*") {
    sink.Report(kHostAny, host, "host \"*\" is no service");
  } else if (const auto problem = CheckWildcardDomain(destination.host)) {
    sink.Report(kHostMalformed, host, "host ", Quote(destination.host), " ", problem->Clause());
  }
  if (!destination.subset.empty() && !IsDnsLabel(destination.subset)) {
    sink.Report(kSubset, path.Field("subset"), Quote(destination.subset),
                " cannot be the name of a subset");
  }
  if (destination.port) {
    const FieldPath port = path.Field("port");
    CheckPortNumber(destination.port->number, port.Field("number"), sink);
  }
}

template <typename List>
void CheckRouteDestinations(const List& route, bool is_generated, const FieldPath& path,
                            const FindingSink& sink) {
  uint32_t total = 0;  // Istio's sum wraps around in 32 bits, and so does this one.
  for (size_t i = 0; i < route.size(); ++i) {
    const FieldPath element = path.Element(i);
    const FieldPath destination = element.Field("destination");
    if (!route[i].destination) {
      sink.Report(kRequired, destination, "\"destination\" is required");
    } else if (!is_generated) {
      CheckDestination(*route[i].destination, destination, sink);
    }
    if (route[i].weight < 0) {
      sink.Report(kWeightNegative, element.Field("weight"), "weight ", route[i].weight,
                  " is below 0");
    }
    total += static_cast<uint32_t>(route[i].weight);
  }
  if (route.size() > 1 && total == 0) {
    sink.Report(kWeightsZero, path, "the weights of ", route.size(), " destinations add up to 0");
  }
}

template void CheckRouteDestinations(const std::vector<HttpRouteDestination>&, bool,
                                     const FieldPath&, const FindingSink&);
template void CheckRouteDestinations(const std::vector<RouteDestination>&, bool, const FieldPath&,
                                     const FindingSink&);

RuleList DestinationRules() { return kRules; }

}  // namespace postern
