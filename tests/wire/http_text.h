// A reader of HTTP/1.1 messages for tests: strict, slow, and written apart from the library's, so
// that it can say what a careful peer makes of the bytes that the library sends.

#ifndef POSTERN_TESTS_WIRE_HTTP_TEXT_H_
#define POSTERN_TESTS_WIRE_HTTP_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern {

// A TextMessage is one message as it stood on the wire.
struct TextMessage {
  std::string start_line;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  std::string framing;    // "", "content-length:3", "chunked" or "close".
  bool complete = false;  // The body is.

  std::string Field(std::string_view name) const;  // All values, joined by ",".
  bool Has(std::string_view name) const;
  int Status() const;          // Of a response.
  std::string Method() const;  // Of a request, like Target.
  std::string Target() const;

  // Canonical returns all of it but how a chunked body was cut.
  std::string Canonical() const;
};

// TakeMessage removes one message from the front of `bytes`. nullopt if its head is not there yet.
// A head that no strict reader takes ends the test program. `bodiless`: no body follows, whatever
// the fields say.
std::optional<TextMessage> TakeMessage(std::string_view* bytes, bool response, bool bodiless);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_HTTP_TEXT_H_
