#include "examples/postern/source_lines.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace postern {
namespace {

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool BeginsDocument(std::string_view line) { return line.starts_with("---"); }

// MayShow says that lines [first, last) are a document that can hold no Secret: it names its kind,
// and nowhere the word. A document that cannot be read may be anything.
bool MayShow(const std::vector<std::string_view>& lines, size_t first, size_t last) {
  const auto has = [&](std::string_view word) {
    return std::any_of(lines.begin() + static_cast<ptrdiff_t>(first),
                       lines.begin() + static_cast<ptrdiff_t>(last),
                       [word](std::string_view line) { return line.find(word) != line.npos; });
  };
  return has("kind") && !has("Secret") && !has("PRIVATE KEY");
}

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

SourceLines::SourceLines(std::string stdin_text, const Config& config) {
  files_[""].text = std::move(stdin_text);
  for (const Secret& secret : config.secrets) {
    const SourceLocation where = secret.source.Find("");
    secret_lines_[where.file].push_back(where.line);
  }
}

std::optional<std::string_view> SourceLines::Line(const SourceLocation& where) {
  const std::optional<std::string_view> line = AnyLine(where);
  if (!line || !Read(where.file).shown[static_cast<size_t>(where.line - 1)]) return std::nullopt;
  return line;
}

int SourceLines::ColumnInCharacters(const SourceLocation& where) {
  const std::optional<std::string_view> line = AnyLine(where);
  if (!line) return where.column;
  const std::string_view before = line->substr(0, static_cast<size_t>(where.column - 1));
  return where.column -
         static_cast<int>(std::count_if(before.begin(), before.end(), IsContinuationByte));
}

std::optional<std::string_view> SourceLines::AnyLine(const SourceLocation& where) {
  if (where.line < 1 || where.column < 1) return std::nullopt;
  const File& file = Read(where.file);
  const size_t index = static_cast<size_t>(where.line - 1);
  if (index >= file.lines.size()) return std::nullopt;
  return file.lines[index];
}

const SourceLines::File& SourceLines::Read(const std::string& name) {
  File& file = files_[name];
  if (!file.lines.empty()) return file;
  // What came through a pipe does not come again.
  std::error_code ignored;
  if (!name.empty() && std::filesystem::is_regular_file(name, ignored)) {
    std::ifstream stream(name, std::ios::binary);
    file.text.assign(std::istreambuf_iterator<char>(stream), {});
  }
  file.lines = SplitLines(file.text);
  file.shown.assign(file.lines.size(), false);
  const std::vector<int>& secrets = secret_lines_[name];
  for (size_t first = 0; first < file.lines.size();) {
    size_t last = first + 1;
    while (last < file.lines.size() && !BeginsDocument(file.lines[last])) ++last;
    const bool holds_secret = std::any_of(secrets.begin(), secrets.end(), [&](int line) {
      return static_cast<size_t>(line) > first && static_cast<size_t>(line) <= last;
    });
    if (!holds_secret && MayShow(file.lines, first, last)) {
      std::fill(file.shown.begin() + static_cast<ptrdiff_t>(first),
                file.shown.begin() + static_cast<ptrdiff_t>(last), true);
    }
    first = last;
  }
  return file;
}

}  // namespace postern
