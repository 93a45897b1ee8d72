#include "postern/address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/match/ip.h"

namespace postern {
namespace {

TEST(AddressTest, TextSurvivesParsingAndPrinting) {
  for (const std::string text : {
           "192.0.2.1:80",
           "192.0.2.1",
           "[2001:db8::1]:443",
           "2001:db8::1",
           "::",
           "::1",
           "1::",
           "[fe80::1%3]:8080",
           "1:2:3:4:5:6:7:8",
           "1:0:3:4:5:6:7:8",  // RFC 5952: one group of zeros stays.
           "1:0:0:4::",
           "::ffff:192.0.2.1",
           "unix:///run/postern.sock",
           "unix://@abstract",
       }) {
    const auto address = Address::Parse(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->ToString(), text);
    EXPECT_EQ(*Address::Parse(address->ToString()), *address);
  }
  EXPECT_EQ(Address().ToString(), "");
}

TEST(AddressTest, PrintsTheShortestForm) {
  EXPECT_EQ(Address::Parse("2001:0DB8:0:0:0:0:0:1")->ToString(), "2001:db8::1");
  EXPECT_EQ(Address::Parse("1:0:0:2:0:0:0:3")->ToString(), "1:0:0:2::3");
  EXPECT_EQ(Address::Parse("1:0:0:2:3:0:0:4")->ToString(), "1::2:3:0:0:4");
  EXPECT_EQ(Address::Parse("0:0:0:0:0:0:1.2.3.4")->ToString(), "::102:304");
  EXPECT_EQ(Address::Parse("192.0.2.1:0")->ToString(), "192.0.2.1");
}

TEST(AddressTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           "a.com",
                           "a.com:80",
                           "192.0.2.1:",
                           "192.0.2.1:65536",
                           "192.0.2.1:080",
                           "192.0.2.1:+1",
                           "192.0.2.256",
                           "192.0.2",
                           "192.0.2.1.1",
                           "01.2.3.4",
                           "[192.0.2.1]:80",
                           "[::1]",
                           "[::1]:",
                           "[::1",
                           ":::1",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:2:3:4::5:6:7:8",
                           "12345::",
                           "::1:",
                           ":1::",
                           "::g",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1%",
                           "fe80::1%eth0",
                           "1.2.3.4%1",
                           "unix://",
                           "unix:///",
                           "unix://run/x",
                           "unix:/run/x"}) {
    EXPECT_EQ(Address::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(AddressTest, IsMadeOfBytes) {
  EXPECT_EQ(Address::Ipv4({192, 0, 2, 1}, 80), *Address::Parse("192.0.2.1:80"));
  EXPECT_EQ(Address::Ipv6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 80, 3),
            *Address::Parse("[fe80::1%3]:80"));
}

TEST(IpTest, KeepsTheZone) {
  const auto ip = ParseIp("FE80::1%eth0");
  ASSERT_TRUE(ip.has_value());
  EXPECT_EQ(ip->zone, "eth0");
  EXPECT_TRUE(ip->v6);
}

TEST(CidrTest, ContainsWhatSharesItsBits) {
  struct Case {
    const char* network;
    const char* address;
    bool contains;
  };
  for (const Case& c : std::vector<Case>{
           {"10.1.2.3/8", "10.255.0.1", true},
           {"10.1.2.3/8", "11.0.0.1", false},
           {"192.0.2.128/25", "192.0.2.200", true},
           {"192.0.2.128/25", "192.0.2.127", false},
           {"192.0.2.1/32", "192.0.2.1", true},
           {"192.0.2.1/32", "192.0.2.0", false},
           {"0.0.0.0/0", "203.0.113.9", true},
           {"0.0.0.0/0", "::1", false},
           {"::/0", "203.0.113.9", false},
           {"2001:db8::/33", "2001:db8:7fff::1", true},
           {"2001:db8::/33", "2001:db8:8000::1", false},
           {"::1/128", "::1", true},
           {"::1/128", "::2", false},
       }) {
    EXPECT_EQ(Cidr::Parse(c.network)->Contains(*Address::Parse(c.address)), c.contains)
        << c.network << " " << c.address;
  }
  EXPECT_EQ(Cidr::Parse("10.1.2.3/8")->ToString(), "10.0.0.0/8");
}

TEST(CidrTest, RefusesWhatIsNoNetwork) {
  for (const char* text : {"1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/08", "1.2.3.4/-1", "/24",
                           "1.2.3.4/24/1", "::1/129", "fe80::1%eth0/64", "1.2.3.4/+8"}) {
    EXPECT_FALSE(Cidr::Parse(text).ok()) << text;
  }
}

}  // namespace
}  // namespace postern
