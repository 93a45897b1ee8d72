// postern lint: says what is wrong with configuration files, as Istio would, and where.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "examples/postern/lint_across.h"
#include "examples/postern/lint_report.h"
#include "examples/postern/subcommand.h"

namespace postern {
namespace {

// A LintOptions is the arguments, understood.
struct LintOptions {
  enum class Format { kText, kJson, kSarif };

  Format format = Format::kText;
  bool strict = false;  // Warnings count as errors do.
  bool reads_stdin = false;
  std::vector<std::string> paths;
};

std::optional<LintOptions::Format> ParseFormat(std::string_view text) {
  if (text == "text") return LintOptions::Format::kText;
  if (text == "json") return LintOptions::Format::kJson;
  if (text == "sarif") return LintOptions::Format::kSarif;
  return std::nullopt;
}

// ParseArguments returns nullopt for what it does not understand, and has said why.
std::optional<LintOptions> ParseArguments(const std::vector<std::string>& arguments) {
  constexpr std::string_view kFormat = "--format=";
  LintOptions options;
  for (const std::string& argument : arguments) {
    struct stat status;
    if (argument == "--strict") {
      options.strict = true;
    } else if (argument.starts_with(kFormat)) {
      const auto format = ParseFormat(std::string_view(argument).substr(kFormat.size()));
      if (!format) {
        std::fprintf(stderr, "postern lint: no format \"%s\"\n", argument.c_str());
        return std::nullopt;
      }
      options.format = *format;
    } else if (argument == "-") {
      options.reads_stdin = true;
    } else if (argument.starts_with('-')) {
      std::fprintf(stderr, "postern lint: no option \"%s\"\n", argument.c_str());
      return std::nullopt;
    } else if (stat(argument.c_str(), &status) != 0) {
      std::perror(("postern lint: " + argument).c_str());
      return std::nullopt;
    } else {
      options.paths.push_back(argument);
    }
  }
  if (options.paths.empty() && !options.reads_stdin) {
    std::fprintf(stderr, "postern lint: name a file, a folder, or - for the standard input\n");
    return std::nullopt;
  }
  return options;
}

std::string ReadStdin() {
  std::string text;
  char buffer[1 << 16];
  while (const size_t size = std::fread(buffer, 1, sizeof buffer, stdin)) text.append(buffer, size);
  return text;
}

template <typename T>
void Append(std::vector<T>&& from, std::vector<T>* to) {
  to->insert(to->end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void Append(Config&& from, Config* to) {
  Append(std::move(from.gateways), &to->gateways);
  Append(std::move(from.virtual_services), &to->virtual_services);
  Append(std::move(from.destination_rules), &to->destination_rules);
  Append(std::move(from.service_entries), &to->service_entries);
  Append(std::move(from.workload_entries), &to->workload_entries);
  Append(std::move(from.secrets), &to->secrets);
  Append(std::move(from.config_maps), &to->config_maps);
  Append(std::move(from.services), &to->services);
  Append(std::move(from.endpoint_slices), &to->endpoint_slices);
  Append(std::move(from.findings), &to->findings);
}

bool WantsColour() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::string Format(const LintReport& report, const LintOptions& options, SourceLines& lines) {
  switch (options.format) {
    case LintOptions::Format::kText:
      return LintText(report, lines, WantsColour());
    case LintOptions::Format::kJson:
      return LintJson(report);
    case LintOptions::Format::kSarif:
      return LintSarif(report, lines);
  }
  return {};
}

int Lint(const std::vector<std::string>& arguments) {
  const std::optional<LintOptions> options = ParseArguments(arguments);
  if (!options) {
    std::fprintf(stderr, "usage: postern lint %s\n", std::string(kLint.usage).c_str());
    return kExitUsage;
  }
  LintReport report;
  if (!options->paths.empty()) report.config = Config::FromFiles(options->paths);
  std::string stdin_text;
  if (options->reads_stdin) {
    stdin_text = ReadStdin();
    Append(Config::FromYaml(stdin_text), &report.config);
  }
  report.findings = Validate(report.config);
  AddFindingsAcross(&report);
  SourceLines lines(std::move(stdin_text), report.config);
  const std::string text = Format(report, *options, lines);
  std::fwrite(text.data(), 1, text.size(), stdout);

  const Severity bar = options->strict ? Severity::kWarning : Severity::kError;
  const bool has_findings =
      std::any_of(report.findings.begin(), report.findings.end(),
                  [bar](const Diagnostic& finding) { return finding.severity >= bar; });
  return has_findings ? kExitFindings : kExitClean;
}

}  // namespace

const Subcommand kLint = {
    .name = "lint",
    .usage = "[--format=text|json|sarif] [--strict] FILE|FOLDER|-...",
    .summary = "says what is wrong with a configuration; exits with 0, or 1 if there are errors",
    .help =
        "  --format=F  text, json (an object a resource) or sarif (2.1.0)\n"
        "  --strict    warnings count as errors do\n"
        "  -           reads the standard input\n",
    .run = Lint,
};

}  // namespace postern
