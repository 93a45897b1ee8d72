// What the subcommands that build a Snapshot have in common: which files, for which proxy, with
// what credentials.

#ifndef POSTERN_EXAMPLES_POSTERN_SNAPSHOT_ARGUMENTS_H_
#define POSTERN_EXAMPLES_POSTERN_SNAPSHOT_ARGUMENTS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {

// An ArgumentReader takes arguments one after another.
class ArgumentReader {
 public:
  ArgumentReader(std::string_view command, const std::vector<std::string>& arguments)
      : command_(command), arguments_(arguments) {}

  // Next returns the next argument, or nullopt at the end.
  std::optional<std::string> Next();

  // ValueOf returns the argument behind the option `name`; nullopt, and says so, if there is none.
  std::optional<std::string> ValueOf(std::string_view name);

  // IsThere returns whether there is a file or folder at `path`, and says so if not.
  bool IsThere(const std::string& path) const;

  // Refuse says what is wrong with the arguments.
  void Refuse(std::string_view problem) const;

 private:
  std::string command_;
  const std::vector<std::string>& arguments_;
  size_t next_ = 0;
};

// A SnapshotArguments is "-f FILE...", "--labels k=v,..." and "--ns NAMESPACE".
struct SnapshotArguments {
  std::vector<std::string> files;
  std::map<std::string, std::string> labels;  // None: those of the selectors of all Gateways.
  std::optional<std::string> ns;

  // Take returns whether `argument` is one of these; nullopt if it is, and wrong.
  std::optional<bool> Take(const std::string& argument, ArgumentReader& reader);

  // Build reads `paths` and builds; null, having said why, if that fails. A credential that is not
  // there is stood in for, and named on the standard error, as are rules that are not carried out.
  std::shared_ptr<const Snapshot> Build(const std::vector<std::string>& paths) const;
};

// AcceptUnenforced lets `options` build `config` whatever kinds it holds, and names on the standard
// error those whose rules are not carried out: who only asks serves nobody.
void AcceptUnenforced(const Config& config, SnapshotOptions* options);

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_SNAPSHOT_ARGUMENTS_H_
