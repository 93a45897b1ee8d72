// The forms that strings of Istio's and Kubernetes' fields have: durations, times, base64
// (schema.md 1.5). Scalars that are no strings are for lib/yaml/scalar.h.

#ifndef POSTERN_YAML_TEXT_FORMS_H_
#define POSTERN_YAML_TEXT_FORMS_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "postern/time.h"

namespace postern {

// ParseDuration reads Go's spelling: "1h30m", "-.5s", "0". nullopt outside -2^63 to 2^63-1 ns, and
// for anything else.
std::optional<Duration> ParseDuration(std::string_view text);

// ParseTimestamp reads RFC 3339; fractions of a second are dropped.
std::optional<std::chrono::sys_seconds> ParseTimestamp(std::string_view text);

// DecodeBase64 reads the standard alphabet with padding; line breaks are skipped.
std::optional<std::string> DecodeBase64(std::string_view text);

// FormatDuration spells `duration` so that ParseDuration reads the same: "1h30m500ms".
std::string FormatDuration(Duration duration);

// FormatTimestamp spells `time` in UTC: "2026-11-24T12:00:00Z".
std::string FormatTimestamp(std::chrono::sys_seconds time);

// EncodeBase64 is the inverse of DecodeBase64.
std::string EncodeBase64(std::string_view bytes);

}  // namespace postern

#endif  // POSTERN_YAML_TEXT_FORMS_H_
