// The form of a Unix socket's address in a bind or an endpoint. Opening one is for the host.

#ifndef POSTERN_VALIDATE_UNIX_PATH_H_
#define POSTERN_VALIDATE_UNIX_PATH_H_

#include <optional>
#include <string_view>

namespace postern {

// UnixPath returns what follows "unix://", or nullopt if `address` does not begin with it.
inline std::optional<std::string_view> UnixPath(std::string_view address) {
  constexpr std::string_view kScheme = "unix://";
  if (!address.starts_with(kScheme)) return std::nullopt;
  return address.substr(kScheme.size());
}

// IsSocketPath accepts "@name", Linux's abstract sockets, and absolute paths of files.
inline bool IsSocketPath(std::string_view path) {
  return path.starts_with('@') || (path.starts_with('/') && !path.ends_with('/'));
}

}  // namespace postern

#endif  // POSTERN_VALIDATE_UNIX_PATH_H_
