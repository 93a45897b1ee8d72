#include "lib/http/grpc.h"

#include <cstdint>

#include "lib/base/strings.h"

namespace postern {

bool IsGrpc(std::string_view content_type) {
  constexpr std::string_view kType = "application/grpc";
  if (!content_type.starts_with(kType)) return false;
  content_type.remove_prefix(kType.size());
  return content_type.empty() || content_type.front() == '+';
}

int GrpcFromHttp(int status) {
  switch (status) {
    case 400:
      return 13;
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 12;
    case 429:
    case 502:
    case 503:
    case 504:
      return 14;
    default:
      return 2;
  }
}

std::string GrpcMessage(std::string_view text) {
  std::string message;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7e && c != '%') {
      message.push_back(c);
    } else {
      AppendPercent(&message, byte);
    }
  }
  return message;
}

std::string GrpcTimeout(Duration timeout) {
  constexpr int64_t kMost = 99'999'999;
  int64_t amount = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  if (amount <= kMost) return StrCat(amount, "m");
  amount /= 1000;
  if (amount <= kMost) return StrCat(amount, "S");
  return StrCat(amount / 60, "M");  // All that a Duration holds.
}

std::optional<Duration> ParseGrpcTimeout(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  const auto amount = ParseDecimal<uint32_t>(text.substr(0, text.size() - 1));
  if (!amount) return std::nullopt;
  switch (text.back()) {
    case 'H':
      // Eight digits of hours are more than a Duration of nanoseconds holds.
      return std::chrono::hours(*amount) >
                     std::chrono::duration_cast<std::chrono::hours>(Duration::max())
                 ? Duration::max()
                 : Duration(std::chrono::hours(*amount));
    case 'M':
      return std::chrono::minutes(*amount);
    case 'S':
      return std::chrono::seconds(*amount);
    case 'm':
      return std::chrono::milliseconds(*amount);
    case 'u':
      return std::chrono::microseconds(*amount);
    case 'n':
      return std::chrono::nanoseconds(*amount);
    default:
      return std::nullopt;
  }
}

}  // namespace postern
