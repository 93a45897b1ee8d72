#include "postern/boxed.h"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <utility>

namespace postern {
namespace {

struct Message {
  std::string text;
  int number = 0;

  friend bool operator==(const Message&, const Message&) = default;
};

// A Tree holds itself, which no std::optional can.
struct Tree {
  Boxed<Tree> left;
  Boxed<Tree> right;
  int value = 0;

  friend bool operator==(const Tree&, const Tree&) = default;
};

TEST(BoxedTest, TakesTheRoomOfAPointer) { EXPECT_EQ(sizeof(Boxed<Message>), sizeof(void*)); }

TEST(BoxedTest, IsAbsentUntilItIsGivenAValue) {
  Boxed<Message> boxed;
  EXPECT_FALSE(boxed.has_value());
  EXPECT_FALSE(boxed);
  EXPECT_EQ(boxed, std::nullopt);
  EXPECT_EQ(boxed.value_or({"other", 1}).text, "other");
  boxed.emplace().text = "a";
  EXPECT_TRUE(boxed);
  EXPECT_EQ(boxed->text, "a");
  EXPECT_EQ(boxed.value_or({"other", 1}).text, "a");
  boxed.emplace("b", 2);
  EXPECT_EQ(*boxed, (Message{"b", 2}));
  boxed = std::nullopt;
  EXPECT_FALSE(boxed);
  boxed = Message{"c", 3};
  boxed.reset();
  EXPECT_FALSE(boxed);
}

TEST(BoxedTest, CopiesAreDeepAndComparedByValue) {
  Boxed<Message> first = Message{"a", 1};
  Boxed<Message> second = first;
  EXPECT_EQ(first, second);
  EXPECT_NE(&*first, &*second);
  second->number = 2;
  EXPECT_EQ(first->number, 1);
  EXPECT_NE(first, second);
  EXPECT_NE(first, Boxed<Message>());
  EXPECT_EQ(Boxed<Message>(), Boxed<Message>());
  second = first;
  EXPECT_EQ(first, second);
  EXPECT_NE(&*first, &*second);
  const Boxed<Message>& same = second;
  second = same;
  EXPECT_EQ(second, first);
}

TEST(BoxedTest, AMoveTakesTheValueAlong) {
  Boxed<Message> first = Message{"a", 1};
  const Message* value = &*first;
  Boxed<Message> second = std::move(first);
  EXPECT_EQ(&*second, value);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): it says so.
  Message taken = *std::move(second);
  EXPECT_EQ(taken.text, "a");
  static_assert(std::is_nothrow_move_constructible_v<Boxed<Message>>);
}

TEST(BoxedTest, AConstBoxGivesAConstValue) {
  using Value = decltype(*std::declval<const Boxed<Message>&>());
  using Pointer = decltype(std::declval<const Boxed<Message>&>().operator->());
  static_assert(std::is_same_v<Value, const Message&>);
  static_assert(std::is_same_v<Pointer, const Message*>);
}

TEST(BoxedTest, AValueMayHoldItsOwnType) {
  Tree tree;
  tree.left.emplace().right.emplace().value = 3;
  Tree copy = tree;
  EXPECT_EQ(copy, tree);
  copy.left->right->value = 4;
  EXPECT_NE(copy, tree);
  tree = Tree(*tree.left);  // The old tree owns what the new one is made of.
  EXPECT_EQ(tree.right->value, 3);
}

}  // namespace
}  // namespace postern
