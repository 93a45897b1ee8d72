#include <algorithm>
#include <string>
#include <string_view>

#include "examples/postern/lint_report.h"

namespace postern {
namespace {

constexpr size_t kMaxShown = 160;  // Bytes of a line; longer ones are cut around the column.

// A Palette is the escape sequences, or nothing.
struct Palette {
  std::string_view place, error, warning, info, rule, caret, end;
};
constexpr Palette kColours = {"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m",
                              "\x1b[2m", "\x1b[1;32m", "\x1b[0m"};
constexpr Palette kPlain = {};

std::string PlaceText(const SourceLocation& where) {
  const std::string text = where.ToString();
  return where.file.empty() && !text.empty() ? "<stdin>:" + text : text;
}

// Printable replaces what a terminal would obey.
std::string Printable(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(),
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }, '?');
  return result;
}

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// AppendLine shows the line of `where` with a caret below its column.
void AppendLine(const SourceLocation& where, SourceLines& lines, const Palette& palette,
                std::string* out) {
  const std::optional<std::string_view> found = lines.Line(where);
  if (!found) return;
  std::string_view line = *found;
  size_t column = std::min(static_cast<size_t>(where.column - 1), line.size());
  if (column > kMaxShown / 2) {
    size_t cut = column - kMaxShown / 2;
    while (cut < column && IsContinuationByte(line[cut])) ++cut;
    line.remove_prefix(cut);
    column -= cut;
  }
  size_t size = std::min(line.size(), kMaxShown);
  while (size < line.size() && IsContinuationByte(line[size])) ++size;
  line = line.substr(0, size);

  const std::string number = std::to_string(where.line);
  *out += "  " + number + " | " + Printable(line) + "\n";
  *out += "  " + std::string(number.size(), ' ') + " | ";
  for (const char c : line.substr(0, column)) {
    if (!IsContinuationByte(c)) *out += c == '\t' ? '\t' : ' ';
  }
  *out += palette.caret;
  *out += "^";
  *out += palette.end;
  *out += "\n";
}

void AppendFinding(const Diagnostic& finding, SourceLines& lines, const Palette& palette,
                   std::string* out) {
  const bool is_error = finding.severity == Severity::kError;
  const auto add = [out](auto... pieces) { (out->append(std::string_view(pieces)), ...); };
  if (const std::string place = PlaceText(finding.where); !place.empty()) {
    add(palette.place, Printable(place), ":", palette.end, " ");
  } else if (!finding.where.file.empty()) {
    add(palette.place, Printable(finding.where.file), ":", palette.end, " ");
  }
  add(is_error ? palette.error : palette.warning, is_error ? "error:" : "warning:", palette.end,
      " ");
  if (!finding.resource.empty()) add(Printable(finding.resource), ": ");
  if (!finding.path.empty()) add(Printable(finding.path), ": ");
  add(Printable(finding.message), " ", palette.rule, "[", finding.rule, "]", palette.end, "\n");
  AppendLine(finding.where, lines, palette, out);
  if (!finding.other) return;
  add("  ", palette.info, "see", palette.end, " ");
  if (const std::string place = PlaceText(finding.other->where); !place.empty()) {
    add(Printable(place), ": ");
  }
  add(Printable(finding.other->resource), ": ", Printable(finding.other->path), "\n");
}

std::string Count(size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

size_t CountResources(const Config& config) {
  return config.gateways.size() + config.virtual_services.size() + config.destination_rules.size() +
         config.service_entries.size() + config.workload_entries.size() + config.secrets.size() +
         config.config_maps.size() + config.services.size() + config.endpoint_slices.size();
}

}  // namespace

std::string LintText(const LintReport& report, SourceLines& lines, bool colour) {
  const Palette& palette = colour ? kColours : kPlain;
  std::string out;
  size_t counts[3] = {};
  for (const Diagnostic& finding : report.findings) {
    ++counts[static_cast<size_t>(finding.severity)];
    if (finding.severity != Severity::kInfo) AppendFinding(finding, lines, palette, &out);
  }
  out += Count(CountResources(report.config), "resource") + ", " +
         Count(counts[static_cast<size_t>(Severity::kError)], "error") + ", " +
         Count(counts[static_cast<size_t>(Severity::kWarning)], "warning");
  if (const size_t infos = counts[static_cast<size_t>(Severity::kInfo)]; infos > 0) {
    out += "; " + std::to_string(infos) + " of other kinds passed over";
  }
  return out + "\n";
}

}  // namespace postern
