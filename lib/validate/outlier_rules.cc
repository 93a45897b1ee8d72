#include "lib/validate/outlier_rules.h"

#include <cstdint>

#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kConsecutiveErrors = {
    .id = "outlier-consecutive-errors-deprecated",
    .what = "`consecutiveErrors` is set",
    .why = "it is ignored: `consecutive5xxErrors` and `consecutiveGatewayErrors` take its place",
    .istio = "DR-OD-02",
    .text =
        "outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or "
        "consecutive5xxErrors instead",
    .severity = Severity::kWarning,
};
constexpr Rule kLocalOrigin = {
    .id = "outlier-local-origin-without-split",
    .what =
        "`consecutiveLocalOriginFailures` is above 0 and `splitExternalLocalOriginErrors` is not "
        "true",
    .why = "without the split, failures of both kinds are counted as one",
    .istio = "DR-OD-03",
    .text =
        "outlier detection consecutive local origin failures is specified, but split external "
        "local origin errors is set to false",
};
constexpr Rule kPercent = {
    .id = "outlier-percent-range",
    .what = "`maxEjectionPercent` or `minHealthPercent` is not in the range 0 to 100",
    .why = "it is a share of the endpoints",
    .istio = "DR-OD-04",
    .text = "percentage <n> is not in range 0..100",
};

constexpr const Rule* kRules[] = {&kConsecutiveErrors, &kLocalOrigin, &kPercent};

void CheckPercent(int32_t percent, const FieldPath& path, const FindingSink& sink) {
  if (percent >= 0 && percent <= 100) return;
  sink.Report(kPercent, path, "percentage ", percent, " is not in the range 0 to 100");
}

}  // namespace

void CheckOutlierDetection(const OutlierDetection& outlier, const FieldPath& path,
                           const FindingSink& sink) {
  CheckDuration(outlier.base_ejection_time, path.Field("baseEjectionTime"), sink);
  CheckDuration(outlier.interval, path.Field("interval"), sink);
  if (outlier.consecutive_errors != 0) {
    sink.Report(kConsecutiveErrors, path.Field("consecutiveErrors"),
                "\"consecutive5xxErrors\" and \"consecutiveGatewayErrors\" take the place of this "
                "field, which is ignored");
  }
  if (outlier.consecutive_local_origin_failures.value_or(0) > 0 &&
      !outlier.split_external_local_origin_errors) {
    sink.Report(
        kLocalOrigin, path.Field("consecutiveLocalOriginFailures"),
        "\"consecutiveLocalOriginFailures\" needs \"splitExternalLocalOriginErrors: true\"");
  }
  CheckPercent(outlier.max_ejection_percent, path.Field("maxEjectionPercent"), sink);
  CheckPercent(outlier.min_health_percent, path.Field("minHealthPercent"), sink);
}

RuleList OutlierRules() { return kRules; }

}  // namespace postern
