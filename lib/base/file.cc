#include "lib/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

namespace fs = std::filesystem;

absl::Status ErrnoStatus(int error, std::string_view path) {
  const std::string text = StrCat(Quote(path), ": ", std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(text);
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(text);
  return absl::UnavailableError(text);
}

// A Descriptor closes a file when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  const int fd_;
};

bool IsConfigurationFile(const fs::path& path) {
  const std::string extension = AsciiLower(path.extension().native());
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

absl::Status AddFilesBelow(const fs::path& folder, std::vector<std::string>* files) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->path().filename().native().starts_with("..")) entries.push_back(*at);
  }
  if (error) return ErrnoStatus(error.value(), folder.native());
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.path().filename().native() < b.path().filename().native();
  });
  for (const fs::directory_entry& entry : entries) {
    std::error_code ignored;
    if (entry.symlink_status(ignored).type() == fs::file_type::directory) {
      POSTERN_RETURN_IF_ERROR(AddFilesBelow(entry.path(), files));
    } else if (IsConfigurationFile(entry.path()) && !entry.is_directory(ignored)) {
      // A link to nothing too: who reads it says so.
      files->push_back(entry.path().native());
    }
  }
  return absl::OkStatus();
}

// ReadToEnd returns what `file` holds, about `expected` bytes: it may grow or shrink while it is
// read.
absl::StatusOr<std::string> ReadToEnd(const Descriptor& file, std::string_view path,
                                      uintmax_t expected, size_t max_bytes) {
  const auto too_long = [&] {
    return ResourceExhausted(Quote(path), ": longer than ", max_bytes, " bytes");
  };
  if (expected > max_bytes) return too_long();
  std::string bytes(static_cast<size_t>(expected), '\0');
  size_t size = 0;
  while (true) {
    if (size == bytes.size()) {
      char more;
      const ssize_t got = read(file.fd(), &more, 1);
      if (got == 0) break;
      if (got > 0) {
        if (size == max_bytes) return too_long();
        bytes.resize(std::min(max_bytes, std::max<size_t>(2 * size, 4096)));
        bytes[size++] = more;
        continue;
      }
      if (errno != EINTR) return ErrnoStatus(errno, path);
      continue;
    }
    const ssize_t got = read(file.fd(), bytes.data() + size, bytes.size() - size);
    if (got == 0) break;
    if (got > 0) {
      size += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      return ErrnoStatus(errno, path);
    }
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> ReadFile(std::string_view path, size_t max_bytes) {
  const std::string name(path);
  // Without O_NONBLOCK, opening a named pipe waits for somebody to write to it.
  const Descriptor file(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd() < 0) return ErrnoStatus(errno, path);
  struct stat status;
  if (fstat(file.fd(), &status) != 0) return ErrnoStatus(errno, path);
  if (!S_ISREG(status.st_mode)) return InvalidArgument(Quote(path), ": not a regular file");
  return ReadToEnd(file, path, static_cast<uintmax_t>(status.st_size), max_bytes);
}

absl::StatusOr<std::string> ReadFileOrStream(std::string_view path, size_t max_bytes) {
  const std::string name(path);
  struct stat status;
  const bool is_stream =
      stat(name.c_str(), &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
  if (!is_stream) return ReadFile(path, max_bytes);
  const Descriptor file(open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return ErrnoStatus(errno, path);
  return ReadToEnd(file, path, 0, max_bytes);
}

absl::StatusOr<std::string> ReadFileBelow(std::string_view root, std::string_view path,
                                          size_t max_bytes) {
  if (root.empty()) {
    return absl::PermissionDeniedError(StrCat(Quote(path), ": no files may be read"));
  }
  std::error_code error;
  const fs::path top = fs::canonical(fs::path(root), error);
  if (error) return ErrnoStatus(error.value(), root);
  const fs::path wanted = top / fs::path(path);  // An absolute path replaces `top`.
  const auto is_below = [&top](const fs::path& place) {
    return std::mismatch(top.begin(), top.end(), place.begin(), place.end()).first == top.end();
  };
  const auto outside = [&] {
    return absl::PermissionDeniedError(StrCat(Quote(path), ": outside of ", Quote(root)));
  };
  const fs::path place = fs::canonical(wanted, error);
  // Whether something outside exists is not told either.
  if (error) {
    const fs::path nearest = fs::weakly_canonical(wanted, error);
    if (error || !is_below(nearest)) return outside();
    return absl::NotFoundError(StrCat(Quote(path), ": no such file"));
  }
  if (!is_below(place)) return outside();
  return ReadFile(place.native(), max_bytes);
}

bool IsFolder(std::string_view path) {
  std::error_code error;
  return fs::is_directory(fs::path(path), error);
}

absl::StatusOr<std::vector<std::string>> ConfigurationFilesBelow(std::string_view folder) {
  std::vector<std::string> files;
  POSTERN_RETURN_IF_ERROR(AddFilesBelow(fs::path(folder), &files));
  return files;
}

}  // namespace postern
