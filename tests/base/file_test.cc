#include "lib/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

namespace postern {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class FileTest : public testing::Test {
 protected:
  FileTest() : root_(fs::path(testing::TempDir()) / "file_test") {
    fs::remove_all(root_);
    fs::create_directories(root_ / "top" / "sub");
  }
  ~FileTest() override { fs::remove_all(root_); }

  std::string Write(const fs::path& name, std::string_view text) {
    std::ofstream(root_ / name) << text;
    return root_ / name;
  }
  absl::StatusCode CodeBelow(std::string_view path) {
    return ReadFileBelow((root_ / "top").native(), path, 100).status().code();
  }

  const fs::path root_;
};

TEST_F(FileTest, AFileIsReadWhole) {
  const std::string path = Write("a", std::string("x\0y\n", 4));
  EXPECT_EQ(ReadFile(path, 4).value(), std::string("x\0y\n", 4));
  EXPECT_EQ(ReadFile(Write("empty", ""), 0).value(), "");
  EXPECT_EQ(ReadFile("/proc/self/status", 1 << 20).value().substr(0, 5), "Name:");
}

TEST_F(FileTest, WhatIsNoReadableFileIsNamed) {
  EXPECT_EQ(ReadFile((root_ / "none").native(), 9).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadFile(root_.native(), 9).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadFile(Write("a", "0123456789"), 9).status().code(),
            absl::StatusCode::kResourceExhausted);
  const std::string pipe = root_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ReadFile(pipe, 9).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FileTest, AStreamIsReadToItsEndOnlyWhereItIsWaitedFor) {
  const std::string pipe = root_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string text(10'000, 'x');
  std::thread writer([&] { std::ofstream(pipe) << text; });
  EXPECT_EQ(ReadFileOrStream(pipe, 10'000).value(), text);
  writer.join();
  EXPECT_EQ(ReadFileOrStream("/dev/null", 9).value(), "");
  EXPECT_EQ(ReadFileOrStream("/dev/zero", 9).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReadFileOrStream(Write("a", "x"), 9).value(), "x");
  EXPECT_EQ(ReadFileOrStream((root_ / "none").native(), 9).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FileTest, OnlyWhatIsBelowTheRootIsRead) {
  const std::string inside = Write("top/sub/cert.pem", "cert");
  const std::string outside = Write("key.pem", "key");
  fs::create_symlink(outside, root_ / "top" / "out");
  fs::create_symlink(root_, root_ / "top" / "up");
  fs::create_symlink("sub/cert.pem", root_ / "top" / "in");
  const std::string top = root_ / "top";
  EXPECT_EQ(ReadFileBelow(top, "sub/cert.pem", 100).value(), "cert");
  EXPECT_EQ(ReadFileBelow(top, inside, 100).value(), "cert");
  EXPECT_EQ(ReadFileBelow(top, "in", 100).value(), "cert");
  EXPECT_EQ(ReadFileBelow(top, "sub/../in", 100).value(), "cert");
  EXPECT_EQ(CodeBelow("sub/none"), absl::StatusCode::kNotFound);
  for (const std::string& path :
       {outside, std::string("../key.pem"), std::string("out"), std::string("up/key.pem"),
        std::string("sub/../../key.pem"), (root_ / "none").native(), std::string("/etc/passwd"),
        root_.native() + "/topper"}) {
    EXPECT_EQ(CodeBelow(path), absl::StatusCode::kPermissionDenied) << path;
  }
  EXPECT_EQ(ReadFileBelow("", inside, 100).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReadFileBelow(root_.native() + "/none", "x", 100).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FileTest, AFolderGivesItsConfigurationFilesInOrderOfName) {
  Write("top/b.yml", "");
  Write("top/a.yaml", "");
  Write("top/sub/z.json", "");
  Write("top/sub/notes.txt", "");
  Write("top/c.YAML", "");
  Write("top/z.yaml", "");
  fs::create_directories(root_ / "top" / "..data");
  Write("top/..data/mounted.yaml", "");
  fs::create_symlink("..data/mounted.yaml", root_ / "top" / "mounted.yaml");
  fs::create_directory_symlink(root_ / "top", root_ / "top" / "loop");
  fs::create_directory(root_ / "top" / "folder.yaml");
  const std::string top = root_ / "top";
  EXPECT_TRUE(IsFolder(top));
  EXPECT_FALSE(IsFolder(top + "/a.yaml"));
  fs::create_symlink("nothing", root_ / "top" / "gone.yaml");
  fs::create_directory_symlink("sub", root_ / "top" / "linked.yaml");
  EXPECT_THAT(ConfigurationFilesBelow(top).value(),
              ElementsAre(top + "/a.yaml", top + "/b.yml", top + "/c.YAML", top + "/gone.yaml",
                          top + "/mounted.yaml", top + "/sub/z.json", top + "/z.yaml"));
  EXPECT_EQ(ConfigurationFilesBelow(top + "/none").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace postern
