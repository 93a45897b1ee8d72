// Which routes the report says are never reached.

#include "lib/compile/shadow.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

// Shadowed returns the paths of the routes that are reported, of a service with a route for each
// of these matches in flow style.
std::string Shadowed(std::initializer_list<std::string_view> matches) {
  std::string yaml = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: g, namespace: n}
spec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: n}
spec:
  gateways: [g]
  hosts: [a.example.com]
  http:
)";
  for (const std::string_view match : matches) {
    StrAppend(&yaml, "  - {match: [", match, "], route: [{destination: {host: a.b}}]}\n");
  }
  const auto snapshot = Snapshot::Build(Config::FromYaml(yaml));
  if (!snapshot.ok()) return snapshot.status().ToString();
  std::string paths;
  for (const Finding& finding : (*snapshot)->report()) {
    if (finding.diagnostic.rule != "route-shadowed") continue;
    StrAppend(&paths, finding.diagnostic.path, " by ", finding.diagnostic.other->path, "\n");
  }
  return paths;
}

TEST(ShadowTest, APrefixTakesWhatBeginsWithIt) {
  EXPECT_EQ(Shadowed({"{uri: {prefix: /a}}", "{uri: {exact: /a/b}}", "{uri: {prefix: /abc}}",
                      "{uri: {prefix: /b}}"}),
            "spec.http[1].match[0] by spec.http[0].match[0]\n"
            "spec.http[2].match[0] by spec.http[0].match[0]\n");
}

TEST(ShadowTest, TheLongerPrefixFirstLeavesTheShorterReachable) {
  EXPECT_EQ(Shadowed({"{uri: {prefix: /a/b}}", "{uri: {prefix: /a}}", "{uri: {exact: /c}}"}), "");
}

TEST(ShadowTest, APrefixWithAConditionTakesNotAll) {
  EXPECT_EQ(Shadowed({"{uri: {prefix: /a}, headers: {x: {exact: one}}}", "{uri: {exact: /a/b}}"}),
            "");
}

TEST(ShadowTest, CaseCountsOnlyForThePrefixThatMindsIt) {
  EXPECT_EQ(Shadowed({"{uri: {prefix: /A}, ignoreUriCase: true}", "{uri: {exact: /a/b}}"}),
            "spec.http[1].match[0] by spec.http[0].match[0]\n");
  EXPECT_EQ(Shadowed({"{uri: {prefix: /a}}", "{uri: {exact: /a/b}, ignoreUriCase: true}"}), "");
}

TEST(ShadowTest, TheSameConditionsTwiceAreReachedOnce) {
  EXPECT_EQ(Shadowed({"{uri: {regex: \"/a.*\"}, method: {exact: GET}}",
                      "{uri: {regex: \"/a.*\"}, method: {exact: POST}}",
                      "{uri: {regex: \"/a.*\"}, method: {exact: GET}}"}),
            "spec.http[2].match[0] by spec.http[0].match[0]\n");
}

}  // namespace
}  // namespace postern
