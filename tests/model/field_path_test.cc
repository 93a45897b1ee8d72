#include "lib/model/field_path.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

TEST(FieldPathTest, StepsAreSpelledAsInTheYaml) {
  const FieldPath top;
  EXPECT_EQ(top.ToString(), "");
  const FieldPath spec = top.Field("spec");
  const FieldPath http = spec.Field("http", 2);
  const FieldPath matches = http.Field("match");
  const FieldPath match = matches.Element(0);
  const FieldPath headers = match.Field("headers");
  const FieldPath header = headers.Key("end-user");
  EXPECT_EQ(header.Field("exact").ToString(), "spec.http[2].match[0].headers[end-user].exact");
}

TEST(FieldPathTest, ANameBeginsAPath) {
  const FieldPath spec("spec");
  EXPECT_EQ(spec.Field("hosts", 0).ToString(), "spec.hosts[0]");
}

}  // namespace
}  // namespace postern
