// Engine::Apply under live connections: who goes on, who is drained, and what a request under way
// is answered by.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/support/engine_harness.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_client.h"

namespace postern {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Yaml returns a Gateway with one server of each kind, and a route that answers `body`.
std::string Yaml(std::string_view tls, std::string_view body, bool plaintext = true) {
  return StrCat(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: [a.com]
    tls: {)",
                tls, "}\n",
                plaintext ? R"(
  - port: {number: 80, name: http, protocol: HTTP}
    hosts: ["*"]
)"
                          : "",
                R"(
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/gw]
  http:
  - match: [{uri: {exact: /up}}]
    headers: {response: {add: {x-config: )",
                body, R"(}}}
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 80}}}]
  - directResponse: {status: 200, body: {string: )",
                body, "}}\n");
}

constexpr std::string_view kSimple = "mode: SIMPLE, credentialName: web";
constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nhost: a.com\r\n\r\n";
constexpr std::string_view kUpRequest = "GET /up HTTP/1.1\r\nhost: a.com\r\n\r\n";

class ApplyTest : public testing::Test {
 protected:
  ApplyTest() {
    TestSubject subject;
    subject.dns = {"a.com"};
    certificate_ = ca_.Issue(subject);
    harness_ = std::make_unique<EngineHarness>(Build(Yaml(kSimple, "one")));
  }

  std::shared_ptr<const Snapshot> Build(const std::string& yaml) {
    MemoryCredentials credentials;
    credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "web"},
                    certificate_.credential());
    auto snapshot = Snapshot::Build(Config::FromYaml(yaml), IngressOptions(), &credentials);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *snapshot : nullptr;
  }

  void Apply(std::string_view tls, std::string_view body, bool plaintext = true) {
    harness_->engine().Apply(harness_->now(), Build(Yaml(tls, body, plaintext)));
    harness_->Flush();
  }

  // Exchange moves bytes between `client` and `id` until neither has more to say.
  void Exchange(TlsClient& client, ConnectionId id) {
    for (int i = 0; i < 20; ++i) {
      const std::string sent = client.TakeOutput();
      if (!sent.empty()) harness_->Receive(id, sent);
      const std::string received = harness_->Take(id);
      if (!received.empty()) client.Receive(received);
      if (sent.empty() && received.empty()) return;
    }
  }

  TestCa ca_;
  TestCertificate certificate_;
  std::unique_ptr<EngineHarness> harness_;
};

TEST_F(ApplyTest, TheNextRequestOfAConnectionHasTheNewRoutes) {
  const ConnectionId client = harness_->Accept(80);
  harness_->Receive(client, kRequest);
  EXPECT_THAT(harness_->Take(client), HasSubstr("\r\n\r\none"));
  Apply(kSimple, "two");
  harness_->Receive(client, kRequest);
  EXPECT_THAT(harness_->Take(client), HasSubstr("\r\n\r\ntwo"));
  EXPECT_FALSE(harness_->end(client).shut);
}

TEST_F(ApplyTest, ARequestUnderWayEndsOnTheSnapshotItBeganWith) {
  const ConnectionId client = harness_->Accept(80);
  harness_->Receive(client, kUpRequest);
  Apply(kSimple, "two");
  harness_->Receive(harness_->upstream(), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_THAT(harness_->Take(client), HasSubstr("x-config: one\r\n"));
}

TEST_F(ApplyTest, AListenerThatIsGoneAcceptsNoMoreAndEndsWhatItHasBetweenRequests) {
  const ConnectionId busy = harness_->Accept(80), idle = harness_->Accept(80);
  harness_->Receive(busy, kUpRequest);
  Apply(kSimple, "two", /*plaintext=*/false);
  EXPECT_TRUE(harness_->end(idle).shut);
  EXPECT_FALSE(harness_->end(busy).shut);
  harness_->Receive(harness_->upstream(), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_THAT(harness_->Take(busy),
              testing::AllOf(HasSubstr("x-config: one\r\n"), HasSubstr("connection: close\r\n")));
  EXPECT_TRUE(harness_->end(harness_->Accept(80)).closed);
}

TEST_F(ApplyTest, OnlyAChangeOfTheServersTlsDrainsItsConnections) {
  const struct {
    const char* what;
    std::string tls;
    bool drained;
  } rows[] = {
      {"nothing", std::string(kSimple), false},
      {"a minimum version", StrCat(kSimple, ", minProtocolVersion: TLSV1_3"), true},
      {"cipher suites", StrCat(kSimple, ", cipherSuites: [ECDHE-ECDSA-AES128-GCM-SHA256]"), true},
  };
  for (const auto& row : rows) {
    Apply(kSimple, "one");
    const ConnectionId id = harness_->Accept(443);
    TlsClient client({.sni = "a.com"});
    Exchange(client, id);
    ASSERT_TRUE(client.connected()) << row.what;
    client.Send(kRequest);
    Exchange(client, id);
    EXPECT_THAT(client.plaintext(), HasSubstr("\r\n\r\none")) << row.what;
    Apply(row.tls, "two");
    Exchange(client, id);
    EXPECT_EQ(client.closed(), row.drained) << row.what;
    EXPECT_EQ(harness_->end(id).shut, row.drained) << row.what;
  }
}

TEST_F(ApplyTest, AConnectionThatHasNotSpokenYetIsJudgedByTheNewSnapshot) {
  const ConnectionId id = harness_->Accept(443);
  Apply(StrCat(kSimple, ", minProtocolVersion: TLSV1_3"), "two");
  TlsClient client({.sni = "a.com", .max_version = 0x303});
  Exchange(client, id);
  EXPECT_FALSE(client.connected());
  EXPECT_EQ(client.alert(), 70);
}

}  // namespace
}  // namespace postern
