#include "lib/yaml/quoted_scalar.h"

#include <algorithm>
#include <utility>

namespace postern {
namespace {

// EscapeBytes returns how many bytes the escape has that `text` begins with.
size_t EscapeBytes(std::string_view text) {
  const char name = text.size() > 1 ? text[1] : '\0';
  if (name == '\r') return text.substr(2).starts_with('\n') ? 3 : 2;
  return name == 'x' ? 4 : name == 'u' ? 6 : name == 'U' ? 10 : 2;
}

// FromLatin1 returns `text` with its bytes 85 and A0 that stand alone as UTF-8.
std::string FromLatin1(std::string_view text) {
  std::string mended;
  size_t rest = 0;  // Of a character's bytes.
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (rest > 0) {
      --rest;
    } else if (byte >= 0xc0) {
      rest = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    } else if (byte >= 0x80) {
      mended += '\xc2';
    }
    mended += c;
  }
  return mended;
}

// SkipProperties returns where the anchor and tag end that stand at `at`, on its line: behind a
// line break may be another value, and this one empty.
size_t SkipProperties(std::string_view text, size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    while (at < text.size() && !IsBlankOrBreak(text[at])) ++at;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  }
  return at;
}

// A Written is what stands between quotes.
struct Written {
  bool closed = false;
  size_t characters = 0;  // But blanks and escapes.
  size_t escaped = 0;     // Escapes \n that end what stands before the line breaks at the end.
  size_t breaks = 0;      // Those line breaks; the first of several means nothing.
  bool is_latin1 = false;
};

// Scan reads `text`, which begins behind the quote that opens it.
Written Scan(std::string_view text, char quote) {
  Written written;
  while (!text.empty()) {
    if (quote == '"' && text.front() == '\\') {
      const size_t bytes = std::min(EscapeBytes(text), text.size());
      const std::string_view escape = text.substr(1, bytes - 1);
      if (escape.ends_with('\n')) {
        written.breaks = 1;  // It means nothing, but is the first.
      } else {
        written.breaks = 0;
        written.escaped = escape == "n" ? written.escaped + 1 : 0;
        written.is_latin1 = written.is_latin1 || escape == "N" || escape == "_";
      }
      text.remove_prefix(bytes);
      continue;
    }
    const bool is_pair = quote == '\'' && text.starts_with("''");
    if (text.front() == quote && !is_pair) {
      written.closed = true;
      return written;
    }
    if (text.front() == '\n') {
      ++written.breaks;
    } else if (!IsBlankOrBreak(text.front())) {
      written.characters += is_pair ? 0 : 1;
      written.breaks = written.escaped = 0;
    }
    text.remove_prefix(is_pair ? 2 : 1);
  }
  return written;
}

}  // namespace

QuotedScalar ReadQuotedScalar(std::string_view text, size_t at, std::string_view value) {
  const size_t begin = SkipProperties(text, at);
  if (begin >= text.size() || (text[begin] != '"' && text[begin] != '\'')) return {};
  const char quote = text[begin];
  const std::string_view quoted = text.substr(begin + 1);
  // Of almost all, what was read stands between the quotes as it is.
  if (quoted.size() > value.size() && quoted[value.size()] == quote && quoted.starts_with(value) &&
      value.find(quote) == value.npos) {
    return {};
  }
  const Written written = Scan(quoted, quote);
  if (!written.closed) return {std::nullopt, "a quote is not closed"};
  const auto read =
      std::count_if(value.begin(), value.end(), [](char c) { return !IsBlankOrBreak(c); });
  if (static_cast<size_t>(read) < written.characters) {
    return {std::nullopt, "each line of a quoted text must be indented"};
  }
  if (!written.is_latin1 && written.breaks < 2) return {};
  std::string mended = written.is_latin1 ? FromLatin1(value) : std::string(value);
  if (written.breaks > 1) {
    mended.resize(mended.find_last_not_of('\n') + 1);  // npos + 1 is 0.
    mended.append(written.escaped + written.breaks - 1, '\n');
  }
  return {std::move(mended)};
}

}  // namespace postern
