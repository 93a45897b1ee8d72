// A HeaderList is the fields of one message, in their order. Which fields are good is left to
// lib/http/field_rules.h, and which may pass a proxy to lib/http/hygiene.h.

#ifndef POSTERN_HTTP_HEADERS_H_
#define POSTERN_HTTP_HEADERS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lib/http/text_store.h"
#include "postern/decision.h"

namespace postern {

// NameMark returns one bit of 64 for `name`: names with another mark are other names. Those that
// messages have and those that a proxy looks for were tried, so that few share one.
constexpr uint64_t NameMark(std::string_view name) {
  if (name.empty()) return 1;
  const auto first = static_cast<uint8_t>(name.front()), last = static_cast<uint8_t>(name.back());
  return uint64_t{1} << ((37 * name.size() + 3 * first + 4 * last) % 64);
}

// NameMarks returns the marks of all `names`.
constexpr uint64_t NameMarks(std::initializer_list<std::string_view> names) {
  uint64_t marks = 0;
  for (const std::string_view name : names) marks |= NameMark(name);
  return marks;
}

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
  const HeaderView& operator[](size_t index) const { return fields_[index]; }
  std::string_view& value(size_t index) { return fields_[index].value; }

  // may_hold returns false only if no field has a name with one of `marks`: most of what is looked
  // for is not there, and need not be searched.
  bool may_hold(uint64_t marks) const { return (marks_ & marks) != 0; }

  // Find returns the value of the first field called `name`.
  std::optional<std::string_view> Find(std::string_view name) const {
    return may_hold(NameMark(name)) ? Search(name) : std::nullopt;
  }

  // Count returns how many fields are called `name`.
  size_t Count(std::string_view name) const;

  // Joined returns the values of all fields called `name`, with "," between them; empty if there
  // is none. Several are joined in text().
  std::string_view Joined(std::string_view name);

  void Add(std::string_view name, std::string_view value) {
    marks_ |= NameMark(name);
    fields_.push_back({name, value});
  }
  void AddCopy(std::string_view name, std::string_view value) {
    Add(text_.Copy(name), text_.Copy(value));
  }

  // Borrow adds each field of `other`.
  void Borrow(const HeaderList& other) {
    marks_ |= other.marks_;
    fields_.insert(fields_.end(), other.fields_.begin(), other.fields_.end());
  }

  // Set gives the first field called `name` the value and removes the others; without one it adds
  // the field at the end.
  void Set(std::string_view name, std::string_view value) {
    if (!may_hold(NameMark(name)) || !Replace(name, value)) Add(name, value);
  }

  // Remove removes every field called `name` and returns how many there were.
  size_t Remove(std::string_view name) {
    if (!may_hold(NameMark(name))) return 0;
    return RemoveIf([name](const HeaderView& field) { return field.name == name; });
  }

  // RemoveIf removes the fields of which `predicate` is true and returns how many there were. It
  // may change the value of a field, not the name.
  template <typename Predicate>
  size_t RemoveIf(Predicate predicate) {
    return std::erase_if(fields_, predicate);
  }

  void Clear() {
    marks_ = 0;
    fields_.clear();
    text_.Clear();
  }

  TextStore& text() { return text_; }

 private:
  std::optional<std::string_view> Search(std::string_view name) const;
  // Replace is Set, unless there is no field called `name`: then it returns false.
  bool Replace(std::string_view name, std::string_view value);

  uint64_t marks_ = 0;  // Of the fields, and of some that were removed.
  std::vector<HeaderView> fields_;
  TextStore text_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_HEADERS_H_
