// No text crashes, hangs, or takes memory beyond 20 times its size and 1 MiB.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/support/heap_watch.h"

namespace postern {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kSize = kMiB / 4;  // Of most texts: enough for 1 MiB not to decide.

std::string Repeat(std::string_view text, size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string Service(std::string_view spec) {
  return StrCat(
      "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: t}\nspec:\n",
      spec);
}

// Bomb is nine levels of nine aliases each.
std::string Bomb(std::string_view innermost) {
  std::string text = StrCat("a: &a ", innermost, "\n");
  for (char c = 'b'; c <= 'j'; ++c) {
    const std::string alias = StrCat("*", std::string(1, static_cast<char>(c - 1)));
    StrAppend(&text, std::string(1, c), ": &", std::string(1, c), " [", alias,
              Repeat(StrCat(", ", alias), 8), "]\n");
  }
  return text;
}

struct Hostile {
  std::string name;
  std::function<std::string()> text;
  std::string rule;  // Of the one error expected; empty: none; "*": any.
};

class LimitsTest : public testing::TestWithParam<Hostile> {};

TEST_P(LimitsTest, MemoryStaysWithinTwentyTimesTheText) {
  const std::string text = GetParam().text();
  const HeapWatch watch;
  const Config config = Config::FromYaml(text);
  const size_t decoded = watch.peak();
  const std::vector<Diagnostic> findings = Validate(config);
  EXPECT_LE(watch.peak(), 20 * text.size() + kMiB)
      << "text " << text.size() << ", " << watch.peak() / (text.size() + 1) << " times, decoded "
      << decoded / (text.size() + 1) << " times, " << findings.size() << " findings";
  std::string rule;
  for (const Diagnostic& finding : config.findings) {
    if (finding.severity == Severity::kError && rule.empty()) rule = finding.rule;
    EXPECT_LT(finding.message.size(), 1000u);
    EXPECT_GE(finding.where.line, 1) << finding.ToString();
    EXPECT_GE(finding.where.column, 1) << finding.ToString();
  }
  if (GetParam().rule != "*") {
    EXPECT_EQ(rule, GetParam().rule) << ToStatus(config.findings).message().substr(0, 500);
  }
}

const Hostile kHostile[] = {
    {"NoText", [] { return std::string(); }, ""},
    {"Nothing", [] { return Repeat("\n", kSize); }, ""},
    {"Separators", [] { return Repeat("---\n", kSize / 4); }, ""},
    {"DeepLists", [] { return Repeat("[", kSize); }, "text-depth-limit"},
    {"DeepMaps", [] { return Repeat("{a: ", kSize / 4); }, "text-depth-limit"},
    {"DeepJson", [] { return Repeat("{\"a\":", kSize / 4); }, "text-depth-limit"},
    {"DeepJsonLists", [] { return StrCat("{\"a\":", Repeat("[", kSize)); }, "text-depth-limit"},
    {"DeepListsBehindAKey", [] { return StrCat("a: ", Repeat("[", kSize)); }, "text-depth-limit"},
    {"DeepDashes", [] { return Repeat("- ", kSize / 2); }, "text-depth-limit"},
    {"DeepQuestions", [] { return Repeat("? ", kSize / 2); }, "*"},
    {"DeepIndents",
     [] {
       std::string text;
       for (int i = 0; i < 1000; ++i) StrAppend(&text, std::string(i, ' '), "a:\n");
       return text;
     },
     "text-depth-limit"},
    {"WideList", [] { return StrCat("[", Repeat("a,", kSize / 2), "]"); }, "*"},
    {"WideListOfLists", [] { return StrCat("[[", Repeat("a,", kSize / 2), "]]"); }, "*"},
    {"WideListBehindAKey", [] { return StrCat("a: [", Repeat("a,", kSize / 2), "]"); }, "*"},
    {"WideListInAList", [] { return StrCat("- [", Repeat("a,", kSize / 2), "]"); }, "*"},
    {"WideListOnALine", [] { return StrCat("a:\n  [", Repeat("a,", kSize / 2), "]"); }, "*"},
    {"AnchoredWideList", [] { return StrCat("a: &a [", Repeat("a,", kSize / 2), "]"); }, "*"},
    {"WideMap",
     [] {
       std::string text;
       for (int i = 0; i < 25'000; ++i) StrAppend(&text, i, ":\n");
       return text;
     },
     "*"},
    {"WideMapOfLabels",
     [] {
       std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n";
       for (int i = 0; i < 25'000; ++i) StrAppend(&text, "    a", i, ": b\n");
       return text;
     },
     "*"},
    {"ManyHosts", [] { return Service(StrCat("  hosts: [", Repeat("a,", kSize / 2), "]")); },
     "text-memory-limit"},
    {"ManyEmptyRoutes", [] { return Service(StrCat("  http: [", Repeat("{},", kSize / 3), "]")); },
     "text-memory-limit"},
    {"ManyNullRoutes", [] { return Service(StrCat("  http:\n", Repeat("  -\n", kSize / 4))); },
     "text-memory-limit"},
    {"ManyRoutesInJson",
     [] {
       return StrCat(
           "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\","
           "\"spec\":{\"http\":[",
           Repeat("{},", kSize / 3), "{}]}}");
     },
     "text-memory-limit"},
    {"ManyMistakes", [] { return Service(StrCat("  hosts:\n", Repeat("  - 1\n", kSize / 6))); },
     "field-type-invalid"},
    {"ManyBadDocuments", [] { return Repeat("a\n---\n", kSize / 6); }, "text-memory-limit"},
    {"ManyBadSeparators", [] { return Repeat("---a\n", kSize / 6); }, "text-memory-limit"},
    {"ManySkippedDocuments", [] { return Repeat("kind: A\n---\n", kSize / 12); }, "*"},
    {"ManyEmptyGateways",
     [] { return Repeat("kind: Gateway\napiVersion: networking.istio.io/v1\n---\n", kSize / 56); },
     "*"},
    {"AliasBomb", [] { return Bomb("[x]"); }, "text-memory-limit"},
    {"AliasBombOfLongScalars", [] { return Bomb(std::string(kSize, 'x')); }, "*"},
    {"MergeBomb",
     [] {
       std::string text = "a: &a {k: v}\n";
       for (char c = 'b'; c <= 'z'; ++c) {
         const std::string alias = StrCat("*", std::string(1, static_cast<char>(c - 1)));
         StrAppend(&text, std::string(1, c), ": &", std::string(1, c), " {<<: [", alias, ", ",
                   alias, ", ", alias, "]}\n");
       }
       return text;
     },
     "text-memory-limit"},
    {"AliasOfItself", [] { return std::string("a: &a [*a]\n"); }, "yaml-syntax-invalid"},
    {"AliasedHosts",
     [] {
       return StrCat("x: &x [", Repeat("a.example.com, ", 10'000), "]\n---\n",
                     Service("  hosts: [a]\n"));
     },
     "*"},
    {"ManyAnchors",
     [] {
       std::string text;
       for (int i = 0; i < 12'000; ++i) StrAppend(&text, "- &a", i, " x\n");
       return text;
     },
     "*"},
    {"LongPlainScalar", [] { return StrCat("a: ", std::string(8 * kSize, 'x')); }, "kind-required"},
    {"LongQuotedScalar", [] { return StrCat("a: \"", std::string(8 * kSize, 'x'), "\""); },
     "kind-required"},
    {"LongKey", [] { return StrCat(std::string(kSize, 'x'), ": a"); }, "*"},
    {"LongBlockScalar",
     [] {
       return StrCat("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n",
                     Repeat("    [{some, text}] and more of it\n", 25'000));
     },
     ""},
    {"LongComment", [] { return StrCat("#", std::string(kSize, '[')); }, ""},
    {"LongAnchor", [] { return StrCat("a: &", std::string(kSize, 'x'), " b"); }, "kind-required"},
    {"LongTag", [] { return StrCat("a: !", std::string(kSize, 'x'), " b"); }, "kind-required"},
    {"UnclosedQuote", [] { return StrCat("a: \"", Repeat("b\n", kSize / 2)); },
     "yaml-syntax-invalid"},
    {"UnclosedQuoteOnALine", [] { return std::string("a: \"b"); }, "yaml-syntax-invalid"},
    {"UnindentedQuote", [] { return std::string("a:\n  b: \"c\nd\"\n"); }, "kind-required"},
    {"IndentedQuotes",
     [] { return std::string("apiVersion: v1\nkind: \"Config\\\n   Map\"\nx: 'it''s\n  ok'\n"); },
     ""},
    {"UnclosedMap", [] { return std::string("{a: b"); }, "yaml-syntax-invalid"},
    {"UnclosedList", [] { return std::string("a: [b,\nc: d"); }, "yaml-syntax-invalid"},
    {"Nul", [] { return std::string("kind: Gate\0way\n", 15); }, "yaml-encoding-invalid"},
    {"NotUtf8", [] { return std::string("kind: \xff\n"); }, "yaml-encoding-invalid"},
    {"Overlong", [] { return std::string("kind: \xc0\x80\n"); }, "yaml-encoding-invalid"},
    {"Surrogate", [] { return std::string("kind: \xed\xa0\x80\n"); }, "yaml-encoding-invalid"},
    {"CutCharacter", [] { return std::string("kind: \xe2\x82"); }, "yaml-encoding-invalid"},
    {"Utf16", [] { return std::string("\xff\xfek\0i\0n\0d\0", 10); }, "yaml-encoding-invalid"},
    {"Escape", [] { return std::string("kind: \x1b[0m\n"); }, "yaml-encoding-invalid"},
    {"ByteOrderMarkOnly", [] { return std::string("\xef\xbb\xbf"); }, ""},
    {"Tab", [] { return std::string("kind: Gateway\nspec:\n\tservers: []\n"); },
     "yaml-syntax-invalid"},
    {"BadEscape", [] { return std::string("a: \"\\q\"\n"); }, "yaml-syntax-invalid"},
    {"UnknownAlias", [] { return std::string("a: *.example.com\n"); }, "yaml-syntax-invalid"},
    {"Directive", [] { return std::string("%YAML 9.9\n"); }, "*"},
    {"Reserved", [] { return std::string("a: @b\n"); }, "*"},
    {"TagOfAnotherType", [] { return std::string("a: !!int b\n"); }, "yaml-tag-invalid"},
    {"ListAsKey", [] { return std::string("? [a]\n: b\n"); }, "yaml-key-invalid"},
    {"NullKey", [] { return std::string("~: b\n"); }, "yaml-key-invalid"},
    {"MergeOfAScalar", [] { return std::string("<<: b\n"); }, "yaml-merge-invalid"},
    {"Scalar", [] { return std::string("a\n"); }, "document-type-invalid"},
    {"CarriageReturns", [] { return Repeat("a:\r", 10'000); }, "*"},
};

INSTANTIATE_TEST_SUITE_P(All, LimitsTest, testing::ValuesIn(kHostile),
                         [](const auto& info) { return info.param.name; });

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

TEST(LimitsTest, EachLimitRefusesItsFileAlone) {
  const std::string gateway = "apiVersion: networking.istio.io/v1\nkind: Gateway\n";
  DecodeOptions options;
  options.max_bytes = 20;
  Config config = Config::FromYaml(gateway, options);
  ASSERT_EQ(config.findings.size(), 1u);
  EXPECT_EQ(config.findings[0].rule, "text-bytes-limit");
  EXPECT_TRUE(config.gateways.empty());

  options = DecodeOptions();
  options.max_values = 8;
  config = Config::FromYaml(StrCat(gateway, "---\n", gateway), options);
  ASSERT_EQ(config.findings.size(), 1u);
  EXPECT_EQ(config.findings[0].rule, "text-values-limit");
  EXPECT_TRUE(config.gateways.empty());

  options = DecodeOptions();
  options.max_depth = 2;
  config = Config::FromYaml(StrCat(gateway, "---\n", gateway, "spec: {servers: []}\n"), options);
  ASSERT_EQ(config.findings.size(), 1u);
  EXPECT_EQ(config.findings[0].rule, "text-depth-limit");
  EXPECT_EQ(config.findings[0].where.line, 6);
  EXPECT_EQ(config.findings[0].where.column, 17);

  EXPECT_EQ(Gateway::FromYaml(Repeat("[", 100)).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace postern
