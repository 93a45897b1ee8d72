#ifndef POSTERN_BOXED_H_
#define POSTERN_BOXED_H_

#include <memory>
#include <optional>
#include <utility>

namespace postern {

// A Boxed<T> is a std::optional<T> whose value is on the heap: absent, it takes the room of one
// pointer, where a route of twenty optional messages would take kilobytes. Copies are deep, values
// are compared, and a const Boxed gives a const T. One difference: a Boxed moved from is absent. T
// may be incomplete where the Boxed is declared.
template <typename T>
class Boxed {
 public:
  using value_type = T;

  Boxed() = default;
  Boxed(std::nullopt_t) {}
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }

  bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }

  // operator* and operator-> want a value to be there.
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

  T value_or(T otherwise) const { return value_ ? *value_ : std::move(otherwise); }

  // emplace replaces what is there by a T made of `arguments`.
  template <typename... Arguments>
  T& emplace(Arguments&&... arguments) {
    value_.reset(new T{std::forward<Arguments>(arguments)...});
    return *value_;
  }

  void reset() { value_.reset(); }

  friend bool operator==(const Boxed& a, const Boxed& b) {
    return a.has_value() == b.has_value() && (!a.has_value() || *a == *b);
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace postern

#endif  // POSTERN_BOXED_H_
