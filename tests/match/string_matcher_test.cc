#include "lib/match/string_matcher.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postern {
namespace {

TEST(StringMatcherTest, ExactAndPrefixKeepOrIgnoreCase) {
  EXPECT_TRUE(StringMatcher::Exact("/Foo").Matches("/Foo"));
  EXPECT_FALSE(StringMatcher::Exact("/Foo").Matches("/foo"));
  EXPECT_FALSE(StringMatcher::Exact("/Foo").Matches("/Foo/"));
  EXPECT_TRUE(StringMatcher::Exact("/Foo", true).Matches("/fOO"));
  EXPECT_TRUE(StringMatcher::Prefix("/foo").Matches("/foobar"));
  EXPECT_FALSE(StringMatcher::Prefix("/foo").Matches("/fo"));
  EXPECT_FALSE(StringMatcher::Prefix("/foo").Matches("/FOOBAR"));
  EXPECT_TRUE(StringMatcher::Prefix("/foo", true).Matches("/FOOBAR"));
  EXPECT_TRUE(StringMatcher::Prefix("").Matches(""));
}

TEST(StringMatcherTest, RegexMatchesTheWholeText) {
  const auto matches = [](std::string_view pattern, std::string_view text) {
    const auto matcher = StringMatcher::Regex(pattern);
    EXPECT_TRUE(matcher.ok()) << matcher.status();
    return matcher->Matches(text);
  };
  EXPECT_TRUE(matches("/b.r", "/bar"));
  EXPECT_FALSE(matches("/b.r", "/bar/x"));
  EXPECT_FALSE(matches("b.r", "/bar"));
  EXPECT_TRUE(matches("a|ab", "ab"));
  EXPECT_TRUE(matches("(?i)foo", "FOO"));
  EXPECT_FALSE(matches("a.b", "a\nb"));
  EXPECT_TRUE(matches("(?<x>a)(?P<y>b)", "ab"));
  EXPECT_TRUE(matches("[(?<]x", "<x"));
  EXPECT_TRUE(matches("[](?<]x", "<x"));
  EXPECT_TRUE(matches("[^](?<]x", "ax"));
  EXPECT_TRUE(matches("\\(?<", "<"));
  EXPECT_TRUE(matches("\\Q(?<\\E(?<x>a)", "(?<a"));
}

TEST(StringMatcherTest, RegexIsBoundedAndReportsItsFaults) {
  EXPECT_EQ(StringMatcher::Regex("a(").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(StringMatcher::Regex("(?s:.{1000}){100}").status().code(),
            absl::StatusCode::kInvalidArgument);  // RE2 repeats 1000 times in all at most.
  const std::string large = "((a{100}|b{100}){9}|[\xce\xb1-\xcf\x89]{900})";
  EXPECT_EQ(StringMatcher::Regex(large, 16 << 10).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(StringMatcher::Regex(large, 8 << 20).ok());
}

TEST(StringMatcherTest, ProblemsAreInGosWords) {
  struct Case {
    const char* pattern;
    const char* problem;
  };
  for (const Case& c : std::vector<Case>{
           {"*", "missing argument to repetition operator: `*`"},
           {"?", "missing argument to repetition operator: `?`"},
           {"[", "missing closing ]: `[`"},
           {"a(b", "missing closing ): `a(b`"},
           {"a)b", "unexpected ): `a)b`"},
           {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
           {"(?<=a)", "invalid or unsupported Perl syntax: `(?<`"},
           {"(a)\\1", "invalid escape sequence: `\\1`"},
           {"a{1001}", "invalid repeat count: `{1001}`"},
           {"a**", "invalid nested repetition operator: `**`"},
           {"[b-a]", "invalid character class range: `b-a`"},
           {"a\\", "trailing backslash at end of expression: ``"},
           {"(?P<n", "invalid named capture: `(?P<n`"},
           {"(?P<\xc3\xa9>a)", "invalid named capture: `(?P<\xc3\xa9>`"},
           {"(?<\xc3\xa9>a)", "invalid named capture: `(?<\xc3\xa9>`"},
           {"\\p{foo}", "invalid character class range: `\\p{foo}`"},
           {"[\\p{Foo]}", "invalid character class range: `\\p{Foo]}`"},
           {"\\p{Old_Italic}", "invalid character class range: `\\p{Old_Italic}`"},
           {"\\P{SignWriting}", "invalid character class range: `\\P{SignWriting}`"},
           {"\\px", "invalid character class range: `\\px`"},
       }) {
    EXPECT_EQ(RegexProblem(c.pattern), c.problem) << c.pattern;
  }
  EXPECT_EQ(RegexProblem("(?<n>a)|.*"), std::nullopt);
}

TEST(StringMatcherTest, UnicodeClassesHaveTheNamesThatGoKnows) {
  struct Case {
    const char* pattern;
    const char* matching;
    const char* other;
  };
  for (const Case& c : std::vector<Case>{
           {"\\p{Letter}", "\xc3\xa9", "1"},
           {"\\p{letter}", "a", "1"},
           {"\\p{lower-case letter}", "a", "A"},
           {"\\P{Lowercase_Letter}", "A", "a"},
           {"\\p{^lu}", "a", "A"},
           {"\\P{^lu}", "A", "a"},
           {"\\pz", " ", "a"},
           {"\\pL", "a", "1"},
           {"\\p{digit}", "1", "a"},
           {"\\p{greek}", "\xce\xb1", "a"},
           {"\\p{Any}", "a", "ab"},
           {"\\p{ASCII}", "a", "\xc3\xa9"},
           {"\\P{ascii}", "\xc3\xa9", "a"},
           {"[^\\p{ASCII}]", "\xc3\xa9", "a"},
           {"[1\\P{ASCII}]", "\xc3\xa9", "a"},
           {"\\p{LC}", "a", "1"},
           {"[1\\p{Cased_Letter}]", "1", "2"},
           {"\\p{Cn}", "\xcd\xb8", "a"},
           {"\\P{un assigned}", "a", "\xcd\xb8"},
           {"\\p{^Cn}", "a", "\xcd\xb8"},
           {"\\p{Assigned}", "a", "\xcd\xb8"},
           {"[^\\p{assigned}]", "\xcd\xb8", "a"},
           {"[\\p{letter}-z]", "-", "1"},
           {"\\Q\\p{x}\\E", "\\p{x}", "x"},
           {"\\\\p{2}", "\\pp", "p"},
       }) {
    const auto matcher = StringMatcher::Regex(c.pattern);
    ASSERT_TRUE(matcher.ok()) << matcher.status();
    EXPECT_EQ(RegexProblem(c.pattern), std::nullopt) << c.pattern;
    EXPECT_TRUE(matcher->Matches(c.matching)) << c.pattern;
    EXPECT_FALSE(matcher->Matches(c.other)) << c.pattern;
  }
}

// Each of these takes many seconds to compile: together more than the time that this test has.
TEST(StringMatcherTest, ProblemsAreFoundWithoutCompiling) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "x{0,1000}";
  for (const char c : std::string_view("abcdefghij"))
    EXPECT_EQ(RegexProblem(pattern + c), std::nullopt);
  EXPECT_EQ(RegexProblem(pattern + "("), "missing closing ): `" + pattern + "(`");
}

TEST(RegexRewriterTest, ReplacesEachFind) {
  struct Case {
    const char* pattern;
    const char* rewrite;
    const char* text;
    const char* rewritten;
  };
  for (const Case& c : std::vector<Case>{
           {"/", "-", "/a/b", "-a-b"},
           {"^/service/([^/]+)(/.*)$", "\\2/instance/\\1", "/service/foo/v1/api",
            "/v1/api/instance/foo"},
           {"one", "two", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/two/zzz"},
           {"^(.*?)one(.*)$", "\\1two\\2", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/one/zzz"},
           {"(?i)/xxx/", "/yyy/", "/aaa/XxX/bbb", "/aaa/yyy/bbb"},
           {"b", "\\0\\0", "abc", "abbc"},
           {"z", "y", "abc", "abc"},
       }) {
    const auto rewriter = RegexRewriter::Create(c.pattern, c.rewrite);
    ASSERT_TRUE(rewriter.ok()) << rewriter.status();
    EXPECT_EQ(rewriter->Rewrite(c.text), c.rewritten);
  }
}

TEST(RegexRewriterTest, RefusesGroupsThatAreNotThere) {
  EXPECT_FALSE(RegexRewriter::Create("(a)", "\\2").ok());
  EXPECT_FALSE(RegexRewriter::Create("(a)", "\\x").ok());
  EXPECT_FALSE(RegexRewriter::Create("(a", "b").ok());
}

}  // namespace
}  // namespace postern
