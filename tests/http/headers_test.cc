#include "lib/http/headers.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/support/heap_watch.h"

namespace postern {
namespace {

std::string Text(const HeaderList& list) {
  std::string text;
  for (const HeaderView& field : list.fields()) {
    text.append(field.name).append("=").append(field.value).append(" ");
  }
  return text;
}

TEST(HeaderListTest, SetKeepsThePlaceOfTheFirstAndDropsTheOthers) {
  HeaderList list;
  list.Add("a", "1");
  list.Add("x-request-id", "old");
  list.Add("b", "2");
  list.Add("x-request-id", "older");
  list.Set("x-request-id", "new");
  list.Set("c", "3");
  EXPECT_EQ(Text(list), "a=1 x-request-id=new b=2 c=3 ");
}

TEST(HeaderListTest, JoinsRepeatedLines) {
  HeaderList list;
  list.Add("x-forwarded-for", "1.1.1.1");
  list.Add("b", "2");
  list.Add("x-forwarded-for", "2.2.2.2");
  EXPECT_EQ(list.Joined("x-forwarded-for"), "1.1.1.1,2.2.2.2");
  EXPECT_EQ(list.Joined("absent"), "");
  EXPECT_EQ(list.Count("x-forwarded-for"), 2u);
}

TEST(HeaderListTest, FindsWhatSharesItsMarkWithOthers) {
  HeaderList list;
  std::string names = "abcdefghijklmnopqrstuvwxyz";
  for (size_t first = 0; first < names.size(); ++first) {
    for (size_t size = 1; size <= names.size() - first; ++size) {
      const std::string_view name = std::string_view(names).substr(first, size);
      EXPECT_EQ(list.Find(name), std::nullopt);
      EXPECT_EQ(list.Remove(name), 0u);
      list.Set(name, "");
      list.Set(name, name);
    }
  }
  EXPECT_EQ(list.size(), 26u * 27 / 2);
  HeaderList other;
  other.Borrow(list);
  for (const HeaderView& field : list.fields()) {
    EXPECT_EQ(other.Find(field.name), field.name);
    EXPECT_EQ(other.Remove(field.name), 1u);
    EXPECT_EQ(other.Find(field.name), std::nullopt);
  }
}

TEST(TextStoreTest, PiecesStayWhereTheyAreWhileOthersAreAdded) {
  TextStore store;
  const std::string_view first = store.Copy("first");
  const std::string_view big = store.Copy(std::string(5000, 'x'));
  const std::string_view last = store.Concat({"a", "", "b"});
  EXPECT_EQ(first, "first");
  EXPECT_EQ(big, std::string(5000, 'x'));
  EXPECT_EQ(last, "ab");
}

TEST(TextStoreTest, ExtendsByteByByte) {
  TextStore store;
  std::string_view text;
  std::string expected;
  for (int i = 0; i < 4000; ++i) {
    const char c = static_cast<char>('a' + i % 26);
    text = store.Extend(text, {&c, 1});
    expected.push_back(c);
    if (i % 100 == 0) store.Copy("in between");
  }
  EXPECT_EQ(text, expected);
}

TEST(TextStoreTest, JoinsNeighboursWhereTheyStandAndOthersInACopy) {
  TextStore store;
  const std::string_view first = store.Copy("first"), second = store.Copy("second");
  const std::string_view both = store.Join(first, second);
  EXPECT_EQ(both, "firstsecond");
  EXPECT_EQ(both.data(), first.data());
  EXPECT_EQ(store.Join({}, second).data(), second.data());
  EXPECT_EQ(store.Join(first, store.Copy("third")), "firstthird");
}

TEST(TextStoreTest, ClearKeepsOneBlockOfModestSize) {
  const HeapWatch watch;
  TextStore store;
  store.Copy(std::string(3000, 'x'));
  store.Clear();
  EXPECT_GE(watch.held(), 3000u);
  EXPECT_LE(watch.held(), 16u << 10);
  store.Copy(std::string(100000, 'x'));
  store.Clear();
  EXPECT_LT(watch.held(), 1u << 10) << "a large block is not kept";
  EXPECT_EQ(store.Copy("again"), "again");
}

}  // namespace
}  // namespace postern
