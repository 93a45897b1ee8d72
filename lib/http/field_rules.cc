#include "lib/http/field_rules.h"

#include <algorithm>
#include <array>
#include <limits>

#include "lib/base/strings.h"
#include "lib/http/byte_words.h"

namespace postern {
namespace {

using ByteSet = std::array<bool, 256>;

// Marks the letters, the digits and the bytes of `more`.
constexpr ByteSet AlnumAnd(std::string_view more) {
  ByteSet set = {};
  for (int c = 0; c < 128; ++c) set[c] = IsAsciiAlnum(static_cast<char>(c));
  for (const char c : more) set[static_cast<uint8_t>(c)] = true;
  return set;
}

constexpr ByteSet Values() {
  ByteSet set = {};
  for (int c = 0; c < 256; ++c) set[c] = c == '\t' || (c >= ' ' && c != 0x7f);
  return set;
}

constexpr ByteSet WithoutCapitals(ByteSet set) {
  for (int c = 'A'; c <= 'Z'; ++c) set[c] = false;
  return set;
}

constexpr ByteSet kToken = AlnumAnd("!#$%&'*+-.^_`|~");
constexpr ByteSet kName = WithoutCapitals(kToken);
constexpr ByteSet kValue = Values();
// Envoy's set less '@' and ',', which are a user's name and a list (engine.md 9.2, 12 and 18).
constexpr ByteSet kHost = AlnumAnd("!$%&'()*+-.;=_~");
constexpr ByteSet kBracketed = AlnumAnd(":.%-_~");

// What each byte of a token is in lower case; 0 for other bytes.
constexpr std::array<char, 256> kLowered = [] {
  std::array<char, 256> lowered = {};
  for (int c = 0; c < 128; ++c) lowered[c] = kToken[c] ? AsciiLower(static_cast<char>(c)) : '\0';
  return lowered;
}();

bool All(std::string_view text, const ByteSet& set) {
  bool all = true;
  for (const char c : text) all &= set[static_cast<uint8_t>(c)];
  return all;
}

// Envoy's, which writes MSEARCH for M-SEARCH: either passes.
constexpr std::array<std::string_view, 36> kMethods = {
    "ACL",     "BIND",   "CHECKOUT", "CONNECT",    "COPY",       "DELETE",     "GET",       "HEAD",
    "LINK",    "LOCK",   "M-SEARCH", "MERGE",      "MKACTIVITY", "MKCALENDAR", "MKCOL",     "MOVE",
    "MSEARCH", "NOTIFY", "OPTIONS",  "PATCH",      "POST",       "PROPFIND",   "PROPPATCH", "PURGE",
    "PUT",     "QUERY",  "REBIND",   "REPORT",     "SEARCH",     "SOURCE",     "SUBSCRIBE", "TRACE",
    "UNBIND",  "UNLINK", "UNLOCK",   "UNSUBSCRIBE"};
static_assert(std::is_sorted(kMethods.begin(), kMethods.end()));

}  // namespace

bool IsToken(std::string_view text) { return !text.empty() && All(text, kToken); }

bool IsFieldName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && All(text, kName);
}

size_t LowerToken(char* text, size_t size) {
  for (size_t at = 0; at < size; ++at) {
    const char lowered = kLowered[static_cast<uint8_t>(text[at])];
    if (lowered == 0) return at;
    text[at] = lowered;
  }
  return size;
}

bool IsFieldValue(std::string_view text) {
  // Tabs are rare: a text with one is looked at again.
  return !AnyWord(text, [](uint64_t word) { return Below(word, ' ') | Holds(word, 0x7f); }) ||
         All(text, kValue);
}

bool IsTarget(std::string_view text) {
  return !text.empty() &&
         !AnyWord(text, [](uint64_t word) { return word | Below(word, '!') | Holds(word, 0x7f); });
}

bool IsRegisteredMethod(std::string_view text) {
  if (text == "GET" || text == "POST") return true;
  return std::binary_search(kMethods.begin(), kMethods.end(), text);
}

bool IsAuthority(std::string_view text) {
  size_t end = 0;  // Of the host.
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    if (!All(text.substr(1, end - 1), kBracketed)) return false;
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (end == 0 || !All(text.substr(0, end), kHost)) return false;
  }
  if (end == text.size()) return true;
  if (text[end] != ':') return false;
  const std::string_view port = text.substr(end + 1);
  return port.empty() || ParseDecimal<uint16_t>(port).has_value();
}

std::optional<uint64_t> ParseContentLength(std::string_view text) {
  const std::optional<uint64_t> length = ParseDecimal<uint64_t>(text);
  if (!length || *length > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return length;
}

}  // namespace postern
