#include "lib/match/suffix_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "lib/base/strings.h"

namespace {
size_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace postern {
namespace {

SuffixTable Table(const std::vector<std::string>& patterns) {
  SuffixTable table;
  for (const std::string& pattern : patterns) EXPECT_TRUE(table.Add(pattern).ok()) << pattern;
  return table;
}

TEST(SuffixTableTest, ATableWithoutNamesFindsNothingOrAny) {
  for (const char* host : {"", "a", "a.x.com"}) {
    EXPECT_EQ(Table({}).Find(host), SuffixTable::kNone) << host;
    EXPECT_EQ(Table({"*"}).Find(host), 0u) << host;
  }
}

TEST(SuffixTableTest, PrefersTheNameThenTheLongestSuffix) {
  const SuffixTable table =
      Table({"*", "*.com", "*.x.com", "*-api.x.com", "a.x.com", "*api.x.com", "*.a.x.com"});
  struct Case {
    const char* host;
    size_t number;
  };
  for (const Case& c : std::vector<Case>{{"a.x.com", 4},
                                         {"A.X.COM", 4},
                                         {"b.x.com", 2},
                                         {"c.b.x.com", 2},
                                         {"b.a.x.com", 6},
                                         {"v-api.x.com", 3},
                                         {"-api.x.com", 5},
                                         {"api.x.com", 2},
                                         {"x.com", 1},
                                         {"com", 0},
                                         {".com", 0},
                                         {"", 0},
                                         {"a.x.com.", 0},
                                         {"*.x.com", 2},
                                         {"*", 0}}) {
    EXPECT_EQ(table.Find(c.host), c.number) << c.host;
  }
}

TEST(SuffixTableTest, HasNothingWhereNothingFits) {
  EXPECT_EQ(SuffixTable().Find("a.com"), SuffixTable::kNone);
  EXPECT_EQ(SuffixTable().Find(""), SuffixTable::kNone);
  EXPECT_EQ(Table({"*.com", "a.org"}).Find("a.net"), SuffixTable::kNone);
}

TEST(SuffixTableTest, AnswersForHostsLongerThanAnyName) {
  const std::string longest(SuffixTable::kMaxName, 'a');
  const SuffixTable table = Table({"*.com", longest});
  EXPECT_EQ(table.Find(std::string(100'000, 'x') + ".com"), 0u);
  EXPECT_EQ(table.Find(longest), 1u);
  EXPECT_EQ(table.Find("a" + longest), SuffixTable::kNone);
}

TEST(SuffixTableTest, RefusesASecondNumberAndWhatIsNoName) {
  SuffixTable table = Table({"a.com", "*.a.com", "*"});
  for (const char* text : {"A.com", "*.A.com", "*"}) {
    EXPECT_EQ(table.Add(text).code(), absl::StatusCode::kAlreadyExists) << text;
  }
  EXPECT_EQ(table.Add("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(table.Add(std::string(256, 'a')).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(table.FindPattern("*.A.COM"), 1u);
  EXPECT_EQ(table.FindPattern(".a.com"), SuffixTable::kNone);
}

// The definition, written out: the longest pattern that fits wins.
size_t FindByDefinition(const std::vector<std::string>& patterns, const std::string& host) {
  size_t best = SuffixTable::kNone;
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (patterns[i] == AsciiLower(host)) return i;
    const std::string suffix = patterns[i].substr(1);
    const bool fits = patterns[i] == "*" || (patterns[i][0] == '*' && host.size() > suffix.size() &&
                                             AsciiLower(host).ends_with(suffix));
    if (fits && (best == SuffixTable::kNone || patterns[i].size() > patterns[best].size())) {
      best = i;
    }
  }
  return best;
}

TEST(SuffixTableTest, AgreesWithItsDefinitionOnRandomNames) {
  std::mt19937 random(20261124);
  const auto name = [&random] {
    std::string text;
    for (size_t labels = 1 + random() % 4; labels > 0; --labels) {
      for (size_t bytes = 1 + random() % 2; bytes > 0; --bytes) text += "abA"[random() % 3];
      if (random() % 8 == 0) text.append(7 + random() % 3, 'Z');  // About a word of eight bytes.
      if (labels > 1) text += '.';
    }
    return text;
  };
  size_t found = 0;
  size_t asked = 0;
  for (int round = 0; round < 300; ++round) {
    SuffixTable table;
    std::vector<std::string> patterns;
    for (size_t i = 1 + random() % 20; i > 0; --i) {
      std::string pattern = name();
      if (random() % 2 == 0) pattern = (random() % 3 == 0 ? "*" : "*.") + pattern;
      if (random() % 30 == 0) pattern = "*";
      if (table.Add(pattern).ok()) patterns.push_back(AsciiLower(pattern));
    }
    for (int i = 0; i < 100; ++i) {
      const std::string host = random() % 20 == 0 ? "" : name();
      const size_t expected = FindByDefinition(patterns, host);
      ASSERT_EQ(table.Find(host), expected) << host;
      found += expected != SuffixTable::kNone;
      ++asked;
    }
  }
  EXPECT_GT(found, asked / 5);
  EXPECT_LT(found, asked);
}

TEST(SuffixTableTest, FindAllocatesNothing) {
  SuffixTable table;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(table.Add(StrCat("host", i, ".example.com")).ok());
  ASSERT_TRUE(table.Add("*.example.com").ok());
  const size_t before = allocations;
  size_t sum = table.Find("HOST7.example.com") + table.Find("a.b.c.example.com");
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(sum, 7u + 1000u);
}

}  // namespace
}  // namespace postern
