#include "tests/wire/http_text.h"

#include <cctype>
#include <cstdio>
#include <cstdlib>

namespace postern {
namespace {

[[noreturn]] void Fail(std::string_view why, std::string_view bytes) {
  std::fprintf(stderr, "not HTTP/1.1: %.*s in:\n%.*s\n", static_cast<int>(why.size()), why.data(),
               static_cast<int>(bytes.size()), bytes.data());
  std::abort();
}

// Takes a chunked body, as far as it has come.
bool TakeChunks(std::string_view* bytes, std::string* body) {
  while (true) {
    const size_t end = bytes->find("\r\n");
    if (end == std::string_view::npos) return false;
    const size_t size = std::stoull(std::string(bytes->substr(0, end)), nullptr, 16);
    if (size == 0) {
      const size_t last = bytes->find("\r\n\r\n", end);
      if (last == std::string_view::npos) return false;
      bytes->remove_prefix(last + 4);
      return true;
    }
    if (bytes->size() < end + 2 + size + 2) {
      body->append(bytes->substr(std::min(end + 2, bytes->size())).substr(0, size));
      *bytes = {};
      return false;
    }
    body->append(bytes->substr(end + 2, size));
    if (bytes->substr(end + 2 + size, 2) != "\r\n") Fail("chunk without end", *bytes);
    bytes->remove_prefix(end + 2 + size + 2);
  }
}

}  // namespace

std::string TextMessage::Field(std::string_view name) const {
  std::string values;
  for (const auto& [key, value] : fields) {
    if (key == name) values += (values.empty() ? "" : ",") + value;
  }
  return values;
}

bool TextMessage::Has(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return true;
  }
  return false;
}

int TextMessage::Status() const { return std::atoi(start_line.c_str() + 9); }

std::string TextMessage::Method() const { return start_line.substr(0, start_line.find(' ')); }

std::string TextMessage::Target() const {
  const size_t begin = start_line.find(' ') + 1;
  return start_line.substr(begin, start_line.find(' ', begin) - begin);
}

std::string TextMessage::Canonical() const {
  std::string text = start_line + "\n";
  for (const auto& [name, value] : fields) text += name + ": " + value + "\n";
  return text + "[" + framing + (complete ? "] " : "] cut short ") + body + "\n";
}

std::optional<TextMessage> TakeMessage(std::string_view* bytes, bool response, bool bodiless) {
  const size_t end = bytes->find("\r\n\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view head = bytes->substr(0, end + 2);
  const std::string_view all = head;
  bytes->remove_prefix(end + 4);
  TextMessage message;
  bool first = true;
  while (!head.empty()) {
    const size_t line_end = head.find("\r\n");
    const std::string_view line = head.substr(0, line_end);
    head.remove_prefix(line_end + 2);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
      Fail("control byte", all);
    }
    if (std::exchange(first, false)) {
      message.start_line = line;
      const std::string_view version = response ? line.substr(0, 9) : line.substr(line.size() - 9);
      if (version != (response ? "HTTP/1.1 " : " HTTP/1.1")) Fail("version", all);
      continue;
    }
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0) Fail("field", all);
    for (const char c : line.substr(0, colon)) {
      if (std::isspace(static_cast<unsigned char>(c)) || std::isupper(c)) Fail("name", all);
    }
    message.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  const bool chunked = message.Has("transfer-encoding");
  const bool counted = message.Has("content-length");
  if (chunked && counted) Fail("two lengths", all);
  if (bodiless) {
    message.complete = true;
  } else if (chunked) {
    if (message.Field("transfer-encoding") != "chunked") Fail("coding", all);
    message.framing = "chunked";
    message.complete = TakeChunks(bytes, &message.body);
  } else if (counted) {
    const std::string length = message.Field("content-length");
    message.framing = "content-length:" + length;
    const size_t size = std::min<size_t>(std::stoull(length), bytes->size());
    message.body = bytes->substr(0, size);
    message.complete = size == std::stoull(length);
    bytes->remove_prefix(size);
  } else if (response) {
    message.framing = "close";
    message.body = *bytes;
    *bytes = {};
  } else {
    message.complete = true;
  }
  return message;
}

}  // namespace postern
