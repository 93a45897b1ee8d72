#include "lib/validate/load_balancer_rules.h"

#include <cstdint>

#include "lib/base/string_map.h"
#include "lib/validate/enum_rules.h"
#include "lib/validate/locality_rules.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

using ConsistentHashLb = LoadBalancerSettings::ConsistentHashLb;
using WarmupConfiguration = LoadBalancerSettings::WarmupConfiguration;

constexpr uint64_t kMaxTableSize = 5000011;  // Envoy's limit; the size itself is out already.

constexpr Rule kCookieName = {
    .id = "hash-cookie-name-required",
    .what = "`httpCookie.name` is empty",
    .why = "no cookie has that name",
    .istio = "DR-LB-01",
    .text = "name required for HttpCookie",
};
constexpr Rule kAttributeName = {
    .id = "hash-cookie-attribute-required",
    .what = "the name of an attribute of a cookie is empty",
    .why = "browsers would not know what to do with its value",
    .istio = "DR-LB-02",
    .text = "cookie attribute name cannot be empty",
};
constexpr Rule kAttributeDuplicate = {
    .id = "hash-cookie-attribute-duplicate",
    .what = "two attributes of a cookie have the same name",
    .why = "which of them counts would be up to the browser",
    .istio = "DR-LB-03",
    .text = "duplicate cookie attribute name: <name>",
};
constexpr Rule kRingSizeDeprecated = {
    .id = "hash-ring-size-deprecated",
    .what = "`consistentHash.minimumRingSize` is set",
    .why = "`ringHash.minimumRingSize` takes its place",
    .istio = "DR-LB-04",
    .text =
        "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash "
        "configuration instead",
    .severity = Severity::kWarning,
};
constexpr Rule kRingSizeAndAlgorithm = {
    .id = "hash-ring-size-with-algorithm",
    .what = "`consistentHash.minimumRingSize` is set together with `ringHash` or `maglev`",
    .why = "which of them counts would be open",
    .istio = "DR-LB-05",
    .text = "only one of MinimumRingSize or Maglev/Ringhash can be specified",
    .also = "consistent hash MinimumRingSize is deprecated, <more>",
};
constexpr Rule kTableRequired = {
    .id = "maglev-table-size-required",
    .what = "`maglev.tableSize` is 0 or missing",
    .why = "an empty table has no endpoints",
    .istio = "DR-LB-06",
    .text = "tableSize must be set for maglev",
    .also = "tableSize must be a prime number for maglev",
};
constexpr Rule kTableTooLarge = {
    .id = "maglev-table-size-too-large",
    .what = "`maglev.tableSize` is 5000011 or more",
    .why = "Envoy takes no larger table",
    .istio = "DR-LB-07",
    .text = "tableSize must be less than 5000011 for maglev",
    .also = "tableSize must be a prime number for maglev",
};
constexpr Rule kTablePrime = {
    .id = "maglev-table-size-not-prime",
    .what = "`maglev.tableSize` is not a prime number",
    .why = "the algorithm fills the table in steps that must reach every place",
    .istio = "DR-LB-08",
    .text = "tableSize must be a prime number for maglev",
};
constexpr Rule kLocalityAndZone = {
    .id = "load-balancer-locality-with-zone-aware",
    .what = "`loadBalancer` has both `localityLbSetting` and `zoneAwareLbSetting`",
    .why = "both say where requests go first",
    .istio = "DR-LB-09",
    .text = "only one of localityLbSetting and zoneAwareLbSetting can be set",
};
constexpr Rule kWarmupDuration = {
    .id = "warmup-duration-required",
    .what = "`warmup` has no `duration`",
    .why = "how long an endpoint is new would be open",
    .istio = "DR-LB-10",
    .text = "duration is required",
};
constexpr Rule kWarmupPercent = {
    .id = "warmup-percent-range",
    .what = "`warmup.minimumPercent` is above 100",
    .why = "it is a share of the weight",
    .istio = "DR-LB-12",
    .text = "minimumPercent value should be less than or equal to 100",
};
constexpr Rule kWarmupAggression = {
    .id = "warmup-aggression-range",
    .what = "`warmup.aggression` is 0 or below",
    .why = "it is the exponent of a curve that rises",
    .istio = "DR-LB-13",
    .text = "aggression should be greater than 0",
};

constexpr const Rule* kRules[] = {
    &kCookieName,           &kAttributeName,  &kAttributeDuplicate, &kRingSizeDeprecated,
    &kRingSizeAndAlgorithm, &kTableRequired,  &kTableTooLarge,      &kTablePrime,
    &kLocalityAndZone,      &kWarmupDuration, &kWarmupPercent,      &kWarmupAggression,
};

// IsPrime takes 1 for a prime, as Istio does.
bool IsPrime(uint64_t number) {
  for (uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

void CheckCookie(const ConsistentHashLb::HttpCookie& cookie, const FieldPath& path,
                 const FindingSink& sink) {
  if (cookie.name.empty()) {
    sink.Report(kCookieName, path.Field("name"), "\"name\" of the cookie must not be empty");
  }
  StringViewMap<size_t> seen;
  for (size_t i = 0; i < cookie.attributes.size(); ++i) {
    const FieldPath attribute = path.Field("attributes", i);
    const std::string_view name = cookie.attributes[i].name;
    if (name.empty()) {
      sink.Report(kAttributeName, attribute.Field("name"),
                  "\"name\" of the attribute must not be empty");
    } else if (const auto [first, inserted] = seen.try_emplace(name, i); !inserted) {
      const FieldPath first_attribute = path.Field("attributes", first->second);
      sink.ReportAgainst(kAttributeDuplicate, attribute.Field("name"),
                         first_attribute.Field("name"), "attribute ", Quote(name),
                         " is set already");
    }
  }
}

void CheckConsistentHash(const ConsistentHashLb& hash, const FieldPath& path,
                         const FindingSink& sink) {
  if (hash.http_cookie) CheckCookie(*hash.http_cookie, path.Field("httpCookie"), sink);
  if (hash.minimum_ring_size != 0) {
    const FieldPath ring_size = path.Field("minimumRingSize");
    if (hash.ring_hash || hash.maglev) {
      sink.ReportAgainst(kRingSizeAndAlgorithm, ring_size,
                         path.Field(hash.maglev ? "maglev" : "ringHash"),
                         "\"minimumRingSize\" cannot stand together with an algorithm");
    } else {
      sink.Report(kRingSizeDeprecated, ring_size,
                  "\"ringHash.minimumRingSize\" takes the place of this field");
    }
  }
  if (!hash.maglev) return;
  const FieldPath maglev = path.Field("maglev");
  const FieldPath table_size = maglev.Field("tableSize");
  const uint64_t size = hash.maglev->table_size;
  if (size == 0) {
    sink.Report(kTableRequired, table_size, "\"tableSize\" is required");
  } else if (size >= kMaxTableSize) {
    sink.Report(kTableTooLarge, table_size, "table size ", size, " is not below ", kMaxTableSize);
  } else if (!IsPrime(size)) {
    sink.Report(kTablePrime, table_size, "table size ", size, " is not a prime number");
  }
}

void CheckWarmup(const WarmupConfiguration& warmup, const FieldPath& path,
                 const FindingSink& sink) {
  if (!warmup.duration) {
    sink.Report(kWarmupDuration, path.Field("duration"), "\"duration\" is required");
  }
  CheckDuration(warmup.duration, path.Field("duration"), sink);
  if (warmup.minimum_percent && *warmup.minimum_percent > 100) {
    sink.Report(kWarmupPercent, path.Field("minimumPercent"), "percentage ",
                *warmup.minimum_percent, " is above 100");
  }
  if (warmup.aggression && *warmup.aggression <= 0) {
    sink.Report(kWarmupAggression, path.Field("aggression"), "\"aggression\" ", *warmup.aggression,
                " is not above 0");
  }
}

}  // namespace

void CheckLoadBalancer(const LoadBalancerSettings& balancer, bool has_outlier_detection,
                       const FieldPath& path, const FindingSink& sink) {
  CheckEnum(balancer.simple, path.Field("simple"), sink);
  if (balancer.consistent_hash) {
    CheckConsistentHash(*balancer.consistent_hash, path.Field("consistentHash"), sink);
  }
  const FieldPath locality = path.Field("localityLbSetting");
  const FieldPath zone_aware = path.Field("zoneAwareLbSetting");
  if (balancer.locality_lb_setting && balancer.zone_aware_lb_setting) {
    sink.ReportAgainst(kLocalityAndZone, zone_aware, locality,
                       "\"zoneAwareLbSetting\" cannot stand together with \"localityLbSetting\"");
  }
  if (balancer.locality_lb_setting) {
    CheckLocalitySetting(*balancer.locality_lb_setting, has_outlier_detection, locality, sink);
  }
  if (balancer.zone_aware_lb_setting) {
    CheckZoneAwareSetting(*balancer.zone_aware_lb_setting, has_outlier_detection, zone_aware, sink);
  }
  if (balancer.warmup) CheckWarmup(*balancer.warmup, path.Field("warmup"), sink);
}

RuleList LoadBalancerRules() { return kRules; }

}  // namespace postern
