#include "lib/validate/value_rules.h"

#include <algorithm>
#include <chrono>

#include "lib/base/strings.h"
#include "lib/match/names.h"
#include "lib/match/string_matcher.h"

namespace postern {
namespace {

constexpr size_t kMaxPatternBytes = 1024;

constexpr Rule kPortRange = {
    .id = "port-number-range",
    .what = "a port number is not in the range 1 to 65535",
    .why = "no socket can have that port",
    .istio =
        "GW-PORT-03, VS-MAT-08, VS-DST-05, VS-RED-06, VS-TLS-10, VS-TCP-04, SE-14, SE-18, "
        "SE-EP-08",
    .text = "port number <n> must be in the range 1..65535",
};
constexpr Rule kDurationTooShort = {
    .id = "duration-value-too-short",
    .what = "a duration is shorter than one millisecond, zero and negative ones too",
    .why = "Istio takes no zero for \"none\": leave the field out instead",
    .istio = "VS-CORS-06, VS-FLT-06, VS-RTY-03, VS-TMO-01, DR-OD-01, DR-CP-11, DR-LB-11",
    .text = "duration must be greater than 1ms",
};
constexpr Rule kDurationPrecision = {
    .id = "duration-value-too-precise",
    .what = "a duration is no whole number of milliseconds",
    .why = "timers of the data plane count milliseconds",
    .istio = "VS-CORS-07, VS-FLT-07, VS-RTY-04, VS-TMO-02, DR-OD-01, DR-CP-11, DR-LB-11",
    .text = "only durations to ms precision are supported",
};
constexpr Rule kCidrMalformed = {
    .id = "subnet-cidr-malformed",
    .what = "a subnet with a \"/\" is not an IP address followed by the length of its prefix",
    .why = "it would match no address",
    .istio = "VS-TLS-08, VS-TCP-03, SE-09",
    .text = "<s> is not a valid CIDR block",
};
constexpr Rule kSubnetAddressMalformed = {
    .id = "subnet-address-malformed",
    .what = "a subnet without a \"/\", or with several, is no IP address",
    .why = "names are not resolved here, so that it would match no address",
    .istio = "VS-TLS-09, VS-TCP-03, SE-09",
    .text = "<s> is not a valid IP",
};
constexpr Rule kLabelKey = {
    .id = "labels-key-malformed",
    .what = "the key of a label is not of the form [domain/]name, or too long",
    .why = "no workload can carry such a label",
    .istio = "VS-MAT-09, VS-TLS-11, VS-TCP-05, DR-TOP-06, SE-EP-09",
    .text = "invalid tag key: \"<k>\"<more>",
};
constexpr Rule kLabelValue = {
    .id = "labels-value-malformed",
    .what =
        "the value of a label has a character other than letters, digits, \"-\", \"_\" and "
        "\".\", or does not begin and end with a letter or digit",
    .why = "no workload can carry such a label",
    .istio = "VS-MAT-10, VS-TLS-11, VS-TCP-05, DR-TOP-06, SE-EP-09",
    .text = "invalid tag value: \"<v>\"",
};
constexpr Rule kRegexTooLong = {
    .id = "regex-value-too-long",
    .what = "a regular expression is longer than 1024 bytes",
    .why = "its compiled form would cost every proxy memory",
    .istio = "VS-MAT-06, VS-CORS-02, VS-RWR-04",
    .text = "<where>: regex is too large, max length allowed is 1024",
};
constexpr Rule kRegexMalformed = {
    .id = "regex-value-malformed",
    .what = "a regular expression is not in the syntax of RE2",
    .why = "look-around and back-references, among others, are no part of it",
    .istio = "VS-MAT-07, VS-CORS-02, VS-RWR-04",
    .text = "<where>: error parsing regexp: <reason>; Istio uses RE2 style regex-based match <url>",
};
constexpr Rule kPercentageRange = {
    .id = "percentage-value-range",
    .what = "a percentage is neither 0 nor in the range 0.0001 to 100",
    .why = "one in a million is the smallest share that can be drawn",
    .istio = "VS-FLT-02",
    .text = "percentage <v> is neither 0.0, nor in range [0.0001, 100.0]",
};

constexpr const Rule* kRules[] = {
    &kPortRange,       &kDurationTooShort,       &kDurationPrecision,
    &kCidrMalformed,   &kSubnetAddressMalformed, &kLabelKey,
    &kLabelValue,      &kRegexTooLong,           &kRegexMalformed,
    &kPercentageRange,
};

}  // namespace

bool CheckPortNumber(uint32_t number, const FieldPath& path, const FindingSink& sink) {
  if (number >= 1 && number <= 65535) return true;
  sink.Report(kPortRange, path, "port number ", number, " is not in the range 1 to 65535");
  return false;
}

void CheckDuration(const std::optional<Duration>& duration, const FieldPath& path,
                   const FindingSink& sink) {
  if (!duration) return;
  if (*duration < std::chrono::milliseconds(1)) {
    sink.Report(kDurationTooShort, path, "duration of ", duration->count(),
                "ns is shorter than 1ms; leave the field out for none");
  } else if (*duration % std::chrono::milliseconds(1) != Duration::zero()) {
    sink.Report(kDurationPrecision, path, "duration of ", duration->count(),
                "ns is no whole number of milliseconds");
  }
}

void CheckSubnet(std::string_view subnet, const FieldPath& path, const FindingSink& sink) {
  if (std::count(subnet.begin(), subnet.end(), '/') == 1) {
    if (!IsCidr(subnet)) {
      sink.Report(kCidrMalformed, path, Quote(subnet),
                  " is not an IP address with the length of its prefix");
    }
  } else if (!IsIpLiteral(subnet)) {
    sink.Report(kSubnetAddressMalformed, path, Quote(subnet), " is not an IP address");
  }
}

void CheckLabels(const std::map<std::string, std::string>& labels, const FieldPath& path,
                 const FindingSink& sink) {
  for (const auto& [key, value] : labels) {
    if (!IsLabelKey(key)) {
      sink.Report(kLabelKey, path.Key(key), Quote(key), " cannot be the key of a label");
    }
    if (!IsLabelValue(value)) {
      sink.Report(kLabelValue, path.Key(key), Quote(value), " cannot be the value of a label");
    }
  }
}

void CheckRegex(std::string_view regex, const FieldPath& path, const FindingSink& sink) {
  if (regex.size() > kMaxPatternBytes) {
    sink.Report(kRegexTooLong, path, "regular expression of ", regex.size(),
                " bytes is longer than ", kMaxPatternBytes);
  } else if (const std::optional<std::string> fault = RegexProblem(regex)) {
    sink.Report(kRegexMalformed, path, "regular expression ", Quote(regex),
                " has a fault: ", *fault);
  }
}

void CheckPercentage(double value, const FieldPath& path, const FindingSink& sink) {
  // Istio has no objection to NaN, which no comparison holds for.
  if (!(value < 0 || value > 100 || (value > 0 && value < 0.0001))) return;
  sink.Report(kPercentageRange, path, "percentage ", value,
              " is neither 0 nor in the range 0.0001 to 100");
}

RuleList ValueRules() { return kRules; }

}  // namespace postern
