// The texts that people and build servers read: Dump, Explain and Diff of one configuration, whole.
// After a change that is meant: POSTERN_WRITE_GOLDEN=1 prints what is said now.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void ExpectGolden(std::string_view name, const std::string& actual) {
  const std::string path = StrCat("tests/testdata/golden/", name);
  if (std::getenv("POSTERN_WRITE_GOLDEN") != nullptr) {
    std::printf("==> %s\n%s<==\n", std::string(name).c_str(), actual.c_str());
    return;
  }
  EXPECT_EQ(ReadText(path), actual) << name;
}

// A Credentials has one certificate, whatever it is asked for.
class Credentials : public CredentialSource {
 public:
  Credentials() { subject_.dns = {"uk.example.com", "*.example.com"}; }

  absl::StatusOr<Credential> Find(const CredentialName&) override {
    return ca_.Issue(subject_).credential();
  }
  absl::StatusOr<SecretText> ReadFile(std::string_view) override {
    return absl::NotFoundError("no files");
  }

 private:
  TestCa ca_;
  TestSubject subject_;
};

std::shared_ptr<const Snapshot> Build(const std::string& text) {
  Credentials credentials;
  const auto snapshot = Snapshot::Build(Config::FromYaml(text), {}, &credentials);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return snapshot.ok() ? *snapshot : nullptr;
}

std::string Old() { return ReadText("tests/testdata/golden/old.yaml"); }
std::string New() { return ReadText("tests/testdata/golden/new.yaml"); }

Probe Https(std::string host, std::string path) {
  Probe probe;
  probe.listener = {"", 443};
  probe.sni = host;
  probe.authority = std::move(host);
  probe.path = std::move(path);
  return probe;
}

TEST(GoldenTest, DumpIsCanonical) {
  const auto snapshot = Build(Old());
  ASSERT_NE(snapshot, nullptr);
  ExpectGolden("dump.txt", snapshot->Dump());
  // Equal configurations give equal texts, and the order of resources is no part of them.
  std::string text = Old();
  const size_t second = text.find("---\n");
  const std::string turned = StrCat(text.substr(second + 4), "---\n", text.substr(0, second));
  const auto without_places = [](std::string dump) {
    for (size_t at; (at = dump.find("  # ")) != std::string::npos;) {
      dump.erase(at, dump.find('\n', at) - at);
    }
    return dump;
  };
  EXPECT_EQ(without_places(Build(turned)->Dump()), without_places(snapshot->Dump()));
}

TEST(GoldenTest, ExplainNamesEachStep) {
  const auto snapshot = Build(Old());
  ASSERT_NE(snapshot, nullptr);
  Probe probe = Https("uk.example.com", "/reviews/1");
  ExpectGolden("explain.txt", snapshot->Explain(probe).ToText());
  ExpectGolden("explain.json", snapshot->Explain(probe).ToJson());
  probe.headers = {{"x-user", "dev"}};
  ExpectGolden("explain_header.txt", snapshot->Explain(probe).ToText());
  ExpectGolden("explain_404.txt", snapshot->Explain(Https("uk.example.com", "/nowhere")).ToText());
  ExpectGolden("explain_unknown_sni.txt", snapshot->Explain(Https("example.org", "/")).ToText());
  probe = Https("uk.example.com", "/reviews/1");
  probe.authority = "eu.example.com";
  ExpectGolden("explain_421.txt", snapshot->Explain(probe).ToText());
  probe.listener = {"", 81};
  ExpectGolden("explain_closed.txt", snapshot->Explain(probe).ToText());
}

TEST(GoldenTest, DiffSaysWhatChangesAndNothingElse) {
  const auto from = Build(Old());
  const auto to = Build(New());
  ASSERT_NE(from, nullptr);
  ASSERT_NE(to, nullptr);
  SnapshotDiff diff = Diff(*from, *to);
  // Each of them has a certificate of its own.
  std::erase_if(diff.changes, [](const SnapshotDiff::Change& change) {
    return change.kind == SnapshotDiff::Kind::kCertificateChanged;
  });
  ExpectGolden("diff.txt", diff.ToText());
  ExpectGolden("diff.json", diff.ToJson());
  EXPECT_EQ(Diff(*from, *from).ToText(), "");
}

}  // namespace
}  // namespace postern
