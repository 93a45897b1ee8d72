// Where a character of UTF-8 ends. Which characters are welcome is left to whoever reads them.

#ifndef POSTERN_BASE_UTF8_H_
#define POSTERN_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace postern {

// Utf8Length returns how many bytes the first character of `text` has, which is not empty; 0 if it
// is malformed (RFC 3629): overlong forms, surrogates and what is beyond U+10FFFF are.
size_t Utf8Length(std::string_view text);

}  // namespace postern

#endif  // POSTERN_BASE_UTF8_H_
