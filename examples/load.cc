#include "examples/load.h"

#include <cstdio>
#include <cstdlib>

std::string FromCommandLine(const std::string& path) {
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder == nullptr || path.starts_with('/')) return path;
  return std::string(folder) + "/" + path;
}

postern::SnapshotOptions OptionsFor(const postern::Config& config) {
  postern::SnapshotOptions options;
  for (const postern::Gateway& gateway : config.gateways) {
    options.labels.insert(gateway.selector.begin(), gateway.selector.end());
  }
  if (!config.gateways.empty()) options.ns = config.gateways.front().metadata.ns;
  return options;
}

void PrintFindings(const postern::Config& config) {
  for (const postern::Diagnostic& finding : postern::Validate(config)) {
    std::printf("%s\n", finding.ToString().c_str());
  }
}
