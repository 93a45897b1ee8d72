// TLS towards upstreams through an Engine in memory: whom a connection asks for and believes, what
// it shows of itself, what shares it, and that nothing goes in the clear.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/tls/session.h"
#include "postern/config.h"
#include "tests/support/engine_harness.h"
#include "tests/support/host_signer.h"
#include "tests/support/string_sink.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kBody = "hello";
constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

// Gate returns a Gateway of HTTP and of bytes, a route for all hosts to web.prod:8080, and a
// DestinationRule for that with `tls` and the rest of its `trafficPolicy`.
std::string Gate(std::string_view tls, std::string_view policy = "") {
  return StrCat(R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}
  - port: {number: 15443, name: auto, protocol: TLS}
    tls: {mode: AUTO_PASSTHROUGH}
    hosts: ["*.prod.svc.cluster.local"]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/gw]
  http:
  - match: [{uri: {prefix: /rewritten}}]
    rewrite: {authority: b.example.com}
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
  - match: [{uri: {prefix: /nobody}}]
    rewrite: {authority: ":8080"}
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
  - route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
  tcp:
  - match: [{port: 9000}]
    route: [{destination: {host: web.prod.svc.cluster.local, port: {number: 8080}}}]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: prod}
spec:
  ports: [{name: http, port: 8080}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: web, namespace: prod}
spec:
  host: web.prod.svc.cluster.local
  trafficPolicy: {tls: {)",
                tls, "}", policy, "}\n");
}

TestCa& Ca() {
  static TestCa& ca = *new TestCa("upstreams");
  return ca;
}

const TestCertificate& ServerCertificate() {
  static const auto& certificate = *new TestCertificate([] {
    TestSubject subject;
    subject.dns = {"*.example.com"};
    subject.ips = {"192.0.2.7"};
    subject.uris = {"spiffe://cluster.local/ns/prod/sa/web"};
    return Ca().Issue(subject);
  }());
  return certificate;
}

const TestCertificate& OwnCertificate() {
  static const auto& certificate = *new TestCertificate([] {
    TestSubject subject;
    subject.uris = {"spiffe://cluster.local/ns/istio-system/sa/gateway"};
    return Ca().Issue(subject);
  }());
  return certificate;
}

// A Server is an upstream that speaks TLS on one connection of the engine.
class Server {
 public:
  Server(EngineHarness& harness, ConnectionId id, ServerTls tls = {}) : harness_(harness), id_(id) {
    tls.identity = "upstream";
    if (tls.alpn.empty()) tls.alpn = {"istio-http/1.1", "istio", "h2", "http/1.1"};
    if (tls.certificates.empty()) {
      tls.certificates = {Certificate::Load("server", ServerCertificate().credential()).value()};
    }
    // Who is there is of interest, not whether it is trusted.
    if (tls.client_auth != ClientAuth::kNone) {
      tls.trust = TrustStore::Load("CA", Ca().certificate(), "").value();
    }
    auto context = ServerContext::Make(std::move(tls), &policies_).value();
    session_ = Session::Accept(context, &environment_, &sink_).value();
  }

  // Pump carries what waits in either direction, `step` bytes of the engine's at a time.
  void Pump(size_t step = SIZE_MAX) {
    while (true) {
      const std::string in = harness_.Take(id_);
      heard_ += in;
      for (std::string_view rest = in; !rest.empty();) {
        const std::string_view part = rest.substr(0, step);
        rest.remove_prefix(part.size());
        ByteSpan bytes = AsBytes(part);
        uint8_t buffer[20000];
        while (const size_t size = session_->Read(&bytes, buffer)) {
          plaintext_ += AsText({buffer, size});
        }
      }
      const std::string out = std::exchange(sink_.bytes, {});
      for (std::string_view rest = out; !rest.empty();) {
        const std::string_view part = rest.substr(0, step);
        rest.remove_prefix(part.size());
        if (harness_.alive() && !harness_.end(id_).closed) harness_.Receive(id_, part);
      }
      if (in.empty() && out.empty()) return;
    }
  }

  void Send(std::string_view text, size_t step = SIZE_MAX) {
    if (session_->state() == Session::State::kOpen) session_->Write(AsBytes(text));
    Pump(step);
  }

  // Take returns the plaintext that has come, and forgets it.
  std::string Take() { return std::exchange(plaintext_, {}); }
  const std::string& heard() const { return heard_; }  // Before decryption.
  Session& session() { return *session_; }
  ConnectionId id() const { return id_; }

 private:
  EngineHarness& harness_;
  const ConnectionId id_;
  TlsEnvironment environment_{kTestWallTime, TicketKeys(std::array<uint8_t, 32>{})};
  TlsPolicyCache policies_;
  StringSink sink_;
  std::unique_ptr<Session> session_;
  std::string plaintext_, heard_;
};

class UpstreamTlsTest : public testing::Test {
 protected:
  UpstreamTlsTest() {
    Credential ca;
    ca.ca_certificates = Ca().certificate();
    for (const char* name : {"web", "own", "kept"}) {
      Credential copy;
      copy.ca_certificates = ca.ca_certificates;
      credentials_.Set({CredentialName::Kind::kCa, "istio-system", StrCat(name, "-cacert")},
                       std::move(copy));
    }
    credentials_.Set({CredentialName::Kind::kKeyPair, "istio-system", "own"},
                     OwnCertificate().credential());
    Credential kept;
    kept.certificate_chain = OwnCertificate().certificate;
    kept.key_id = "hsm";
    credentials_.Set({CredentialName::Kind::kKeyPair, "istio-system", "kept"}, std::move(kept));
    Credential workload = OwnCertificate().credential();
    workload.ca_certificates = Ca().certificate();
    credentials_.Set({CredentialName::Kind::kWorkload, "", ""}, std::move(workload));
    credentials_.SetFile("system", SecretText(Ca().certificate()));
    credentials_.SetFile("/etc/ca.pem", SecretText(Ca().certificate()));
    credentials_.SetFile("/etc/own.pem", SecretText(OwnCertificate().certificate));
    credentials_.SetFile("/etc/own.key", SecretText(OwnCertificate().key));
  }

  void Start(const std::string& yaml) {
    EngineHarness::Options options;
    options.wall = kTestWallTime;
    harness_ = std::make_unique<EngineHarness>(Build(yaml), options);
    harness_->on_request = [this](const RequestLog& log) {
      failures_.push_back(std::string(log.upstream_failure));
    };
  }

  std::shared_ptr<const Snapshot> Build(const std::string& yaml) {
    return BuildSnapshot(yaml, IngressOptions(), &credentials_);
  }

  void Apply(std::shared_ptr<const Snapshot> snapshot) {
    harness_->engine().Apply(harness_->now(), std::move(snapshot));
    harness_->Flush();
  }

  // Ask sends a request, and returns the client's connection.
  ConnectionId Ask(std::string_view host, std::string_view path = "/") {
    const ConnectionId client = harness_->Accept(80);
    if (!harness_->alive()) return client;
    harness_->Receive(client, StrCat("GET ", path, " HTTP/1.1\r\nhost: ", host, "\r\n\r\n"));
    return client;
  }

  // Answered returns whether a request to `host` gets through to a server that it believes.
  bool Answered(std::string_view host) {
    const size_t before = harness_->upstreams().size();
    const ConnectionId client = Ask(host);
    if (harness_->upstreams().size() == before) return false;
    last_ = std::make_unique<Server>(*harness_, harness_->upstream(), server_);
    last_->Pump();
    if (last_->Take().empty()) return false;
    last_->Send(kAnswer);
    return harness_->Take(client).ends_with(kBody);
  }

  // Fails lets every try of a request to `host` meet a server, and returns the answer.
  std::string Fails(std::string_view host) {
    const ConnectionId client = Ask(host);
    for (int i = 0; i < 3; ++i) {
      last_ = std::make_unique<Server>(*harness_, harness_->upstream(), server_);
      last_->Pump();
      EXPECT_EQ(last_->Take(), "");
      harness_->Advance(seconds(1));
    }
    return harness_->Take(client);
  }

  MemoryCredentials credentials_;
  ServerTls server_;  // Of Answered and Fails.
  std::unique_ptr<EngineHarness> harness_;
  std::unique_ptr<Server> last_;
  std::vector<std::string> failures_;
};

// --- Whom it asks for ---

TEST_F(UpstreamTlsTest, ARequestGoesUnderTlsToTheHostThatItIsFor) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  const ConnectionId client = Ask("A.example.com:8080");
  Server server(*harness_, harness_->upstream());
  server.Pump();
  EXPECT_EQ(server.session().server_name(), "a.example.com");
  EXPECT_EQ(server.session().alpn(), "http/1.1");
  EXPECT_EQ(server.session().version(), "TLSv1.3");
  EXPECT_EQ(server.session().peer(), nullptr);
  EXPECT_THAT(server.Take(), StartsWith("GET / HTTP/1.1\r\nhost: A.example.com:8080\r\n"));
  EXPECT_THAT(server.heard(), Not(HasSubstr("GET")));
  server.Send(kAnswer);
  EXPECT_THAT(harness_->Take(client), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(UpstreamTlsTest, TheHostCountsThatARouteHasRewritten) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  Ask("elsewhere.org", "/rewritten");
  Server server(*harness_, harness_->upstream());
  server.Pump();
  EXPECT_EQ(server.session().server_name(), "b.example.com");
  EXPECT_THAT(server.Take(), HasSubstr("host: b.example.com\r\n"));
}

TEST_F(UpstreamTlsTest, ConnectionsAreSharedByRequestsForOneName) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  ASSERT_TRUE(Answered("a.example.com"));
  const std::unique_ptr<Server> first = std::move(last_);
  ASSERT_TRUE(Answered("b.example.com"));
  EXPECT_EQ(harness_->upstreams().size(), 2u);
  Ask("A.EXAMPLE.COM:81");
  first->Pump();
  EXPECT_THAT(first->Take(), HasSubstr("host: A.EXAMPLE.COM:81\r\n"));
  EXPECT_EQ(harness_->upstreams().size(), 2u);
}

TEST_F(UpstreamTlsTest, ConnectionsThatNameWhatTheRuleSaysAreSharedByAll) {
  Start(Gate("mode: SIMPLE, credentialName: web, sni: fixed.org"));
  ASSERT_TRUE(Answered("a.example.com"));
  EXPECT_EQ(last_->session().server_name(), "fixed.org");
  Ask("other.org");
  last_->Pump();
  EXPECT_THAT(last_->Take(), HasSubstr("host: other.org\r\n"));
  EXPECT_EQ(harness_->upstreams().size(), 1u);
}

TEST_F(UpstreamTlsTest, ALimitOfConnectionsLeavesOneForEachName) {
  Start(Gate("mode: SIMPLE, credentialName: web", ", connectionPool: {tcp: {maxConnections: 1}}"));
  ASSERT_TRUE(Answered("a.example.com"));
  ASSERT_TRUE(Answered("b.example.com"));
  Ask("a.example.com");
  Ask("a.example.com");
  EXPECT_EQ(harness_->upstreams().size(), 2u) << "the second waits for its turn";
}

// --- Whom it believes ---

TEST_F(UpstreamTlsTest, ACertificateMustBeForTheHost) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  EXPECT_TRUE(Answered("a.example.com"));
  EXPECT_TRUE(Answered("192.0.2.7:443"));
  EXPECT_EQ(last_->session().server_name(), "") << "an address is no name";
  EXPECT_THAT(Fails("a.example.org"), HasSubstr("503 Service Unavailable\r\n"));
  EXPECT_EQ(last_->session().state(), Session::State::kFailed) << "it has heard an alert";
  EXPECT_THAT(harness_->request_logs().back(), HasSubstr("URX,UF"));
  EXPECT_EQ(failures_.back(), "the server's certificate is not for \"a.example.org\"");
  EXPECT_THAT(Fails("192.0.2.8"), HasSubstr("503"));
}

TEST_F(UpstreamTlsTest, NoFurtherRequestWaitsForAConnectionOfHttp2WhoseTlsHasFailed) {
  Start(Gate("mode: SIMPLE, credentialName: web",
             ", connectionPool: {http: {h2UpgradePolicy: UPGRADE}}"));
  const ConnectionId first = Ask("a.example.org");
  Server server(*harness_, harness_->upstream());
  server.Pump();
  EXPECT_EQ(server.session().state(), Session::State::kFailed);
  ASSERT_FALSE(harness_->end(server.id()).closed) << "it lingers";
  const ConnectionId second = Ask("a.example.org");
  EXPECT_EQ(harness_->upstreams().size(), 2u);
  for (int i = 0; i < 6; ++i) {
    Server next(*harness_, harness_->upstream());
    next.Pump();
    harness_->Advance(milliseconds(100));
  }
  for (const ConnectionId client : {first, second}) {
    EXPECT_THAT(harness_->Take(client), HasSubstr("503 Service Unavailable\r\n"));
  }
}

TEST_F(UpstreamTlsTest, ARewrittenHostThatIsEmptyIsNoName) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  const ConnectionId client = Ask("a.example.com", "/nobody");
  harness_->Advance(seconds(1));
  EXPECT_THAT(harness_->Take(client), HasSubstr("503 Service Unavailable\r\n"));
  EXPECT_EQ(failures_.back(), "no host that the server's certificate could be for");
}

TEST_F(UpstreamTlsTest, ACertificateMustHaveANameOfTheRule) {
  constexpr std::string_view kRule = "mode: SIMPLE, credentialName: web, subjectAltNames: ";
  Start(Gate(StrCat(kRule, "[x.org, 'spiffe://cluster.local/ns/prod/sa/web']")));
  EXPECT_TRUE(Answered("other.org")) << "the host is not held against it";
  EXPECT_EQ(last_->session().server_name(), "other.org");
  Start(Gate(StrCat(kRule, "[x.org]")));
  EXPECT_THAT(Fails("a.example.com"), HasSubstr("503"));
}

TEST_F(UpstreamTlsTest, ARuleWithANameAloneLeavesTheCertificatesOpen) {
  Start(Gate("mode: SIMPLE, credentialName: web, sni: x.org"));
  EXPECT_TRUE(Answered("y.org"));
}

TEST_F(UpstreamTlsTest, ACertificateMustComeFromTheCa) {
  TestSubject subject;
  subject.dns = {"a.example.com"};
  server_.certificates = {
      Certificate::Load("other", TestCa("other").Issue(subject).credential()).value()};
  for (const std::string_view tls :
       {"mode: SIMPLE, credentialName: web", "mode: SIMPLE, caCertificates: /etc/ca.pem",
        "mode: SIMPLE", "mode: ISTIO_MUTUAL"}) {
    Start(Gate(tls));
    EXPECT_THAT(Fails("a.example.com"), HasSubstr("503")) << tls;
    EXPECT_THAT(failures_.back(), HasSubstr("the peer's certificate is refused")) << tls;
  }
  Start(Gate("mode: SIMPLE, insecureSkipVerify: true"));
  EXPECT_TRUE(Answered("anything.org"));
}

TEST_F(UpstreamTlsTest, TheCaIsThatOfTheSystemWhereTheRuleNamesNone) {
  Start(Gate("mode: SIMPLE"));
  EXPECT_TRUE(Answered("a.example.com"));
}

TEST_F(UpstreamTlsTest, TheNamesOfAServiceEntryAreAskedForAsWell) {
  const auto yaml = [](std::string_view names) {
    return StrCat(Gate("mode: SIMPLE, credentialName: web"), R"(
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: prod}
spec:
  hosts: [api.org]
  ports: [{number: 443, name: https, protocol: HTTPS}]
  resolution: DNS
  subjectAltNames: )",
                  names, R"(
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: prod}
spec:
  host: api.org
  trafficPolicy: {tls: {mode: SIMPLE, credentialName: web}}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: prod}
spec:
  hosts: [api.example.com]
  gateways: [istio-system/gw]
  http: [{route: [{destination: {host: api.org, port: {number: 443}}}]}]
)");
  };
  Start(yaml("['spiffe://cluster.local/ns/prod/sa/web']"));
  EXPECT_TRUE(Answered("api.example.com"));
  Start(yaml("['spiffe://cluster.local/ns/prod/sa/other']"));
  EXPECT_THAT(Fails("api.example.com"), HasSubstr("503"));
}

// --- What it shows ---

TEST_F(UpstreamTlsTest, TheGatewaysOwnCertificateIsShownWhereTheRuleIsMutual) {
  server_.client_auth = ClientAuth::kRequired;
  for (const std::string_view tls :
       {"mode: MUTUAL, credentialName: own",
        "mode: MUTUAL, clientCertificate: /etc/own.pem, privateKey: /etc/own.key, "
        "caCertificates: /etc/ca.pem"}) {
    Start(Gate(tls));
    ASSERT_TRUE(Answered("a.example.com")) << tls;
    EXPECT_THAT(last_->session().peer()->view().uris,
                ElementsAre("spiffe://cluster.local/ns/istio-system/sa/gateway"));
  }
  Start(Gate("mode: SIMPLE, credentialName: own"));
  EXPECT_FALSE(Answered("a.example.com"));
}

TEST_F(UpstreamTlsTest, InTheMeshTheWorkloadIsShownAndTheClusterAskedFor) {
  server_.client_auth = ClientAuth::kRequired;
  Start(Gate("mode: ISTIO_MUTUAL"));
  ASSERT_TRUE(Answered("a.example.com"));
  EXPECT_EQ(last_->session().server_name(), "outbound_.8080_._.web.prod.svc.cluster.local");
  EXPECT_EQ(last_->session().alpn(), "istio-http/1.1");
  EXPECT_NE(last_->session().peer(), nullptr);
  EXPECT_THAT(harness_->end(harness_->upstream()).target, StartsWith("web.prod"));
}

TEST_F(UpstreamTlsTest, TheHostSignsWithAKeyThatItKeeps) {
  const HostSigner signer(OwnCertificate().key);
  server_.client_auth = ClientAuth::kRequired;
  for (const bool at_once : {true, false}) {
    for (const TlsVersion version : {TlsVersion::kTls12, TlsVersion::kTls13}) {
      server_.policy.max_version = version;
      Start(Gate("mode: MUTUAL, credentialName: kept"));
      std::optional<OperationId> asked;
      std::string signature;
      harness_->on_sign =
          [&](OperationId id,
              const SignRequest& request) -> std::optional<absl::StatusOr<Signature>> {
        EXPECT_EQ(request.key_id, "hsm");
        EXPECT_EQ(request.connection, harness_->upstream());
        signature = signer.Sign(request.algorithm, request.input).value();
        if (at_once) return signature;
        asked = id;
        return std::nullopt;
      };
      const ConnectionId client = Ask("a.example.com");
      Server server(*harness_, harness_->upstream(), server_);
      server.Pump();
      if (!at_once) {
        ASSERT_TRUE(asked.has_value());
        EXPECT_EQ(server.Take(), "");
        harness_->engine().Complete(harness_->now(), *asked, absl::StatusOr<Signature>(signature));
        harness_->Flush();
        server.Pump();
      }
      EXPECT_THAT(server.Take(), StartsWith("GET /"));
      server.Send(kAnswer);
      EXPECT_THAT(harness_->Take(client), StartsWith("HTTP/1.1 200"));
    }
  }
}

// --- What it carries ---

TEST_F(UpstreamTlsTest, Http2IsOfferedAloneWhereTheClusterSpeaksIt) {
  Start(Gate("mode: SIMPLE, credentialName: web",
             ", connectionPool: {http: {h2UpgradePolicy: UPGRADE}}"));
  Ask("a.example.com");
  Ask("b.example.com");
  ASSERT_EQ(harness_->upstreams().size(), 2u);
  for (const ConnectionId id : harness_->upstreams()) {
    Server server(*harness_, id);
    server.Pump();
    EXPECT_EQ(server.session().alpn(), "h2");
    EXPECT_THAT(server.Take(), StartsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  }
  Ask("a.example.com");
  EXPECT_EQ(harness_->upstreams().size(), 2u) << "a connection is shared";
}

TEST_F(UpstreamTlsTest, BytesOfAClientAreEncryptedForTheUpstream) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  const ConnectionId client = harness_->Accept(9000);
  harness_->Receive(client, "early");
  Server server(*harness_, harness_->upstream());
  server.Pump();
  EXPECT_EQ(server.session().server_name(), "");
  EXPECT_EQ(server.session().alpn(), "");
  EXPECT_EQ(server.Take(), "early");
  server.Send("answer");
  EXPECT_EQ(harness_->Take(client), "answer");
  harness_->Receive(client, "last");
  harness_->ReceiveEnd(client);
  server.Pump();
  EXPECT_EQ(server.Take(), "last");
  EXPECT_TRUE(server.session().peer_closed());
  server.session().Close();
  server.Pump();
  EXPECT_TRUE(harness_->end(client).closed);
}

TEST_F(UpstreamTlsTest, BytesInTheMeshAskForNoPeerExchange) {
  server_.alpn = {"istio-peer-exchange", "istio"};
  Start(Gate("mode: ISTIO_MUTUAL"));
  harness_->Accept(9000);
  Server server(*harness_, harness_->upstream(), server_);
  server.Pump();
  EXPECT_EQ(server.session().alpn(), "istio");
  EXPECT_EQ(server.session().server_name(), "outbound_.8080_._.web.prod.svc.cluster.local");
}

TEST_F(UpstreamTlsTest, AutoPassthroughCarriesTheTlsOfItsClientsAsItIs) {
  Start(Gate("mode: ISTIO_MUTUAL"));
  constexpr std::string_view kAlpn[] = {"istio"};
  TlsEnvironment environment{kTestWallTime, TicketKeys(std::array<uint8_t, 32>{})};
  TlsPolicyCache policies;
  StringSink hello;
  ASSERT_TRUE(Session::Connect(ClientContext::Make({}, &policies).value(),
                               "outbound_.8080_._.web.prod.svc.cluster.local", kAlpn, &environment,
                               &hello)
                  .ok());
  harness_->Receive(harness_->Accept(15443), hello.bytes);
  ASSERT_EQ(harness_->upstreams().size(), 1u) << harness_->transcript();
  EXPECT_EQ(harness_->Take(harness_->upstream()), hello.bytes);
}

TEST_F(UpstreamTlsTest, RecordsComeByteByByte) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  const ConnectionId client = Ask("a.example.com");
  Server server(*harness_, harness_->upstream());
  server.Pump(1);
  EXPECT_THAT(server.Take(), StartsWith("GET /"));
  const std::string body(100000, 'x');
  server.Send(StrCat("HTTP/1.1 200 OK\r\ncontent-length: ", body.size(), "\r\n\r\n", body), 1000);
  EXPECT_TRUE(harness_->Take(client).ends_with(body));
}

TEST_F(UpstreamTlsTest, AHostMayDoAnythingInsideACallback) {
  using Act = void (*)(EngineHarness&);
  constexpr Act kActs[] = {
      [](EngineHarness& harness) { harness.Destroy(); },
      [](EngineHarness& harness) {
        harness.engine().Drain(harness.now(), harness.now() + seconds(1));
      },
      [](EngineHarness& harness) {
        if (harness.upstreams().empty()) return;
        harness.engine().Failed(harness.now(), harness.upstream(), absl::UnavailableError("lost"));
      },
      [](EngineHarness& harness) {
        if (harness.upstreams().empty()) return;
        harness.engine().ReceiveEnd(harness.now(), harness.upstream());
      },
      [](EngineHarness& harness) {
        harness.engine().Apply(harness.now(), BuildSnapshot(kWebGateway, IngressOptions()));
      },
  };
  for (const Act act : kActs) {
    bool acted = true;
    for (int at = 0; acted; ++at) {
      Start(Gate("mode: SIMPLE, credentialName: web"));
      acted = false;
      int events = 0;
      harness_->on_event = [&](std::string_view /*name*/) {
        if (events++ != at) return;
        acted = true;
        act(*harness_);
      };
      Ask("a.example.com");
      for (size_t i = 0; i < 3 && harness_->alive() && i < harness_->upstreams().size(); ++i) {
        Server server(*harness_, harness_->upstreams()[i]);
        server.Pump(100);
        server.Send(kAnswer);
        if (harness_->alive()) harness_->Advance(seconds(1));
      }
      if (harness_->alive()) harness_->Advance(std::chrono::hours(2));
      if (!harness_->alive()) continue;
      EXPECT_EQ(harness_->engine().connections(), 0u) << at;
    }
  }
}

// --- When there is no TLS ---

TEST_F(UpstreamTlsTest, WithoutItsSecretsNoConnectionIsOpened) {
  Start(Gate("mode: MUTUAL, credentialName: late"));
  const std::shared_ptr<const Snapshot> before = harness_->engine().snapshot();
  std::vector<std::string> rules;
  for (const Finding& finding : before->report()) rules.push_back(finding.diagnostic.rule);
  EXPECT_THAT(rules, Contains("upstream-credential-not-ready"));
  const ConnectionId client = Ask("a.example.com");
  harness_->Advance(seconds(1));
  harness_->Advance(seconds(1));
  EXPECT_THAT(harness_->Take(client), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(harness_->request_logs().back(), HasSubstr("URX,UF"));
  harness_->Accept(9000);
  EXPECT_THAT(harness_->connection_logs().back(), HasSubstr("UF"));
  EXPECT_THAT(harness_->upstreams(), IsEmpty());

  const CredentialName name = {CredentialName::Kind::kKeyPair, "istio-system", "late"};
  const CredentialName ca = {CredentialName::Kind::kCa, "istio-system", "late-cacert"};
  Credential trusted;
  trusted.ca_certificates = Ca().certificate();
  credentials_.Set(name, OwnCertificate().credential());
  credentials_.Set(ca, std::move(trusted));
  const CredentialName names[] = {name, ca};
  auto ready = before->WithCredentials(names, credentials_);
  ASSERT_TRUE(ready.ok()) << ready.status();
  for (const Finding& finding : (*ready)->report()) {
    EXPECT_THAT(finding.diagnostic.rule, Not(StartsWith("upstream-credential")));
  }
  Apply(*ready);
  EXPECT_TRUE(Answered("a.example.com"));
}

TEST_F(UpstreamTlsTest, AnUpstreamThatBreaksTheHandshakeOffIsNotConnectedTo) {
  const struct {
    const char* what;
    void (*meet)(EngineHarness&);
    const char* failure;
  } kRows[] = {
      {"speaks no TLS",
       [](EngineHarness& harness) {
         harness.Receive(harness.upstream(), "HTTP/1.1 400 Bad Request\r\n\r\n");
       },
       "the TLS handshake fails"},
      {"ends", [](EngineHarness& harness) { harness.ReceiveEnd(harness.upstream()); },
       "TLS handshake broken off"},
      {"is lost", [](EngineHarness& harness) { harness.Fail(harness.upstream()); }, "broken"},
      {"says nothing", [](EngineHarness& harness) { harness.Advance(seconds(10)); },
       "connect timeout"},
  };
  for (const auto& row : kRows) {
    failures_.clear();
    Start(Gate("mode: SIMPLE, credentialName: web"));
    const ConnectionId client = Ask("a.example.com");
    for (int i = 0; i < 3; ++i) {
      row.meet(*harness_);
      harness_->Advance(seconds(1));
    }
    EXPECT_EQ(harness_->upstreams().size(), 3u) << row.what;
    EXPECT_THAT(harness_->Take(client), HasSubstr("remote connection failure")) << row.what;
    ASSERT_EQ(failures_.size(), 1u) << row.what;
    EXPECT_THAT(failures_[0], HasSubstr(row.failure)) << row.what;
    for (const ConnectionId id : harness_->upstreams()) {
      EXPECT_THAT(harness_->end(id).output, Not(HasSubstr("GET"))) << row.what;
    }
  }
}

TEST_F(UpstreamTlsTest, AConnectionInTheClearIsNotUsedUnderARuleThatDemandsTls) {
  Start(Gate("mode: DISABLE"));
  const ConnectionId client = Ask("a.example.com");
  const ConnectionId clear = harness_->upstream();
  EXPECT_THAT(harness_->Take(clear), StartsWith("GET /"));
  harness_->Receive(clear, kAnswer);
  EXPECT_THAT(harness_->Take(client), StartsWith("HTTP/1.1 200"));
  Apply(Build(Gate("mode: SIMPLE, credentialName: web")));
  EXPECT_TRUE(Answered("a.example.com"));
  EXPECT_EQ(harness_->Take(clear), "");
  // Nor the other way round, nor under other settings.
  Apply(Build(Gate("mode: SIMPLE, credentialName: web, sni: a.example.com")));
  EXPECT_TRUE(Answered("a.example.com"));
  EXPECT_EQ(harness_->upstreams().size(), 3u);
  // The same settings leave connections as they are.
  Apply(Build(Gate("mode: SIMPLE, credentialName: web, sni: a.example.com")));
  Ask("a.example.com");
  EXPECT_EQ(harness_->upstreams().size(), 3u);
}

TEST_F(UpstreamTlsTest, ARequestUnderWayKeepsTheTlsOfItsSnapshot) {
  Start(Gate("mode: SIMPLE, credentialName: web"));
  harness_->connect = [](const HarnessEnd&) { return std::nullopt; };
  Ask("a.example.com");
  std::string gone = Gate("mode: SIMPLE, credentialName: web");
  gone.resize(gone.find("---"));
  Apply(Build(gone));
  // Its first connection fails, and the next try comes when the cluster is no more.
  harness_->Fail(harness_->upstream());
  harness_->Advance(seconds(1));
  ASSERT_EQ(harness_->upstreams().size(), 2u);
  harness_->engine().Connected(harness_->now(), harness_->upstream());
  harness_->Flush();
  Server server(*harness_, harness_->upstream());
  server.Pump();
  EXPECT_THAT(server.Take(), StartsWith("GET /"));
  EXPECT_THAT(server.heard(), Not(HasSubstr("GET")));
}

}  // namespace
}  // namespace postern
