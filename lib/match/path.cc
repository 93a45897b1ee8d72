#include "lib/match/path.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "lib/base/strings.h"
#include "lib/base/utf8.h"

namespace postern {
namespace {

using EscapedSlashes = PathRules::EscapedSlashes;

// EscapeAt returns the byte that the escape at the start of `text` stands for, or -1 if it is none.
int EscapeAt(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return -1;
  const int high = HexDigit(text[1]);
  const int low = HexDigit(text[2]);
  return high < 0 || low < 0 ? -1 : high << 4 | low;
}

constexpr bool IsUnreserved(int byte) {
  const char c = static_cast<char>(byte);
  return byte < 0x80 && (IsAsciiAlnum(c) || c == '-' || c == '.' || c == '_' || c == '~');
}

// NeedsEscape is of the raw bytes that a path may not hold.
constexpr bool NeedsEscape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte <= 0x20 || byte >= 0x7f) return true;
  switch (c) {
    case '"':
    case '<':
    case '>':
    case '^':
    case '`':
    case '{':
    case '|':
    case '}':
      return true;
    default:
      return false;
  }
}

bool HasNul(std::string_view path) {
  return path.find('\0') != std::string_view::npos || path.find("%00") != std::string_view::npos;
}

// DotsAt returns the length of the dot segment that `text` begins with, and sets `dots` to 1 or 2;
// 0 if the segment at the start of `text` is another. A dot may be escaped.
size_t DotsAt(std::string_view text, int* dots) {
  size_t size = 0;
  for (*dots = 0; size < text.size(); ++*dots) {
    if (text[size] == '.') {
      size += 1;
    } else if (EscapeAt(text.substr(size)) == '.') {
      size += 3;
    } else {
      break;
    }
  }
  if (*dots < 1 || *dots > 2) return 0;
  if (size == text.size()) return size;
  return text[size] == '/' || text[size] == '\\' ? size : 0;
}

// DropDotParameters makes ".." of "..;x". Envoy does so ahead of all else: to it no escaped dot is
// one, nor one behind a backslash.
void DropDotParameters(std::string* path) {
  for (size_t at = path->find("/."); at != std::string::npos; at = path->find("/.", at + 1)) {
    const size_t end = path->find_first_not_of('.', at + 1);
    if (end == std::string::npos || end - at > 3 || (*path)[end] != ';') continue;
    path->erase(end, std::min(path->find('/', end), path->size()) - end);
  }
}

// EscapeNested writes "%25" for the "%" of an escape that is there only since the last byte of
// `out` was decoded, and that may need `next`, too.
void EscapeNested(std::string* out, std::string_view next) {
  for (const size_t back : {2, 3}) {
    if (out->size() < back) return;
    const size_t at = out->size() - back;
    if (EscapeAt(StrCat(out->substr(at), next.substr(0, 1))) < 0) continue;
    out->insert(at + 1, "25");
    return;
  }
}

// RemoveLastSegment turns "/a/b/" into "/a/"; "/" stays.
void RemoveLastSegment(std::string* path) {
  if (path->size() < 2) return;
  path->resize(path->rfind('/', path->size() - 2) + 1);
}

// Canonical returns `path` as Chromium's URL library, and so Envoy, writes it; nullopt if it has
// bytes that are no UTF-8.
std::optional<std::string> Canonical(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size();) {
    const std::string_view rest = path.substr(i);
    const char c = rest.front();
    int dots = 0;
    const size_t dot_size = out.ends_with('/') ? DotsAt(rest, &dots) : 0;
    if (dot_size > 0) {
      if (dots == 2) RemoveLastSegment(&out);
      // The segment goes with its separator, as the one before it is there.
      i = std::min(path.find_first_of("/\\", i + dot_size), path.size());
      if (i < path.size()) ++i;
    } else if (c == '\\') {
      out += '/';
      ++i;
    } else if (const int byte = EscapeAt(rest); byte >= 0) {
      if (IsUnreserved(byte)) {
        out += static_cast<char>(byte);
        EscapeNested(&out, rest.substr(3));
      } else {
        out += rest.substr(0, 3);
      }
      i += 3;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      const size_t size = Utf8Length(rest);
      if (size == 0) return std::nullopt;
      for (const char part : rest.substr(0, size)) AppendPercent(&out, static_cast<uint8_t>(part));
      i += size;
    } else {
      if (NeedsEscape(c)) {
        AppendPercent(&out, static_cast<uint8_t>(c));
      } else {
        out += c;
      }
      ++i;
    }
  }
  return out;
}

// kChanging is the bytes that Canonical may write otherwise, wherever they stand.
constexpr std::array<bool, 256> kChanging = [] {
  std::array<bool, 256> changing = {};
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    changing[static_cast<size_t>(byte)] = c == '%' || c == '\\' || NeedsEscape(c);
  }
  return changing;
}();

// MayChange returns whether Canonical could make anything of `path` but `path`.
bool MayChange(std::string_view path) {
  char before = '/';
  for (const char c : path) {
    if (kChanging[static_cast<unsigned char>(c)] || (c == '.' && before == '/')) return true;
    before = c;
  }
  return false;
}

// WithSlashes decodes "%2F" and "%5C".
std::string WithSlashes(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (size_t i = 0; i < path.size(); ++i) {
    const int byte = EscapeAt(path.substr(i));
    if (byte == '/' || byte == '\\') {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += path[i];
    }
  }
  return out;
}

bool HasEscapedSlash(std::string_view path) {
  for (size_t i = path.find('%'); i != std::string_view::npos; i = path.find('%', i + 1)) {
    const int byte = EscapeAt(path.substr(i));
    if (byte == '/' || byte == '\\') return true;
  }
  return false;
}

// MergeSlashes makes one slash of several in a row. As in Envoy, which joins the segments between
// the first slash and the last, a path of nothing but slashes keeps these two.
void MergeSlashes(std::string* path) {
  if (path->size() > 1 && path->find_first_not_of('/') == std::string::npos) {
    path->resize(2);
    return;
  }
  path->erase(
      std::unique(path->begin(), path->end(), [](char a, char b) { return a == '/' && b == '/'; }),
      path->end());
}

}  // namespace

SplitTarget SplitPath(std::string_view target) {
  SplitTarget split;
  const size_t hash = target.find('#');
  split.has_fragment = hash != std::string_view::npos;
  split.target = target.substr(0, hash);
  const size_t mark = split.target.find('?');
  split.path = split.target.substr(0, mark);
  if (mark != std::string_view::npos) split.query = split.target.substr(mark + 1);
  return split;
}

NormalPath NormalizePath(std::string_view target, const PathRules& rules, std::string* storage) {
  const SplitTarget split = SplitPath(target);
  NormalPath normal;
  normal.outcome = NormalPath::Outcome::kInvalid;
  if (split.has_fragment && rules.reject_fragment) return normal;
  if (HasNul(split.path)) return normal;
  const bool escaped_slash =
      rules.escaped_slashes != EscapedSlashes::kKeep && HasEscapedSlash(split.path);
  if (escaped_slash && rules.escaped_slashes == EscapedSlashes::kReject) return normal;

  normal.outcome = escaped_slash && rules.escaped_slashes == EscapedSlashes::kUnescapeAndRedirect
                       ? NormalPath::Outcome::kRedirect
                       : NormalPath::Outcome::kForward;
  normal.target = split.target;
  normal.path_size = split.path.size();
  const bool may_change = rules.normalize && MayChange(split.path);
  const bool merge = rules.merge_slashes && split.path.find("//") != std::string_view::npos;
  if (!split.path.starts_with('/') || (!escaped_slash && !may_change && !merge)) return normal;

  std::string path = escaped_slash ? WithSlashes(split.path) : std::string(split.path);
  if (rules.normalize) {
    DropDotParameters(&path);
    std::optional<std::string> canonical = Canonical(path);
    if (!canonical) return {.outcome = NormalPath::Outcome::kInvalid};
    path = *std::move(canonical);
  }
  if (rules.merge_slashes) MergeSlashes(&path);
  if (path == split.path) return normal;
  normal.path_size = path.size();
  path += split.target.substr(split.path.size());
  *storage = std::move(path);
  normal.target = *storage;
  return normal;
}

std::string ReplacePrefix(std::string_view target, size_t size, std::string_view replacement) {
  return StrCat(replacement, target.substr(std::min(size, target.size())));
}

std::string ReplacePath(std::string_view target, std::string_view path) {
  return StrCat(path, target.substr(std::min(target.find('?'), target.size())));
}

std::optional<std::string_view> QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    const size_t equals = parameter.find('=');
    if (parameter.substr(0, equals) == name) {
      return equals == std::string_view::npos ? std::string_view() : parameter.substr(equals + 1);
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace postern
