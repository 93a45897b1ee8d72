#include "postern/host_pattern.h"

#include <gtest/gtest.h>

#include <string>

#include "postern/host_table.h"

namespace postern {
namespace {

HostPattern Pattern(std::string_view text) { return *HostPattern::Parse(text); }

TEST(HostPatternTest, AcceptsNamesWildcardsAndAddresses) {
  for (const char* text : {"*", "a", "a.com", "a.com.", "*.a.com", "*-api.a.com", "*foo", "*.",
                           "1.2.3.4", "2001:db8::1", "xn--bcher-kva.example",
                           "outbound_.80_._.reviews.default.svc.cluster.local"}) {
    EXPECT_TRUE(HostPattern::Parse(text).ok()) << text;
  }
  EXPECT_EQ(Pattern("*.Example.COM").text(), "*.example.com");
}

TEST(HostPatternTest, RefusesWhatNoNameCanBe) {
  const std::string long_label(64, 'a');
  std::string long_name = "a";
  while (long_name.size() < 256) long_name += ".a";
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".a.com"), std::string("a..com"),
        std::string("a.com.."), std::string("a.*.com"), std::string("**"), std::string("a*.com"),
        std::string("*.*.com"), std::string("a b"), std::string("a.com:80"), std::string("a/b"),
        std::string("b\xc3\xbc"
                    "cher.example"),
        std::string("a\0b", 3), long_label, "*." + long_label, "a." + long_label + ".com",
        long_name}) {
    EXPECT_EQ(HostPattern::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(HostPatternTest, MatchesInAnyCaseAndAnyDepthButNotTheBareDomain) {
  EXPECT_TRUE(Pattern("*.example.com").Matches("a.b.EXAMPLE.com"));
  EXPECT_FALSE(Pattern("*.example.com").Matches("example.com"));
  EXPECT_FALSE(Pattern("*.example.com").Matches(".example.com"));
  EXPECT_FALSE(Pattern("*.example.com").Matches("a.example.com."));
  EXPECT_TRUE(Pattern("*-api.example.com").Matches("v1-api.example.com"));
  EXPECT_FALSE(Pattern("*-api.example.com").Matches("-api.example.com"));
  EXPECT_TRUE(Pattern("A.com").Matches("a.COM"));
  EXPECT_FALSE(Pattern("a.com").Matches("b.a.com"));
  EXPECT_TRUE(Pattern("*").Matches("anything"));
  EXPECT_TRUE(Pattern("*").Matches(""));
}

TEST(HostPatternTest, CoversOverlapsAndIntersects) {
  EXPECT_TRUE(Pattern("*.com").Covers(Pattern("*.a.com")));
  EXPECT_FALSE(Pattern("*.a.com").Covers(Pattern("*.com")));
  EXPECT_TRUE(Pattern("*.a.com").Overlaps(Pattern("*.com")));
  EXPECT_FALSE(Pattern("*.a.com").Overlaps(Pattern("a.com")));
  EXPECT_TRUE(Pattern("A.com").Covers(Pattern("a.com")));
  EXPECT_EQ(HostPattern::Intersect(Pattern("*.com"), Pattern("*.a.com")), Pattern("*.a.com"));
  EXPECT_EQ(HostPattern::Intersect(Pattern("*.a.com"), Pattern("*.com")), Pattern("*.a.com"));
  EXPECT_EQ(HostPattern::Intersect(Pattern("a.com"), Pattern("b.com")), std::nullopt);
}

TEST(HostPatternTest, TheMoreSpecificPrecedes) {
  EXPECT_TRUE(Pattern("a.com").Precedes(Pattern("*.long.example.com")));
  EXPECT_TRUE(Pattern("*.a.com").Precedes(Pattern("*.com")));
  EXPECT_TRUE(Pattern("a.com").Precedes(Pattern("b.com")));
  EXPECT_FALSE(Pattern("*").Precedes(Pattern("*")));
}

TEST(ServerHostTest, ReadsEachForm) {
  const auto parse = [](std::string_view text) {
    const auto host = ServerHost::Parse(text, "gw");
    return host.ok() ? host->ns + " " + std::string(host->host.text()) : "error";
  };
  EXPECT_EQ(parse("a.com"), "* a.com");
  EXPECT_EQ(parse("*/a.com"), "* a.com");
  EXPECT_EQ(parse("./*.a.com"), "gw *.a.com");
  EXPECT_EQ(parse("ns/*"), "ns *");
  for (const char* text : {"", "/a.com", "ns/", "n_s/a.com", "~/a.com", "ns/a/b"}) {
    EXPECT_EQ(parse(text), "error") << text;
  }
}

TEST(HostTableTest, FindsTheValueOfTheMostSpecificPattern) {
  HostTable<int> table;
  ASSERT_TRUE(table.Add(Pattern("*"), 0).ok());
  ASSERT_TRUE(table.Add(Pattern("*.a.com"), 1).ok());
  ASSERT_TRUE(table.Add(Pattern("x.a.com"), 2).ok());
  EXPECT_EQ(table.Add(Pattern("X.a.com"), 3).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(*table.Find("x.A.com"), 2);
  EXPECT_EQ(*table.Find("y.x.a.com"), 1);
  EXPECT_EQ(*table.Find("a.com"), 0);
  EXPECT_EQ(HostTable<int>().Find("a.com"), nullptr);
}

}  // namespace
}  // namespace postern
