// Writes JSON, compact, without ever holding a tree of it.

#ifndef POSTERN_EXAMPLES_POSTERN_JSON_WRITER_H_
#define POSTERN_EXAMPLES_POSTERN_JSON_WRITER_H_

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace postern {

// A JsonWriter is told what comes next. Between Begin and End of an object, each value stands
// behind a Key.
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginList() { return Open('['); }
  JsonWriter& EndList() { return Close(']'); }

  JsonWriter& Key(std::string_view key);
  JsonWriter& Value(std::string_view text);
  JsonWriter& Value(const char* text) { return Value(std::string_view(text)); }
  JsonWriter& Value(std::same_as<bool> auto value) { return Raw(value ? "true" : "false"); }
  JsonWriter& Value(int number) { return Raw(std::to_string(number)); }

  // Member is Key and Value.
  template <typename V>
  JsonWriter& Member(std::string_view key, const V& value) {
    return Key(key).Value(value);
  }

  // Build returns the text written.
  std::string Build() && { return std::move(text_); }

 private:
  JsonWriter& Open(char bracket);
  JsonWriter& Close(char bracket);
  JsonWriter& Raw(std::string_view text);
  void Separate();

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_JSON_WRITER_H_
