#include "lib/validate/mirror_rules.h"

#include "lib/validate/destination_rules.h"

namespace postern {
namespace {

constexpr Rule kPercentRange = {
    .id = "mirror-percent-range",
    .what = "`mirrorPercent` is above 100",
    .why = "it is a share of the requests",
    .istio = "VS-MIR-01",
    .text = "mirror_percent must have a max value of 100 (it has <n>)",
    .also = "using deprecated setting \"mirrorPercent\", <more>",
};
constexpr Rule kPercentDeprecated = {
    .id = "mirror-percent-deprecated",
    .what = "`mirrorPercent` is set",
    .why = "`mirrorPercentage` takes its place",
    .istio = "VS-MIR-02",
    .text = "using deprecated setting \"mirrorPercent\", use \"mirrorPercentage\" instead",
    .severity = Severity::kWarning,
};
constexpr Rule kPercentageRange = {
    .id = "mirror-percentage-range",
    .what = "the percentage of a mirror is not in the range 0 to 100",
    .why = "it is a share of the requests",
    .istio = "VS-MIR-03, VS-MIR-04, VS-MIR-08, VS-MIR-09",
    .text =
        "mirror_percentage must have a <max-or-min> value of <n> (it has <v>)\n"
        "mirror percentage must have a <max-or-min> value of <n> (it has <v>)",
};
constexpr Rule kDestinationRequired = {
    .id = "mirror-destination-required",
    .what = "an element of `mirrors` has no `destination`",
    .why = "its copies would go nowhere",
    .istio = "VS-MIR-07",
    .text = "destination is required for mirrors",
};

constexpr const Rule* kRules[] = {&kPercentRange, &kPercentDeprecated, &kPercentageRange,
                                  &kDestinationRequired};

void CheckShare(const std::optional<Percent>& percentage, const FieldPath& path,
                const FindingSink& sink) {
  if (!percentage || !(percentage->value < 0 || percentage->value > 100)) return;
  sink.Report(kPercentageRange, path.Field("value"), "percentage ", percentage->value,
              " is not in the range 0 to 100");
}

}  // namespace

void CheckMirrors(const HttpRoute& route, const FieldPath& path, const FindingSink& sink) {
  if (route.mirror_percent) {
    const FieldPath percent = path.Field("mirrorPercent");
    if (*route.mirror_percent > 100) {
      sink.Report(kPercentRange, percent, "percentage ", *route.mirror_percent, " is above 100");
    } else {
      sink.Report(kPercentDeprecated, percent,
                  "\"mirrorPercentage\" takes the place of this field");
    }
  }
  CheckShare(route.mirror_percentage, path.Field("mirrorPercentage"), sink);
  if (route.mirror) CheckDestination(*route.mirror, path.Field("mirror"), sink);
  for (size_t i = 0; i < route.mirrors.size(); ++i) {
    const FieldPath mirror = path.Field("mirrors", i);
    const FieldPath destination = mirror.Field("destination");
    if (!route.mirrors[i].destination) {
      sink.Report(kDestinationRequired, destination, "\"destination\" is required");
      continue;
    }
    CheckDestination(*route.mirrors[i].destination, destination, sink);
    CheckShare(route.mirrors[i].percentage, mirror.Field("percentage"), sink);
  }
}

RuleList MirrorRules() { return kRules; }

}  // namespace postern
