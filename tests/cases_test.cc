// Runs every case of every file below tests/testdata/cases, each as one test: adding a file adds
// its cases.

#include <cstdio>
#include <map>
#include <string>

#include "gtest/gtest.h"
#include "tests/cases/case_kinds.h"
#include "tests/support/case_reader.h"

namespace postern {
namespace {

// A Case is one row of a file.
class Case : public testing::Test {
 public:
  Case(const CaseKind* kind, const CaseNode& row) : kind_(kind), row_(row) {}

  void TestBody() override {
    SCOPED_TRACE(row_.Where());
    if (kind_ == nullptr) {
      FAIL() << "kind \"" << row_["kind"].Text() << "\" is not understood";
    }
    kind_->run(row_);
  }

 private:
  const CaseKind* kind_;
  const CaseNode& row_;
};

// A FileCount is what became of the rows of one file.
struct FileCount {
  int cases = 0;
  int waiting = 0;
  int postern = 0;
};

std::string FileOf(const CaseNode& row) {
  const std::string file = row.file.substr(row.file.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

// RegisterCases makes a test of each row that something runs.
std::map<std::string, FileCount> RegisterCases(const std::vector<CaseNode>& files) {
  std::map<std::string, FileCount> counts;
  for (const CaseNode& file : files) {
    for (const CaseNode& row : file.items) {
      const std::string name = FileOf(row);
      const std::string kind = row["kind"].Text();
      FileCount& count = counts[name];
      if (FindWaitingKind(kind) != nullptr) {
        ++count.waiting;
        continue;
      }
      ++count.cases;
      count.postern += row.Has("postern");
      testing::RegisterTest(name.c_str(), row["name"].Text().c_str(), nullptr, nullptr,
                            row.file.c_str(), row.line,
                            [run = FindCaseKind(kind), &row] { return new Case(run, row); });
    }
  }
  return counts;
}

void PrintWaiting(const std::vector<CaseNode>& files) {
  std::map<std::string, int> counts;
  for (const CaseNode& file : files) {
    for (const CaseNode& row : file.items) ++counts[row["kind"].Text()];
  }
  for (const auto& [kind, count] : counts) {
    const WaitingKind* waiting = FindWaitingKind(kind);
    if (waiting == nullptr) continue;
    std::printf("waiting: %4d of kind %s: %s\n", count, kind.c_str(),
                std::string(waiting->why).c_str());
  }
}

int Main() {
  std::vector<CaseNode> files;
  for (const std::string& path : CaseFiles("tests/testdata/cases")) {
    files.push_back(ReadCaseFile(path));
  }
  for (const auto& [file, count] : RegisterCases(files)) {
    std::printf("%-32s %4d cases, %d waiting, %d answered differently on purpose\n", file.c_str(),
                count.cases, count.waiting, count.postern);
  }
  PrintWaiting(files);
  return RUN_ALL_TESTS();
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return postern::Main();
}
