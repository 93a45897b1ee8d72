#include "examples/postern/tool.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "examples/postern/subcommand.h"

namespace postern {
namespace {

const Subcommand* const kSubcommands[] = {&kLint, &kExplain, &kDump, &kDiff, &kTest};

constexpr std::string_view kExitCodes =
    "exit codes: 0 all is well, 1 it is not, 2 the command was not understood\n";

void Print(std::FILE* out, std::string_view text) { std::fwrite(text.data(), 1, text.size(), out); }

void PrintUsage(std::FILE* out) {
  Print(out, "usage:\n");
  for (const Subcommand* subcommand : kSubcommands) {
    Print(out, "  postern ");
    Print(out, subcommand->name);
    Print(out, " ");
    Print(out, subcommand->usage);
    Print(out, "\n      ");
    Print(out, subcommand->summary);
    Print(out, "\n");
  }
  Print(out, kExitCodes);
}

void PrintHelp(const Subcommand& subcommand) {
  Print(stdout, "usage: postern ");
  Print(stdout, subcommand.name);
  Print(stdout, " ");
  Print(stdout, subcommand.usage);
  Print(stdout, "\n\n");
  Print(stdout, subcommand.summary);
  Print(stdout, "\n\n");
  Print(stdout, subcommand.help);
  Print(stdout, "\n");
  Print(stdout, kExitCodes);
}

}  // namespace

int RunTool(std::vector<std::string> arguments) {
  if (arguments.empty()) {
    PrintUsage(stderr);
    return kExitUsage;
  }
  const std::string name = arguments.front();
  if (name == "--help") {
    PrintUsage(stdout);
    return kExitClean;
  }
  arguments.erase(arguments.begin());
  const auto* found =
      std::find_if(std::begin(kSubcommands), std::end(kSubcommands),
                   [&name](const Subcommand* subcommand) { return subcommand->name == name; });
  if (found == std::end(kSubcommands)) {
    std::fprintf(stderr, "postern: no subcommand \"%s\"\n", name.c_str());
    PrintUsage(stderr);
    return kExitUsage;
  }
  if (std::find(arguments.begin(), arguments.end(), "--help") != arguments.end()) {
    PrintHelp(**found);
    return kExitClean;
  }
  return (*found)->run(arguments);
}

}  // namespace postern
