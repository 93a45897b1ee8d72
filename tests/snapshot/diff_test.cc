// Diff: whose answers are another, and whose are not though the names are.

#include <memory>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

std::shared_ptr<const Snapshot> Build(std::string_view text) {
  const auto snapshot = Snapshot::Build(Config::FromYaml(text));
  EXPECT_TRUE(snapshot.ok()) << snapshot.status() << "\n" << text;
  return snapshot.ok() ? *snapshot : nullptr;
}

// Changes returns "kind host" for each change.
std::string Changes(std::string_view from, std::string_view to) {
  const auto before = Build(from);
  const auto after = Build(to);
  if (before == nullptr || after == nullptr) return "not built";
  const std::string diff = Diff(*before, *after).ToText();
  std::string text;
  for (std::string_view line : Split(diff, '\n')) {
    if (line.empty()) continue;
    const std::string_view kind = line.substr(0, line.find(' '));
    StrAppend(&text, text.empty() ? "" : "; ", kind);
    if (kind == "opened" || kind == "closed") continue;
    line.remove_prefix(line.find(' ', kind.size() + 1));
    StrAppend(&text, line.substr(0, line.find(':')));
  }
  return text;
}

// GatewayOf returns a Gateway `web` with these servers.
std::string GatewayOf(std::string_view servers) {
  return StrCat(
      "apiVersion: networking.istio.io/v1\nkind: Gateway\n"
      "metadata: {name: web, namespace: istio-system}\nspec:\n  servers:\n",
      servers);
}

std::string Https(std::string_view host, std::string_view mode, std::string_view name = "https") {
  return StrCat("  - port: {number: 443, name: ", name, ", protocol: HTTPS}\n    hosts: ['", host,
                "']\n    tls: {mode: ", mode, ", credentialName: c}\n");
}

std::string Http(int port, std::string_view host) {
  return StrCat("  - port: {number: ", port, ", name: http", port,
                ", protocol: HTTP}\n    hosts: ['", host, "']\n");
}

std::string Bytes(std::string_view protocol, std::string_view host) {
  return StrCat("  - port: {number: 443, name: bytes, protocol: ", protocol, "}\n    hosts: ['",
                host, "']\n", protocol == "TLS" ? "    tls: {mode: PASSTHROUGH}\n" : "");
}

// RoutesOf returns a VirtualService whose host is answered with `status`.
std::string RoutesOf(std::string_view name, std::string_view host, int status) {
  return StrCat("---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: ",
                name, ", namespace: istio-system}\nspec:\n  hosts: ['", host,
                "']\n  gateways: [web]\n  http:\n  - directResponse: {status: ", status, "}\n");
}

// BytesTo returns a VirtualService that sends the bytes for any host to `upstream`.
std::string BytesTo(std::string_view match, std::string_view upstream) {
  return StrCat(
      "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\n"
      "metadata: {name: bytes, namespace: istio-system}\nspec:\n  hosts: ['*']\n"
      "  gateways: [web]\n  ",
      match, "\n    route: [{destination: {host: ", upstream, ", port: {number: 1}}}]\n");
}

// A name that is listed no more, or anew, is compared with what covers it on the other side.
TEST(DiffTest, AServerNameIsComparedWithWhatCoversIt) {
  const std::string mutual = GatewayOf(Https("a.com", "MUTUAL"));
  const std::string simple = GatewayOf(Https("*.com", "SIMPLE"));
  EXPECT_EQ(Changes(mutual, simple), "host-added *.com; tls-weaker a.com");
  EXPECT_EQ(Changes(simple, mutual), "host-removed *.com; tls-stronger a.com");
  // The same answer under a wider name.
  EXPECT_EQ(Changes(GatewayOf(Https("a.com", "SIMPLE")), simple), "host-added *.com");
  // Another server under the wider name.
  EXPECT_EQ(
      Changes(GatewayOf(StrCat(Https("a.com", "SIMPLE", "a"), Https("*.com", "SIMPLE"))), simple),
      "host-moved a.com");
  EXPECT_EQ(Changes(simple, GatewayOf(Https("a.org", "SIMPLE"))),
            "host-removed *.com; host-added a.org");
}

TEST(DiffTest, ThatTlsIsGoneIsWeaker) {
  const std::string routes = RoutesOf("a", "a.com", 200);
  const std::string https = GatewayOf(Https("a.com", "SIMPLE")) + routes;
  const std::string http = GatewayOf(Http(443, "a.com")) + routes;
  // Who shows no name, or no TLS, was refused.
  EXPECT_EQ(Changes(https, http), "host-added *; tls-weaker a.com");
  EXPECT_EQ(Changes(http, https), "host-removed *; tls-stronger a.com");
  const std::string other = GatewayOf(Http(443, "a.com")) + RoutesOf("a", "a.com", 201);
  EXPECT_EQ(Changes(https, other),
            "host-added *; tls-weaker a.com; route-changed a.com; route-changed a.com");

  const std::string passes =
      GatewayOf(Bytes("TLS", "a.com")) + BytesTo("tls:\n  - match: [{sniHosts: [a.com]}]", "b.com");
  EXPECT_EQ(Changes(passes, http), "host-added *; host-moved a.com; tls-weaker a.com");
  EXPECT_EQ(Changes(passes, https), "host-moved a.com; tls-changed a.com");
  // What carries all bytes carries those of TLS, too.
  const std::string plain = GatewayOf(Bytes("TCP", "*")) + BytesTo("tcp:\n  -", "b.com");
  EXPECT_EQ(Changes(passes, plain), "host-added *");
  EXPECT_EQ(Changes(passes, GatewayOf(Bytes("TCP", "*")) + BytesTo("tcp:\n  -", "c.com")),
            "host-added *; route-changed a.com");
}

TEST(DiffTest, TheTlsOfUpstreamsIsComparedThatBothHave) {
  const auto with = [](std::string_view tls) {
    return StrCat(GatewayOf(Bytes("TCP", "*")), BytesTo("tcp:\n  - match: [{port: 443}]", "up.com"),
                  "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\n"
                  "metadata: {name: up, namespace: istio-system}\nspec:\n  host: up.com\n"
                  "  trafficPolicy: {tls: {",
                  tls, "}}\n");
  };
  const auto changes = [&](std::string_view from, std::string_view to) {
    return Diff(*Build(with(from)), *Build(with(to))).ToText();
  };
  EXPECT_EQ(changes("mode: SIMPLE", "mode: SIMPLE"), "");
  EXPECT_EQ(changes("mode: DISABLE", "mode: SIMPLE"),
            "tls-stronger upstream outbound|1||up.com: TLS of mode SIMPLE, was in the clear\n");
  EXPECT_EQ(changes("mode: SIMPLE", "mode: DISABLE"),
            "tls-weaker upstream outbound|1||up.com: in the clear, was TLS of mode SIMPLE\n");
  EXPECT_EQ(changes("mode: SIMPLE", "mode: SIMPLE, insecureSkipVerify: true"),
            "tls-weaker upstream outbound|1||up.com: its servers are not verified, "
            "were verified by a CA and by name\n");
  EXPECT_EQ(
      changes("mode: SIMPLE, sni: a.com", "mode: SIMPLE, sni: a.com, subjectAltNames: [a.com]"),
      "tls-stronger upstream outbound|1||up.com: its servers are verified by a CA and by name, "
      "were verified by a CA alone\n");
  EXPECT_EQ(changes("mode: SIMPLE, sni: a.com", "mode: SIMPLE, sni: b.com"),
            "tls-changed upstream outbound|1||up.com: other settings of TLS of mode SIMPLE\n");
  EXPECT_EQ(
      changes("mode: SIMPLE, credentialName: c", "mode: MUTUAL, credentialName: c"),
      "tls-changed upstream outbound|1||up.com: TLS of mode MUTUAL, was TLS of mode SIMPLE\n");
}

TEST(DiffTest, AVirtualHostIsComparedWithWhatCoversIt) {
  const std::string web = GatewayOf(Http(80, "*"));
  const std::string shop = RoutesOf("shop", "shop.example.com", 200);
  const std::string all = RoutesOf("all", "*.example.com", 201);
  EXPECT_EQ(Changes(web + shop + all, web + all), "host-moved shop.example.com");
  EXPECT_EQ(Changes(web + all, web + shop + all), "host-moved shop.example.com");
  EXPECT_EQ(Changes(web + shop, web + RoutesOf("shop", "*.example.com", 200)),
            "host-added *.example.com");
  EXPECT_EQ(Changes(web + RoutesOf("shop", "*.example.com", 200), web + shop),
            "host-removed *.example.com");
  // The answer of the other one is the same.
  EXPECT_EQ(Changes(web + shop + RoutesOf("all", "*", 200), web + RoutesOf("all", "*", 200)), "");
  EXPECT_EQ(Changes(web + shop, web + all),
            "host-added *.example.com; host-moved shop.example.com");
  EXPECT_EQ(Changes(web + shop, web), "host-removed shop.example.com");
  EXPECT_EQ(Changes(web, web + shop), "host-added shop.example.com");
}

// The virtual hosts of two servers are compared host by host, each on the server that its name
// gets.
TEST(DiffTest, AHostThatOnlyGetsAnotherServerIsNotAdded) {
  const std::string routes = RoutesOf("a", "a.com", 200) + RoutesOf("b", "b.com", 200);
  const std::string two =
      GatewayOf(StrCat(Https("a.com", "SIMPLE", "a"), Https("b.com", "SIMPLE", "b"))) + routes;
  const std::string one = GatewayOf(Https("*.com", "SIMPLE", "a")) + routes;
  EXPECT_EQ(Changes(two, one), "host-added *.com; host-moved b.com");
  EXPECT_EQ(Changes(one, two), "host-removed *.com; host-moved b.com");
}

TEST(DiffTest, AServerThatTranslatesGrpcWebSendsOtherRequestsOn) {
  std::string http = GatewayOf(Http(80, "*")) + RoutesOf("a", "a.com", 200), web = http;
  const size_t protocol = web.find("protocol: HTTP}");
  ASSERT_NE(protocol, web.npos);
  web.replace(protocol, 15, "protocol: GRPC-WEB}");
  EXPECT_EQ(Changes(http, web), "route-changed *");
  EXPECT_EQ(Changes(web, http), "route-changed *");
  EXPECT_NE(Build(web)->Dump().find("  chain any grpc-web http "), std::string::npos);
}

TEST(DiffTest, AListenerIsOpenedOrClosedAsOne) {
  const std::string routes = RoutesOf("a", "a.com", 200);
  EXPECT_EQ(Changes(GatewayOf(Http(80, "*")) + routes, GatewayOf(Http(81, "*")) + routes),
            "opened; closed");
}

}  // namespace
}  // namespace postern
