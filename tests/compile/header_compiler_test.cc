#include "lib/compile/header_compiler.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/strings.h"

namespace postern {
namespace {

// TextOf spells operations: "-name", "name=value", "name+=value".
std::string TextOf(const std::vector<HeaderOp>& ops) {
  std::string text;
  for (const HeaderOp& op : ops) {
    const bool removes = op.kind == HeaderOp::Kind::kRemove;
    StrAppend(&text, text.empty() ? "" : " ", removes ? "-" : "", op.name,
              removes                           ? ""
              : op.kind == HeaderOp::Kind::kSet ? "="
                                                : "+=",
              op.value);
  }
  return text;
}

HeaderOperations Operations(std::map<std::string, std::string> set,
                            std::map<std::string, std::string> add,
                            std::vector<std::string> remove) {
  return {std::move(set), std::move(add), std::move(remove)};
}

TEST(HeaderCompilerTest, RemovesThenSetsThenAddsBothLists) {
  StringPool text;
  const HeaderOperations first = Operations({{"X-A", "1"}}, {{"x-b", "1"}}, {"X-C"});
  const HeaderOperations second = Operations({{"x-a", "2"}}, {{"x-b", "2"}}, {"x-d"});
  EXPECT_EQ(TextOf(CompileOperations(&first, &second, text)),
            "-x-c -x-d x-a=1 x-a=2 x-b+=1 x-b+=2");
  EXPECT_EQ(TextOf(CompileOperations(&first, nullptr, text)), "-x-c x-a=1 x-b+=1");
  EXPECT_EQ(TextOf(CompileOperations(nullptr, &second, text)), "-x-d x-a=2 x-b+=2");
  EXPECT_EQ(TextOf(CompileOperations(nullptr, nullptr, text)), "");
}

TEST(HeaderCompilerTest, LeavesHostAndPseudoFieldsAlone) {
  StringPool text;
  const HeaderOperations all = Operations({{"Host", "a"}, {":path", "/"}, {"hosts", "kept"}},
                                          {{":authority", "b"}}, {"HOST", ":status", "x"});
  EXPECT_EQ(TextOf(CompileOperations(&all, nullptr, text)), "-x hosts=kept");
}

TEST(HeaderCompilerTest, TheHostOfTheOperationsIsTheAuthority) {
  StringPool text;
  EXPECT_EQ(AuthorityOf(nullptr, text), "");
  const HeaderOperations none = Operations({{"x", "y"}}, {}, {"host"});
  EXPECT_EQ(AuthorityOf(&none, text), "");
  const HeaderOperations added = Operations({}, {{"HOST", "added"}}, {});
  EXPECT_EQ(AuthorityOf(&added, text), "added");
  const HeaderOperations both = Operations({{":authority", "set"}}, {{"host", "added"}}, {});
  EXPECT_EQ(AuthorityOf(&both, text), "set");
}

TEST(HeaderCompilerTest, TakesTheHalfThatIsThere) {
  Boxed<Headers> headers;
  EXPECT_EQ(RequestOperations(headers), nullptr);
  EXPECT_EQ(ResponseOperations(headers), nullptr);
  headers.emplace().response.emplace().remove = {"server"};
  EXPECT_EQ(RequestOperations(headers), nullptr);
  ASSERT_NE(ResponseOperations(headers), nullptr);
  EXPECT_EQ(ResponseOperations(headers)->remove.front(), "server");
}

}  // namespace
}  // namespace postern
