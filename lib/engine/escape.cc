#include "lib/engine/escape.h"

#include <cstdint>

#include "lib/base/strings.h"
#include "lib/base/utf8.h"

namespace postern {
namespace {

void AppendEscape(std::string_view prefix, uint8_t byte, std::string* out) {
  *out += prefix;
  AppendHex(out, byte);
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
      AppendEscape("\\x", byte, &out);
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
      AppendEscape("\\u00", byte, &out);
    } else if (byte < 0x80) {
      out.push_back(c);
    } else if (size = Utf8Length(text); size > 0) {
      out += text.substr(0, size);
    } else {
      size = 1;
      AppendEscape("\\u00", byte, &out);
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
