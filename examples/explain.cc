// Why a request goes where it goes: a URL in, the chain of reasons out.
//
//   bazel run //examples:explain -- https://uk.bookinfo.com/reviews/1
//   bazel run //examples:explain -- --config my.yaml -H 'cookie: user=dev-123' http://my.host:9080/
//   bazel run //examples:explain -- tcp://:27017
//
// -X METHOD sets the method, --random N the number that weighted choices are made by. Without
// --config it explains examples/configs/bookinfo.yaml and mongo.yaml.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/answer.h"
#include "examples/load.h"
#include "examples/probe_url.h"
#include "examples/stand_in_credentials.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace {

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string method = "GET";
  std::string url;
  uint64_t random = 0;
};

// Parse returns what the command line says, or nullopt if it makes no sense.
std::optional<Arguments> Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (!flag.starts_with('-')) {
      arguments.url = flag;
      continue;
    }
    if (value == nullptr) return std::nullopt;
    ++i;
    if (flag == "--config") {
      arguments.files.push_back(FromCommandLine(value));
    } else if (flag == "-X") {
      arguments.method = value;
    } else if (flag == "--random") {
      arguments.random = std::strtoull(value, nullptr, 10);
    } else if (flag == "-H") {
      const std::string_view line = value;
      const size_t colon = line.find(": ");
      if (colon == std::string_view::npos) return std::nullopt;
      arguments.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    } else {
      return std::nullopt;
    }
  }
  if (arguments.url.empty()) return std::nullopt;
  return arguments;
}

void PrintSettings(const postern::Snapshot& snapshot, const postern::RouteDecision& route) {
  if (route.rule.resource.empty()) return;
  std::printf("decided by %.*s at %s\n", static_cast<int>(route.rule.resource.size()),
              route.rule.resource.data(), route.rule.location().ToString().c_str());
  for (const postern::Setting& setting : snapshot.EffectiveSettings(route)) {
    std::printf("  %s = %s (%s)\n", setting.name.c_str(), setting.value.c_str(),
                setting.origin.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<Arguments> arguments = Parse(argc, argv);
  if (!arguments) {
    std::fputs(
        "usage: explain [--config FILE]... [-X METHOD] [-H 'name: value']... "
        "[--random N] URL\n",
        stderr);
    return 2;
  }
  if (arguments->files.empty()) {
    arguments->files = {"examples/configs/bookinfo.yaml", "examples/configs/mongo.yaml"};
  }
  absl::StatusOr<postern::Probe> probe = ProbeUrl(arguments->url);
  if (!probe.ok()) {
    std::fprintf(stderr, "%s\n", std::string(probe.status().message()).c_str());
    return 2;
  }
  if (!probe->method.empty()) probe->method = arguments->method;
  probe->headers = std::move(arguments->headers);

  const postern::Config config = postern::Config::FromFiles(arguments->files);
  StandInCredentials credentials(config);
  const auto snapshot = postern::Snapshot::Build(config, OptionsFor(config), &credentials);
  if (!snapshot.ok()) {
    PrintFindings(config);
    std::fprintf(stderr, "%s\n", snapshot.status().ToString().c_str());
    return 1;
  }
  std::fputs((*snapshot)->Explain(*probe, arguments->random).ToText().c_str(), stdout);
  const Answer answer = Decide(**snapshot, *probe, arguments->random);
  std::printf("=> %s\n", answer.ToString().c_str());
  if (answer.route) PrintSettings(**snapshot, *answer.route);
  return 0;
}
