// postern dump: the compiled tables as text, in the order they are tried.

#include <cstdio>
#include <string>
#include <vector>

#include "examples/postern/snapshot_arguments.h"
#include "examples/postern/subcommand.h"

namespace postern {
namespace {

int RunDump(const std::vector<std::string>& arguments) {
  ArgumentReader reader("dump", arguments);
  SnapshotArguments options;
  while (const std::optional<std::string> argument = reader.Next()) {
    const std::optional<bool> taken = options.Take(*argument, reader);
    if (!taken) return kExitUsage;
    if (!*taken) {
      reader.Refuse("does not know " + *argument);
      return kExitUsage;
    }
  }
  if (options.files.empty()) {
    reader.Refuse("wants -f FILE");
    return kExitUsage;
  }
  const auto snapshot = options.Build(options.files);
  if (snapshot == nullptr) return kExitFindings;
  std::fputs(snapshot->Dump().c_str(), stdout);
  return kExitClean;
}

}  // namespace

const Subcommand kDump = {
    "dump",
    "-f FILE... [--labels k=v,...] [--ns NS]",
    "prints the compiled tables in the order they are tried",
    "  -f FILE     a file or folder of resources; may be repeated\n"
    "  --labels L  of the proxy, k=v,...; those of all selectors if not given\n"
    "  --ns NS     of the proxy, where its Secrets are\n",
    RunDump,
};

}  // namespace postern
