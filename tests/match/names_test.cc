#include "lib/match/names.h"

#include <gtest/gtest.h>

#include <string>

namespace postern {
namespace {

using Kind = DomainProblem::Kind;

std::string Problem(const std::optional<DomainProblem>& problem) {
  return problem ? problem->Clause() : "fine";
}

TEST(NamesTest, AFullNameHasLabelsAndNoNumericEnd) {
  for (const char* fine : {"foo", "a.b", "istio.io.", "1.2.3.4.", "foo.99999999999999999999"}) {
    EXPECT_EQ(Problem(CheckFqdn(fine)), "fine") << fine;
  }
  EXPECT_EQ(CheckFqdn("")->kind, Kind::kEmpty);
  EXPECT_EQ(CheckFqdn(std::string(256, 'a'))->kind, Kind::kTooLong);
  EXPECT_EQ(CheckFqdn("1.2.3.4")->kind, Kind::kNumericTop);
  EXPECT_EQ(CheckFqdn("foo.-1")->kind, Kind::kNumericTop);
  EXPECT_EQ(CheckFqdn("a_b.com")->label, "a_b");
  EXPECT_EQ(CheckFqdn("*.com")->kind, Kind::kLabel);
  EXPECT_EQ(CheckFqdn(".")->kind, Kind::kLabel);
}

TEST(NamesTest, AWildcardStandsInTheFirstLabelOnly) {
  for (const char* fine : {"*", "*foo", "*-foo.com", "foo.", "*.", "123", "*.com"}) {
    EXPECT_EQ(Problem(CheckWildcardDomain(fine)), "fine") << fine;
  }
  for (const char* bad : {"*--x", "**", "a*.com", "*-"}) {
    EXPECT_EQ(CheckWildcardDomain(bad)->kind, Kind::kFirstLabel) << bad;
  }
  EXPECT_EQ(CheckWildcardDomain("foo.*.com")->kind, Kind::kLabel);
  EXPECT_EQ(CheckWildcardDomain("*.123")->kind, Kind::kNumericTop);
}

TEST(NamesTest, AnSniMayBeAGeneratedName) {
  EXPECT_EQ(Problem(CheckSniDomain("outbound_.80_._.foo.ns.svc.cluster.local")), "fine");
  EXPECT_EQ(CheckSniDomain("outbound_.x_._.foo")->label, "x");
  EXPECT_EQ(CheckSniDomain("outbound_.80_._.123")->label, "123");
  EXPECT_EQ(CheckSniDomain("outbound_foo.com")->kind, Kind::kSniForm);
  EXPECT_EQ(CheckSniDomain("outboundx_.80_._.foo.com")->kind, Kind::kFirstLabel);
}

TEST(NamesTest, HeaderNamesAreTokensPseudoHeadersOrClaims) {
  for (const char* fine : {"x-a", ":authority", "@request.auth.claims.sub",
                           "@Request.Auth.Claims[a][b]", "a!#$%&'*+-.^_`|~"}) {
    EXPECT_TRUE(IsMatchHeaderName(fine)) << fine;
  }
  for (const char* bad : {"", ":Authority", "@request.auth.claims", "@request.auth.claims[]", "a b",
                          "@request.auth.claims."}) {
    EXPECT_FALSE(IsMatchHeaderName(bad)) << bad;
  }
}

TEST(NamesTest, LabelsAreThoseOfKubernetes) {
  EXPECT_TRUE(IsLabelKey("app.kubernetes.io/name"));
  EXPECT_FALSE(IsLabelKey("istio./key"));
  EXPECT_FALSE(IsLabelKey(std::string(64, 'a')));
  EXPECT_TRUE(IsLabelValue(""));
  EXPECT_TRUE(IsLabelValue(std::string(64, 'a')));
  EXPECT_FALSE(IsLabelValue(".a"));
}

}  // namespace
}  // namespace postern
