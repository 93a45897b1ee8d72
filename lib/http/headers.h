// A HeaderList is the fields of one message, in their order. Which fields are good is left to
// lib/http/field_rules.h, and which may pass a proxy to lib/http/hygiene.h.

#ifndef POSTERN_HTTP_HEADERS_H_
#define POSTERN_HTTP_HEADERS_H_

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/http/text_store.h"
#include "postern/decision.h"

namespace postern {

// A HeaderList keeps names in lower case. Add and Set borrow: what is passed must outlive the list,
// be a literal, or come from the list's own text(); AddCopy copies. Used again after Clear, it
// allocates nothing.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(HeaderList&&) noexcept = default;
  HeaderList& operator=(HeaderList&&) noexcept = default;

  std::span<const HeaderView> fields() const { return fields_; }
  size_t size() const { return fields_.size(); }
  HeaderView& operator[](size_t index) { return fields_[index]; }
  const HeaderView& operator[](size_t index) const { return fields_[index]; }

  // Find returns the value of the first field called `name`.
  std::optional<std::string_view> Find(std::string_view name) const;

  // Count returns how many fields are called `name`.
  size_t Count(std::string_view name) const;

  // Joined returns the values of all fields called `name`, with "," between them; empty if there
  // is none. Several are joined in text().
  std::string_view Joined(std::string_view name);

  void Add(std::string_view name, std::string_view value) { fields_.push_back({name, value}); }
  void AddCopy(std::string_view name, std::string_view value) {
    fields_.push_back({text_.Copy(name), text_.Copy(value)});
  }

  // Borrow adds each of `fields`.
  void Borrow(std::span<const HeaderView> fields) {
    fields_.insert(fields_.end(), fields.begin(), fields.end());
  }

  // Set gives the first field called `name` the value and removes the others; without one it adds
  // the field at the end.
  void Set(std::string_view name, std::string_view value);

  // Remove removes every field called `name` and returns how many there were.
  size_t Remove(std::string_view name) {
    return RemoveIf([name](const HeaderView& field) { return field.name == name; });
  }

  template <typename Predicate>
  size_t RemoveIf(Predicate predicate) {
    return std::erase_if(fields_, predicate);
  }

  void Clear() {
    fields_.clear();
    text_.Clear();
  }

  TextStore& text() { return text_; }

  // capacity returns how many bytes the list keeps allocated.
  size_t capacity() const { return fields_.capacity() * sizeof(HeaderView) + text_.capacity(); }

 private:
  std::vector<HeaderView> fields_;
  TextStore text_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_HEADERS_H_
