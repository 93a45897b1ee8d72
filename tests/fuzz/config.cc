// Any bytes as a configuration: reading ends, each finding has its place, and each resource that is
// read can be written and read again as the same.

#include "postern/config.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace postern {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

template <typename T>
void RequireRoundTrips(const std::vector<T>& resources) {
  for (const T& resource : resources) {
    // A NaN equals nothing, not even itself.
    if (!(resource == resource)) continue;
    const auto again = T::FromYaml(resource.ToYaml());
    Require(again.ok() && *again == resource);
  }
}

void ReadAsConfiguration(std::string_view text, DecodeOptions::Mode mode) {
  DecodeOptions options;
  options.mode = mode;
  const Config config = Config::FromYaml(text, options);
  for (const Diagnostic& finding : config.findings) {
    Require(!finding.rule.empty() && !finding.message.empty());
    Require(finding.where.line >= 1 && finding.where.column >= 1);
  }
  RequireRoundTrips(config.gateways);
  RequireRoundTrips(config.virtual_services);
  RequireRoundTrips(config.destination_rules);
  RequireRoundTrips(config.service_entries);
  RequireRoundTrips(config.workload_entries);
}

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  postern::ReadAsConfiguration(text, postern::DecodeOptions::Mode::kStrict);
  postern::ReadAsConfiguration(text, postern::DecodeOptions::Mode::kLenient);
  return 0;
}
