// The %COMMANDS% in the values of header operations, as Envoy has them (dataplane.md 4.6). Which
// operations there are, and their order, is decided with the route.

#ifndef POSTERN_ENGINE_FORMAT_H_
#define POSTERN_ENGINE_FORMAT_H_

#include <span>
#include <string>
#include <string_view>

#include "postern/decision.h"
#include "postern/log.h"

namespace postern {

// A FormatFacts is what a command can refer to; everything is borrowed and may be null.
struct FormatFacts {
  const ConnectionInfo* connection = nullptr;
  std::string_view method, path, authority, scheme;
  std::string_view original_path;
  HttpVersion version = HttpVersion::kHttp11;
  std::span<const HeaderView> request;
  std::span<const HeaderView> response;
  int status = 0;
  std::string_view route_name;
  std::string_view cluster;
  const Address* upstream = nullptr;
  std::string_view detail;
  ResponseFlags flags;
  WallTime start;
};

// HasCommands returns whether `value` holds a '%', so that Format is worth calling.
inline bool HasCommands(std::string_view value) {
  return value.find('%') != std::string_view::npos;
}

// Format returns `value` with its commands evaluated and "%%" as "%". A command without a value
// gives nothing; one that is not known stays as it is.
std::string Format(std::string_view value, const FormatFacts& facts);

}  // namespace postern

#endif  // POSTERN_ENGINE_FORMAT_H_
