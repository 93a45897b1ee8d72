#include "lib/snapshot/clean_request.h"

#include <gtest/gtest.h>

#include <string_view>

namespace postern {
namespace {

TEST(SetClientCertTest, EachModeDoesAsEnvoyDoes) {
  using Mode = SnapshotOptions::ForwardClientCert;
  struct Row {
    Mode mode;
    std::string_view with, without;
  };
  static constexpr Row kRows[] = {{Mode::kSanitize, "-", "-"},
                                  {Mode::kSanitizeSet, "ours", "-"},
                                  {Mode::kForwardOnly, "theirs", "-"},
                                  {Mode::kAppendForward, "theirs,ours", "-"},
                                  {Mode::kAlwaysForwardOnly, "theirs", "theirs"}};
  for (const Row& row : kRows) {
    for (const bool certificate : {true, false}) {
      HeaderList list;
      list.Add("x-forwarded-client-cert", "theirs");
      SetClientCert(row.mode, certificate ? "ours" : "", &list);
      EXPECT_EQ(list.Find("x-forwarded-client-cert").value_or("-"),
                certificate ? row.with : row.without);
    }
  }
}

}  // namespace
}  // namespace postern
