// The lines of configuration files, for showing where a finding is. Nothing of a document that may
// hold a Secret is ever shown.

#ifndef POSTERN_EXAMPLES_POSTERN_SOURCE_LINES_H_
#define POSTERN_EXAMPLES_POSTERN_SOURCE_LINES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postern/config.h"
#include "postern/metadata.h"

namespace postern {

// A SourceLines reads each file once, when a line of it is first asked for.
class SourceLines {
 public:
  // `stdin_text` is the text of locations without a file. The documents in which `config` found
  // Secrets are kept back.
  SourceLines(std::string stdin_text, const Config& config);

  // Line returns the line of `where`; nullopt if there is none, or if it must not be shown.
  std::optional<std::string_view> Line(const SourceLocation& where);

  // ColumnInCharacters returns the column of `where`, which counts bytes, in characters.
  int ColumnInCharacters(const SourceLocation& where);

 private:
  // A File is the lines of one file, and which of them may be shown.
  struct File {
    std::string text;
    std::vector<std::string_view> lines;
    std::vector<bool> shown;
  };

  const File& Read(const std::string& name);
  std::optional<std::string_view> AnyLine(const SourceLocation& where);

  std::map<std::string, File> files_;
  std::map<std::string, std::vector<int>> secret_lines_;  // Where Secrets begin, by file.
};

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_SOURCE_LINES_H_
