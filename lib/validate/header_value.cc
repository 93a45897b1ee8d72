#include "lib/validate/header_value.h"

#include <algorithm>
#include <cstddef>

namespace postern {
namespace {

enum class State { kLiteral, kName, kArray, kStringStart, kString, kDelimiter, kArgsEnd, kEnd };

}  // namespace

bool HasControlByte(std::string_view value) {
  return std::any_of(value.begin(), value.end(), [](char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

std::optional<std::string_view> CheckHeaderFormat(std::string_view value) {
  State state = State::kLiteral;
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool is_last = i + 1 == value.size();
    switch (state) {
      case State::kLiteral:
        if (c != '%') break;
        if (is_last) return "ends in a single \"%\", which is written \"%%\"";
        if (value[i + 1] == '%') {
          ++i;
        } else {
          state = State::kName;
        }
        break;
      case State::kName:
        if (c == '%') state = State::kLiteral;
        if (c == '(') state = State::kArray;
        break;
      case State::kArray:
        // Whatever follows "(" begins the argument, a ")" too.
        if (c == '[') {
          state = State::kStringStart;
        } else if (c != ' ') {
          state = State::kString;
        }
        break;
      case State::kStringStart:
        if (c == '"') {
          state = State::kString;
        } else if (c != ' ') {
          return "has a list of arguments in which a quote is missing";
        }
        break;
      case State::kString:
        if (c == '\\') {
          if (is_last) return "ends in a backslash";
          ++i;
        } else if (c == ')') {
          state = State::kEnd;
        } else if (c == '"') {
          state = State::kDelimiter;
        }
        break;
      case State::kDelimiter:
        if (c == ',') {
          state = State::kStringStart;
        } else if (c == ']') {
          state = State::kArgsEnd;
        } else if (c != ' ') {
          return "has a list of arguments in which \",\" or \"]\" is missing";
        }
        break;
      case State::kArgsEnd:
        if (c == ')') {
          state = State::kEnd;
        } else if (c != ' ') {
          return "has something between \"]\" and \")\"";
        }
        break;
      case State::kEnd:
        if (c == '%') {
          state = State::kLiteral;
        } else if (c != ' ') {
          return "has something between \")\" and \"%\"";
        }
        break;
    }
  }
  if (state != State::kLiteral) return "has a variable that is not closed by \"%\"";
  return std::nullopt;
}

}  // namespace postern
