#include "lib/upstream/outlier.h"

#include <algorithm>

#include "lib/base/time_math.h"

namespace postern {
namespace {

constexpr uint32_t kConsecutive = 5;
constexpr Duration kMostEjection = std::chrono::seconds(300);

// Reached counts one more failure, or none, and returns whether `limit` has been reached; a limit
// of 0 is off.
bool Reached(uint32_t& count, bool failed, uint32_t limit) {
  count = failed ? count + 1 : 0;
  return limit != 0 && count >= limit;
}

bool MayEject(const OutlierDetection& settings, std::span<const EndpointPtr> all, TimePoint now) {
  const auto ejected = static_cast<size_t>(std::ranges::count_if(
      all, [now](const EndpointPtr& endpoint) { return endpoint->ejected_until > now; }));
  const auto percent =
      static_cast<size_t>(settings.max_ejection_percent == 0 ? 10 : settings.max_ejection_percent);
  return (ejected + 1) * 100 <= all.size() * percent;
}

}  // namespace

void Observe(const OutlierDetection& settings, const Outcome& outcome, EndpointState& endpoint,
             std::span<const EndpointPtr> all, TimePoint now) {
  const bool split = settings.split_external_local_origin_errors;
  const auto& codes = settings.outlier_detection_http_error_codes;
  bool failed_5xx = outcome.status / 100 == 5;
  if (!codes.empty() && !outcome.local_failure) {
    failed_5xx = std::ranges::find(codes, static_cast<uint32_t>(outcome.status)) != codes.end();
  }
  const bool gateway = outcome.status >= 502 && outcome.status <= 504;
  bool eject = false;
  if (outcome.local_failure && split) {
    eject = Reached(endpoint.consecutive_local_failures, true,
                    settings.consecutive_local_origin_failures.value_or(kConsecutive));
  } else {
    const bool local = outcome.local_failure;
    endpoint.consecutive_local_failures = 0;
    eject = Reached(endpoint.consecutive_5xx, local || failed_5xx,
                    settings.consecutive_5xx_errors.value_or(kConsecutive));
    // Off unless asked for: Envoy counts gateway errors but enforces 0 % of them.
    eject |= Reached(endpoint.consecutive_gateway_errors, local || gateway,
                     settings.consecutive_gateway_errors.value_or(0));
  }
  if (!eject || endpoint.ejected_until > now || !MayEject(settings, all, now)) return;
  const Duration base = settings.base_ejection_time.value_or(std::chrono::seconds(30));
  ++endpoint.ejections;
  const Duration most = std::max(base, kMostEjection);
  const Duration wait =
      endpoint.ejections > static_cast<uint64_t>(most / std::max(base, Duration(1)))
          ? most
          : base * endpoint.ejections;
  endpoint.ejected_until = SaturatingAdd(now, wait);
  endpoint.consecutive_5xx = endpoint.consecutive_gateway_errors = 0;
  endpoint.consecutive_local_failures = 0;
}

}  // namespace postern
