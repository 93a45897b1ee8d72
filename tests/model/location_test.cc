#include "lib/model/location.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

// The map of a document whose lines say which value is meant.
SourceMap Example() {
  auto keys = std::make_shared<KeyPool>("web.yaml");
  SourceMapBuilder map(keys, 0);
  map.AddElement(1, 1);
  map.BeginChildren();
  map.AddField("spec", 2, 1);
  map.BeginChildren();
  map.AddField("http", 3, 3);
  map.AddField("export_to", 4, 3);
  map.BeginChildren();
  map.AddElement(5, 5);
  map.AddElement(6, 5);
  map.BeginChildren();  // export_to
  map.BeginChildren();  // http[0]
  map.BeginChildren();  // http[1]
  map.AddField("headers", 7, 7);
  map.AddField("timeout", 8, 7);
  map.AddField("timeout", 9, 7);
  map.BeginChildren();  // headers
  map.AddField("a", 10, 9);
  map.AddField("a].b", 11, 9);
  map.AddField("x.y[0]", 12, 9);
  return std::move(map).Build();
}

TEST(LocationTest, FindGivesTheValueOrItsNearestEnclosingOne) {
  const SourceMap map = Example();
  const struct {
    std::string_view path;
    int line;
  } cases[] = {
      {"", 1},
      {"kind", 1},
      {"spec", 2},
      {"spec.http", 3},
      {"spec.http[0]", 5},
      {"spec.http[1]", 6},
      {"spec.http[2]", 3},
      {"spec.http[x]", 3},
      {"spec.http[", 3},
      {"spec.http[1].headers[a]", 10},
      {"spec.http[1].headers[a].exact", 10},
      {"spec.http[1].headers[b]", 7},
      {"spec.http[1].match[0].uri", 6},
      {"spec.hosts", 2},
      // A key may look like a path.
      {"spec.http[1].headers[a].b]", 11},
      {"spec.http[1].headers[a].b].exact", 11},
      {"spec.http[1].headers[x.y[0]]", 12},
      // The other spelling of a field, and the last of two.
      {"spec.exportTo", 4},
      {"spec.export_to", 4},
      {"spec.http[1].timeout", 9},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(map.Find(c.path).line, c.line) << c.path;
    EXPECT_EQ(map.Find(c.path).file, "web.yaml");
  }
  EXPECT_EQ(map.Find("spec.http[1].headers[a]").column, 9);
}

TEST(LocationTest, AnEmptyMapGivesLineZero) {
  EXPECT_TRUE(SourceMap().empty());
  EXPECT_EQ(SourceMap().Find("spec"), SourceLocation());
  EXPECT_FALSE(Example().empty());
  EXPECT_EQ(Example(), SourceMap());
}

TEST(LocationTest, ToStringHasFileLineAndColumn) {
  EXPECT_EQ((SourceLocation{"web.yaml", 12, 7}).ToString(), "web.yaml:12:7");
  EXPECT_EQ((SourceLocation{"", 12, 7}).ToString(), "12:7");
  EXPECT_EQ((SourceLocation{"web.yaml", 0, 0}).ToString(), "");
}

TEST(LocationTest, KeysAreKeptOnce) {
  KeyPool keys("f");
  const uint32_t a = keys.Add("a");
  const uint32_t empty = keys.Add("");
  for (int i = 0; i < 1000; ++i) keys.Add("key " + std::to_string(i));
  EXPECT_EQ(keys.Add("a"), a);
  EXPECT_EQ(keys.Add(""), empty);
  EXPECT_EQ(keys.Key(keys.Add("key 999")), "key 999");
  EXPECT_EQ(keys.Key(a), "a");
  keys.FinishAdding();
  EXPECT_EQ(keys.Key(a), "a");
}

}  // namespace
}  // namespace postern
