#include <algorithm>
#include <string>
#include <utility>

#include "postern/credentials.h"

namespace postern {
namespace {

// Wipe overwrites the whole buffer of `text`, in a way that the compiler may not leave out, and
// empties it.
void Wipe(std::string* text) {
  text->resize(text->capacity());
  std::fill(text->begin(), text->end(), '\0');
  asm volatile("" : : "r"(text->data()) : "memory");
  text->clear();
}

}  // namespace

SecretText::SecretText(std::string text) : text_(std::move(text)) {
  // What was short was copied, not moved.
  Wipe(&text);
}

SecretText::SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) {
  Wipe(&other.text_);
}

SecretText& SecretText::operator=(SecretText&& other) noexcept {
  if (this != &other) {
    Wipe(&text_);
    text_ = std::move(other.text_);
    Wipe(&other.text_);
  }
  return *this;
}

SecretText::~SecretText() { Wipe(&text_); }

SecretText SecretText::Clone() const { return SecretText(std::string(text_)); }

}  // namespace postern
