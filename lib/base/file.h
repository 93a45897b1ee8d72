// The one source file of the library that touches the file system: it reads whole files and lists
// folders, and writes nothing. What the bytes mean is for lib/yaml and lib/tls.

#ifndef POSTERN_BASE_FILE_H_
#define POSTERN_BASE_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace postern {

// ReadFile returns the bytes of the regular file at `path`, symbolic links followed. NotFound if
// nothing is there, PermissionDenied if it may not be read, InvalidArgument if it is no regular
// file (a named pipe is not waited for), ResourceExhausted if it is longer than `max_bytes`.
absl::StatusOr<std::string> ReadFile(std::string_view path, size_t max_bytes);

// ReadFileOrStream reads as ReadFile does, and from a named pipe or a character device, such as the
// standard input is, all that comes until it ends: it waits.
absl::StatusOr<std::string> ReadFileOrStream(std::string_view path, size_t max_bytes);

// ReadFileBelow reads as ReadFile does, but only what is below the folder `root`: a relative `path`
// begins there, and PermissionDenied is the answer for a place outside, one that symbolic links
// lead to as well. An empty `root` has nothing below it.
absl::StatusOr<std::string> ReadFileBelow(std::string_view root, std::string_view path,
                                          size_t max_bytes);

// IsFolder says that `path` names a folder, symbolic links followed.
bool IsFolder(std::string_view path);

// ConfigurationFilesBelow returns the paths of what is called *.yaml, *.yml and *.json, in any
// case, below `folder`, each folder's entries in order of name: a folder's files stand where its
// name does. Links to files are taken, even if they lead to nothing; links to folders are not, nor
// is what begins with "..": in a mounted volume of Kubernetes each file would otherwise be there
// twice.
absl::StatusOr<std::vector<std::string>> ConfigurationFilesBelow(std::string_view folder);

}  // namespace postern

#endif  // POSTERN_BASE_FILE_H_
