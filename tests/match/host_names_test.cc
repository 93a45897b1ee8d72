#include "lib/match/host_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace postern {
namespace {

using Hosts = std::vector<std::string>;

TEST(HostNamesTest, OverlapSubsetAndOrderAreThoseOfTheTruthTable) {
  struct Case {
    const char* a;
    const char* b;
    bool overlap;
    bool a_in_b;
    bool b_in_a;
    bool precedes;
  };
  for (const Case& c : std::vector<Case>{
           {"*", "", true, false, true, false},
           {"", "", true, true, true, true},
           {"*", "*", true, true, true, false},
           {"**.com", "a.com", false, false, false, false},
           {"*-foo.com", "foo.com", false, false, false, false},
           {"*.com", ".com", true, false, true, false},
           {"*.com", "com", false, false, false, false},
           {"*.a.com", "*b.com", false, false, false, true},
           {"*.foo.com", "*foo.com", true, true, false, true},
           {"*ab.com", "*b.com", true, true, false, true},
           {"Foo.com", "foo.com", false, false, false, true},
           {"*.FOO.com", "a.foo.com", false, false, false, false},
           {"a.*.com", "a.b.com", false, false, false, true},
           {"foo.com", "foo.com.", false, false, false, false},
       }) {
    EXPECT_EQ(HostsOverlap(c.a, c.b), c.overlap) << c.a << " " << c.b;
    EXPECT_EQ(HostsOverlap(c.b, c.a), c.overlap) << c.a << " " << c.b;
    EXPECT_EQ(HostIsSubset(c.a, c.b), c.a_in_b) << c.a << " " << c.b;
    EXPECT_EQ(HostIsSubset(c.b, c.a), c.b_in_a) << c.a << " " << c.b;
    EXPECT_EQ(HostPrecedes(c.a, c.b), c.precedes) << c.a << " " << c.b;
  }
}

TEST(HostNamesTest, SortsTheMostSpecificFirst) {
  Hosts hosts = {"*", "*.com",     "",          "*.foo.com", "foo.com",
                 "",  "b.foo.com", "a.foo.com", "*foo.com"};
  std::sort(hosts.begin(), hosts.end(), [](const std::string& a, const std::string& b) {
    return a != b && HostPrecedes(a, b);
  });
  EXPECT_EQ(hosts, (Hosts{"a.foo.com", "b.foo.com", "foo.com", "", "", "*.foo.com", "*foo.com",
                          "*.com", "*"}));
}

TEST(HostNamesTest, ServerHostsAreResolvedAgainstTheGateway) {
  EXPECT_EQ(ResolveServerHosts(Hosts{"a.com", "./b.com", "*/c.com", "ns/d.com", "./*"}, "gw"),
            (Hosts{"a.com", "gw/b.com", "c.com", "ns/d.com", "gw/*"}));
  EXPECT_EQ(ResolveServerHosts(Hosts{"a.com", "*/*", "./b.com"}, "gw"), Hosts{"*"});
}

TEST(HostNamesTest, ServerNamesAreBareUniqueAndSorted) {
  EXPECT_EQ(ServerNames(Hosts{"ns/b.com", "a.com", "b.com", "./*.c.com"}),
            (Hosts{"*.c.com", "a.com", "b.com"}));
}

TEST(HostNamesTest, GatewayNamesGetTheirNamespace) {
  EXPECT_EQ(ResolveGatewayName("gw", "ns"), "ns/gw");
  EXPECT_EQ(ResolveGatewayName("./gw", "ns"), "ns/gw");
  EXPECT_EQ(ResolveGatewayName("other/gw", "ns"), "other/gw");
  EXPECT_EQ(ResolveGatewayName("gw.other", "ns"), "other/gw");
  EXPECT_EQ(ResolveGatewayName("gw.other.svc.cluster.local", "ns"), "other/gw");
}

TEST(HostNamesTest, ShortHostsBecomeNamesOfTheCluster) {
  EXPECT_EQ(ResolveShortHost("reviews", "ns", "cluster.local"), "reviews.ns.svc.cluster.local");
  EXPECT_EQ(ResolveShortHost("reviews", "ns", ""), "reviews.ns");
  EXPECT_EQ(ResolveShortHost("reviews", "", "cluster.local"), "reviews.svc.cluster.local");
  for (const char* full : {"", "*", "a.com", "::1", "192.0.2.1"}) {
    EXPECT_EQ(ResolveShortHost(full, "ns", "cluster.local"), full);
  }
}

}  // namespace
}  // namespace postern
