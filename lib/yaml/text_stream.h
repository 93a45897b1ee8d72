// The documents of a YAML stream as pieces of its text, split as Kubernetes does it before any YAML
// is parsed (schema.md 1.3), and the check of their encoding. Reading a piece is for
// lib/yaml/document.h.

#ifndef POSTERN_YAML_TEXT_STREAM_H_
#define POSTERN_YAML_TEXT_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postern {

// A Piece is the text of one document.
struct Piece {
  size_t offset = 0;  // Of `text` in the stream.
  uint32_t line = 1;  // Of its first byte.
  std::string_view text;
  // bad_separator is the line that begins this piece, if more than a comment follows its "---":
  // what it meant to begin is unknown.
  std::string_view bad_separator;
};

// A TextStream gives the pieces of `text` one by one. A piece ends at each line that begins with
// "---", wherever it stands.
class TextStream {
 public:
  // `text` must outlive the pieces. A byte order mark at its beginning is skipped.
  explicit TextStream(std::string_view text);

  // Next returns the next piece, empty ones too, or nullopt at the end.
  std::optional<Piece> Next();

 private:
  std::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  bool done_ = false;
};

// An EncodingError is the first byte of a text that no document may hold.
struct EncodingError {
  size_t offset = 0;
  std::string message;
};

// CheckEncoding finds bytes that are not UTF-8, and characters that YAML does not allow: controls
// but for tab and line breaks, byte order marks, noncharacters.
std::optional<EncodingError> CheckEncoding(std::string_view text);

}  // namespace postern

#endif  // POSTERN_YAML_TEXT_STREAM_H_
