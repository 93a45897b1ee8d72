#include "lib/engine/escape.h"

#include <cstdint>

namespace postern {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void AppendHex(std::string_view prefix, uint8_t byte, std::string* out) {
  *out += prefix;
  out->push_back(kDigits[byte >> 4]);
  out->push_back(kDigits[byte & 0xf]);
}

// Returns how many bytes a well-formed UTF-8 sequence at the front of `text` has, or 0.
size_t Utf8Size(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = at(0);
  const size_t size = lead >= 0xf0 && lead <= 0xf4   ? 4
                      : lead >= 0xe0 && lead <= 0xef ? 3
                      : lead >= 0xc2 && lead <= 0xdf ? 2
                                                     : 0;
  if (size == 0 || text.size() < size) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what is beyond Unicode.
  if ((lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) >= 0xa0) ||
      (lead == 0xf0 && at(1) < 0x90) || (lead == 0xf4 && at(1) >= 0x90)) {
    return 0;
  }
  return size;
}

}  // namespace

std::string LogEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte >= 0x7f) {
      AppendHex("\\x", byte, &out);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string JsonEscaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    const auto byte = static_cast<uint8_t>(c);
    size_t size = 1;
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      AppendHex("\\u00", byte, &out);
    } else if (byte < 0x80) {
      out.push_back(c);
    } else if (size = Utf8Size(text); size > 0) {
      out += text.substr(0, size);
    } else {
      size = 1;
      AppendHex("\\u00", byte, &out);
    }
    text.remove_prefix(size);
  }
  return out;
}

std::string HtmlEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<uint8_t>(c) >= 0x20 && c != 0x7f) out.push_back(c);
    }
  }
  return out;
}

}  // namespace postern
