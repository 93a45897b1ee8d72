// Calendar time as HTTP writes it, without a locale. What time it is is left to the engine.

#ifndef POSTERN_HTTP_HTTP_DATE_H_
#define POSTERN_HTTP_HTTP_DATE_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "postern/time.h"

namespace postern {

// A HttpDate is the text of a `date` field, an IMF-fixdate of RFC 9110 section 5.6.7, made once a
// second.
class HttpDate {
 public:
  static constexpr size_t kSize = 29;

  // At returns "Tue, 24 Nov 2026 10:27:00 GMT". The view stays as it is until the next call with
  // another second.
  std::string_view At(WallTime time);

 private:
  int64_t second_ = INT64_MIN;
  std::array<char, kSize> text_ = {};
};

}  // namespace postern

#endif  // POSTERN_HTTP_HTTP_DATE_H_
