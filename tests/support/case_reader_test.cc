#include "tests/support/case_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace postern {
namespace {

using testing::ElementsAre;

TEST(CaseReaderTest, TheTreeKeepsLinesAndQuotes) {
  const CaseNode node = ReadCaseText(
      "name: x\n"
      "valid: true\n"
      "quoted: 'true'\n"
      "errors:\n"
      "- a\n"
      "- 'b'\n"
      "nothing:\n"
      "half: 0.5\n"
      "yaml: |\n"
      "  a: 1\n",
      "f.yaml");
  EXPECT_EQ(node["name"].Text(), "x");
  EXPECT_TRUE(node["valid"].Bool());
  EXPECT_FALSE(node["valid"].quoted);
  EXPECT_TRUE(node["quoted"].quoted);
  EXPECT_THAT(node["errors"].Texts(), ElementsAre("a", "b"));
  EXPECT_EQ(node["errors"].items[1].Where(), "f.yaml:6");
  EXPECT_TRUE(node.Has("nothing"));
  EXPECT_TRUE(node["nothing"].IsNull());
  EXPECT_FALSE(node.Has("absent"));
  EXPECT_EQ(node["absent"].Int(7), 7);
  EXPECT_EQ(node["half"].Double(), 0.5);
  EXPECT_EQ(node["yaml"].Text(), "a: 1\n");
}

TEST(CaseReaderTest, BytesAreTheCodePoints) {
  EXPECT_EQ(ReadCaseText("\"a\\xff\\x00\\x80\\r\\n\"", "f").Bytes(),
            std::string("a\xff\0\x80\r\n", 6));
}

TEST(CaseReaderTest, MacrosRepeatTheirText) {
  EXPECT_EQ(ExpandMacros("x ${REPEAT:ab:3} y ${REPEAT::9}${BASE64_REPEAT:a:4}$"),
            "x ababab y YWFhYQ==$");
}

}  // namespace
}  // namespace postern
