// What the tests of TLS through an Engine share: a certificate authority, servers in every mode,
// and a harness over them. What a test asks of them stands in the test.

#ifndef POSTERN_TESTS_ENGINE_TLS_FIXTURE_H_
#define POSTERN_TESTS_ENGINE_TLS_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "postern/credentials.h"
#include "tests/support/engine_harness.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_peer.h"

namespace postern {

// A TlsFixture serves, to clients who ask for NAME.example.com:
//
//   443   simple, mutual, mesh (whose certificate has a URI), optional, hostkey, missing (no such
//         Secret): HTTP to web:8080
//   9443  tcp: terminated, bytes to raw:9000
//   7443  through: not terminated, bytes to raw:9001
//   80    anybody in plaintext: HTTP to web:8080
class TlsFixture : public testing::Test {
 protected:
  static constexpr std::string_view kConfig = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - port: {number: 443, name: simple, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: web}
    hosts: [simple.example.com]
  - port: {number: 443, name: mutual, protocol: HTTPS}
    tls: {mode: MUTUAL, credentialName: web}
    hosts: [mutual.example.com]
  - port: {number: 443, name: mesh, protocol: HTTPS}
    tls: {mode: MUTUAL, credentialName: gateway}
    hosts: [mesh.example.com]
  - port: {number: 443, name: optional, protocol: HTTPS}
    tls: {mode: OPTIONAL_MUTUAL, credentialName: web}
    hosts: [optional.example.com]
  - port: {number: 443, name: hostkey, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: hostkey}
    hosts: [hostkey.example.com]
  - port: {number: 443, name: missing, protocol: HTTPS}
    tls: {mode: SIMPLE, credentialName: missing}
    hosts: [missing.example.com]
  - port: {number: 9443, name: tcp, protocol: TLS}
    tls: {mode: SIMPLE, credentialName: web}
    hosts: [tcp.example.com]
  - port: {number: 7443, name: through, protocol: TLS}
    tls: {mode: PASSTHROUGH}
    hosts: [through.example.com]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: istio-system}
spec:
  hosts: ["*.example.com"]
  gateways: [gw]
  http:
  - route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
  tls:
  - match: [{port: 7443, sniHosts: [through.example.com]}]
    route: [{destination: {host: raw.prod.svc.cluster.local, port: {number: 9001}}}]
  tcp:
  - match: [{port: 9443}]
    route: [{destination: {host: raw.prod.svc.cluster.local, port: {number: 9000}}}]
)";

  TlsFixture() : TlsFixture(EngineHarness::Options()) {}

  explicit TlsFixture(EngineHarness::Options options) {
    options.wall = kTestWallTime;
    harness_ = std::make_unique<EngineHarness>(Build(), options);
  }

  static std::shared_ptr<const Snapshot> Build() {
    MemoryCredentials credentials;
    credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "web"}, server().credential());
    TestSubject gateway;
    gateway.dns = {"*.example.com"};
    gateway.uris = {"spiffe://cluster.local/ns/istio-system/sa/gateway"};
    credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "gateway"},
                    ca().Issue(gateway).credential());
    for (const std::string_view name : {"web", "gateway"}) {
      Credential trusted;
      trusted.ca_certificates = ca().certificate();
      credentials.Set({CredentialName::Kind::kCa, "istio-system", std::string(name)},
                      std::move(trusted));
    }
    Credential kept;
    kept.certificate_chain = server().certificate;
    kept.key_id = "hsm-1";
    credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "hostkey"}, std::move(kept));
    return BuildSnapshot(kConfig, IngressOptions(), &credentials);
  }

  static TestCa& ca() {
    static TestCa& ca = *new TestCa("clients");
    return ca;
  }
  static const TestCertificate& server() {
    static const auto& server = *new TestCertificate([] {
      TestSubject subject;
      subject.dns = {"*.example.com"};
      return ca().Issue(subject);
    }());
    return server;
  }
  static const TestCertificate& client() {
    static const auto& client = *new TestCertificate([] {
      TestSubject subject;
      subject.common_name = "client";
      subject.organization = "lab";
      subject.uris = {"spiffe://cluster.local/ns/default/sa/client"};
      return ca().Issue(subject);
    }());
    return client;
  }

  EngineHarness& harness() { return *harness_; }

  std::unique_ptr<EngineHarness> harness_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_ENGINE_TLS_FIXTURE_H_
