#include "lib/yaml/flow_guard.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

TEST(FlowGuardTest, OnlyCollectionsThatTheParserWouldHoldAreCounted) {
  // A list of twenty elements is too many tokens for a limit of ten, wherever it is held.
  const std::string list = "[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0]";
  const struct {
    std::string text;
    bool held;
  } cases[] = {
      {list, false},
      {"# comment\n\n" + list, false},
      {"a: " + list, false},
      {"a:\t" + list, false},
      {"- b: " + list, false},
      {"a: [" + list + "]", true},
      {"a: {b: " + list + "}", false},
      {"{\"b\":" + list + "}", false},
      {"- " + list, true},
      {"? " + list, true},
      {"a:\n  " + list, true},
      {"a: &x " + list, true},
      {"[" + list + "]", true},
      {list + "\n" + list, true},
      // Not in a collection at all.
      {"a: x" + list, false},
      {"a: 'x' # " + list, false},
      {"# " + list, false},
      {"- \"" + list + "\"", false},
      {"- '" + list + "'", false},
      {"- 'it''s'", false},
      {"- \"\\\"" + list + "\"", false},
      {"a: |\n  " + list + "\n", false},
      {"a: >-\n\n    " + list + "\n  " + list + "\nb: c", true},
      {"a: |\n  x\n  " + list + "\n\n  " + list + "\nb: c", false},
      {"a: |\n" + list, true},
      {"|\n" + list, false},
      {"a: [x, 'y]', " + list + "]", true},
      {"a: ['[[[[[[[[[[[[[[', \"{{{{{\"]", false},
      {"a: [b # ]]]]\n]\nc: d", false},
      {"a: it's " + list, false},
      {"a: [it's]\nb: 'c'", false},
  };
  for (const auto& c : cases) {
    const auto problem = CheckFlows(c.text, 5, 10);
    EXPECT_EQ(problem.has_value(), c.held) << c.text;
    if (problem.has_value()) {
      EXPECT_EQ(problem->kind, FlowProblem::Kind::kTokens) << c.text;
    }
  }
}

TEST(FlowGuardTest, DepthIsThatOfOpenBrackets) {
  EXPECT_FALSE(CheckFlows("a: [[[]],[[]],{b: [{}]}]", 4, 1000).has_value());
  const auto problem = CheckFlows("a: [[[[[]]]]]", 4, 1000);
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(problem->kind, FlowProblem::Kind::kDepth);
  EXPECT_EQ(problem->offset, 7u);
}

TEST(FlowGuardTest, TheFirstTokenIsFoundBehindComments) {
  EXPECT_TRUE(OpensWithFlow("{"));
  EXPECT_TRUE(OpensWithFlow("# a\n \r\n\t[x]"));
  EXPECT_FALSE(OpensWithFlow("a: {}"));
  EXPECT_FALSE(OpensWithFlow("# {"));
  EXPECT_FALSE(OpensWithFlow(""));
}

}  // namespace
}  // namespace postern
