#include "lib/http/field_rules.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "lib/base/strings.h"

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

constexpr ByteSet Visible() {
  ByteSet set = {};
  for (int c = '!'; c <= '~'; ++c) set[c] = true;
  return set;
}

constexpr ByteSet WithoutCapitals(ByteSet set) {
  for (int c = 'A'; c <= 'Z'; ++c) set[c] = false;
  return set;
}

constexpr ByteSet kToken = AlnumAnd("!#$%&'*+-.^_`|~");
constexpr ByteSet kName = WithoutCapitals(kToken);
constexpr ByteSet kValue = Values();
constexpr ByteSet kTarget = Visible();
// Envoy's set less '@' and ',', which are a user's name and a list (engine.md 9.2, 12 and 18).
constexpr ByteSet kHost = AlnumAnd("!$%&'()*+-.;=_~");
constexpr ByteSet kBracketed = AlnumAnd(":.%-_~");

constexpr size_t kLongestName = 1024;

bool All(std::string_view text, const ByteSet& set) {
  bool all = true;
  for (const char c : text) all &= set[static_cast<uint8_t>(c)];
  return all;
}

// PlainPrefix returns how many bytes `text` begins with, by eights, that are ' ' to '~' or beyond
// ASCII: what values are made of, but for tabs.
size_t PlainPrefix(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = kOnes << 7;
  size_t at = 0;
  for (; text.size() - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof(word));
    const uint64_t controls = (word - kOnes * 0x20) & ~word;
    const uint64_t deleted = word ^ (kOnes * 0x7f);
    if (((controls | ((deleted - kOnes) & ~deleted)) & kHigh) != 0) break;
  }
  return at;
}

constexpr std::array<std::string_view, 34> kMethods = {
    "ACL",       "BIND",  "CHECKOUT", "CONNECT",  "COPY",   "DELETE",     "GET",
    "HEAD",      "LINK",  "LOCK",     "M-SEARCH", "MERGE",  "MKACTIVITY", "MKCALENDAR",
    "MKCOL",     "MOVE",  "NOTIFY",   "OPTIONS",  "PATCH",  "POST",       "PROPFIND",
    "PROPPATCH", "PURGE", "PUT",      "REBIND",   "REPORT", "SEARCH",     "SOURCE",
    "SUBSCRIBE", "TRACE", "UNBIND",   "UNLINK",   "UNLOCK", "UNSUBSCRIBE"};
static_assert(std::is_sorted(kMethods.begin(), kMethods.end()));

}  // namespace

bool IsToken(std::string_view text) { return !text.empty() && All(text, kToken); }

bool IsFieldName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && All(text, kName);
}

bool IsFieldValue(std::string_view text) { return All(text.substr(PlainPrefix(text)), kValue); }

bool IsTarget(std::string_view text) { return !text.empty() && All(text, kTarget); }

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
