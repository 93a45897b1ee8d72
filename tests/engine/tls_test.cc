// TLS in front of HTTP and of bytes, through an Engine in memory, against a client that is not
// ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "tests/engine/tls_fixture.h"
#include "tests/support/host_signer.h"

namespace postern {
namespace {

using std::chrono::seconds;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr uint16_t kTls12 = 0x303, kTls13 = 0x304;

std::string Request(std::string_view host) {
  return StrCat("GET /x HTTP/1.1\r\nhost: ", host, ".example.com\r\n\r\n");
}

std::string Name(std::string_view host) { return StrCat(host, ".example.com"); }

class TlsTest : public TlsFixture, public testing::WithParamInterface<uint16_t> {
 protected:
  TlsClient::Options Options(std::string_view host) {
    TlsClient::Options options;
    options.sni = Name(host);
    options.max_version = GetParam();
    return options;
  }

  // Get asks for /x over `peer` and returns what the upstream got.
  std::string Get(TlsPeer& peer, std::string_view host) {
    peer.Send(Request(host));
    if (harness().upstreams().empty()) return "";
    const std::string sent = harness().Take(harness().upstream());
    if (sent.empty()) return "";
    harness().Receive(harness().upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    peer.Pump();
    return sent;
  }
};

INSTANTIATE_TEST_SUITE_P(Versions, TlsTest, testing::Values(kTls12, kTls13),
                         [](const auto& info) { return info.param == kTls12 ? "Tls12" : "Tls13"; });

TEST_P(TlsTest, ARequestGoesUpstreamInTheClearAndItsAnswerBackUnderTls) {
  TlsClient::Options options = Options("simple");
  options.alpn = {"http/1.1"};
  TlsPeer peer(harness(), 443, options);
  ASSERT_TRUE(peer.tls().connected());
  EXPECT_EQ(peer.tls().alpn(), "http/1.1");
  EXPECT_THAT(Get(peer, "simple"), HasSubstr("x-forwarded-proto: https\r\n"));
  EXPECT_THAT(peer.Take(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nok")));
  EXPECT_THAT(harness().request_logs(), ElementsAre("GET /x 200 - via_upstream"));
}

TEST_P(TlsTest, CloseNotifyOfTheClientIsAnsweredAndEndsTheConnection) {
  TlsPeer peer(harness(), 443, Options("simple"));
  Get(peer, "simple");
  peer.Close();
  EXPECT_TRUE(peer.tls().closed());
  EXPECT_TRUE(harness().end(peer.id()).shut);
  harness().ReceiveEnd(peer.id());
  EXPECT_TRUE(harness().end(peer.id()).closed);
  EXPECT_EQ(harness().end(peer.id()).mode, CloseMode::kClose);
}

TEST_P(TlsTest, AConnectionThatIsEndedSaysCloseNotifyBeforeItsFin) {
  TlsPeer peer(harness(), 443, Options("simple"));
  peer.Send(StrCat("GET /x HTTP/1.1\r\nhost: simple.example.com\r\nconnection: close\r\n\r\n"));
  harness().Receive(harness().upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
  peer.Pump();
  EXPECT_THAT(peer.Take(), EndsWith("\r\n\r\nok"));
  EXPECT_TRUE(peer.tls().closed());
  EXPECT_TRUE(harness().end(peer.id()).shut);
}

TEST_P(TlsTest, AFinWithoutCloseNotifyIsAnEndAllTheSame) {
  TlsPeer peer(harness(), 443, Options("simple"));
  Get(peer, "simple");
  harness().ReceiveEnd(peer.id());
  peer.Pump();
  EXPECT_TRUE(harness().end(peer.id()).closed);
}

TEST_P(TlsTest, AClientCertificateIsToldUpstreamInThePlaceOfWhatTheClientSays) {
  TlsClient::Options options = Options("mutual");
  options.certificate = &client();
  TlsPeer peer(harness(), 443, options);
  peer.Send(
      "GET /x HTTP/1.1\r\nhost: mutual.example.com\r\nx-forwarded-client-cert: By=me\r\n\r\n");
  ASSERT_FALSE(harness().upstreams().empty());
  const std::string sent = harness().Take(harness().upstream());
  EXPECT_THAT(sent, ContainsRegex("\r\nx-forwarded-client-cert: Hash=[0-9a-f]{64};"
                                  "Cert=\"-----BEGIN%20CERTIFICATE-----%0AMII[0-9A-Za-z%]+"
                                  "%0A-----END%20CERTIFICATE-----%0A\";"
                                  "Subject=\"CN=client,O=lab\";"
                                  "URI=spiffe://cluster.local/ns/default/sa/client\r\n"));
}

TEST_P(TlsTest, TheUriOfTheGatewaysOwnCertificateIsToldToo) {
  TlsClient::Options options = Options("mesh");
  options.certificate = &client();
  TlsPeer peer(harness(), 443, options);
  EXPECT_THAT(Get(peer, "mesh"),
              HasSubstr("\r\nx-forwarded-client-cert: "
                        "By=spiffe://cluster.local/ns/istio-system/sa/gateway;Hash="));
}

TEST_P(TlsTest, HandshakesFailWithTheAlertAndTheReasonThatTheLogNames) {
  TestCa other("others");
  const TestCertificate stranger = other.Issue(TestSubject());
  TestSubject past;
  past.ends = -std::chrono::hours(1);
  const TestCertificate expired = ca().Issue(past);
  const struct {
    std::string_view host;
    const TestCertificate* certificate;
    int alert12, alert13;
  } rows[] = {
      {"mutual", nullptr, SSL_AD_HANDSHAKE_FAILURE, 116},
      {"mutual", &stranger, SSL_AD_UNKNOWN_CA, SSL_AD_UNKNOWN_CA},
      {"mutual", &expired, SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_EXPIRED},
      {"optional", &stranger, SSL_AD_UNKNOWN_CA, SSL_AD_UNKNOWN_CA},
  };
  for (const auto& row : rows) {
    TlsClient::Options options = Options(row.host);
    options.certificate = row.certificate;
    std::string failure;
    harness().on_connection = [&](const ConnectionLog& log) { failure = log.tls_failure; };
    TlsPeer peer(harness(), 443, options);
    Get(peer, row.host);
    EXPECT_EQ(peer.tls().alert(), GetParam() == kTls12 ? row.alert12 : row.alert13) << row.host;
    harness().ReceiveEnd(peer.id());
    harness().Advance(seconds(2));
    EXPECT_TRUE(harness().end(peer.id()).closed);
    EXPECT_THAT(harness().connection_logs().back(), HasSubstr("tls_handshake_failure"));
    EXPECT_NE(failure, "");
    EXPECT_TRUE(harness().request_logs().empty());
  }
  EXPECT_EQ(harness().engine().stats().total.tls_failures, std::size(rows));
}

TEST_P(TlsTest, AServerThatAsksPolitelyServesThoseWithoutACertificate) {
  TlsPeer peer(harness(), 443, Options("optional"));
  EXPECT_THAT(Get(peer, "optional"), Not(HasSubstr("x-forwarded-client-cert")));
  EXPECT_THAT(peer.Take(), EndsWith("ok"));
}

TEST_P(TlsTest, AMissingCertificateClosesItsOwnServerOnly) {
  TlsPeer refused(harness(), 443, Options("missing"));
  EXPECT_TRUE(harness().end(refused.id()).closed);
  EXPECT_EQ(refused.received(), "");
  EXPECT_THAT(harness().connection_logs(), ElementsAre("- secret_not_ready"));
  TlsPeer served(harness(), 443, Options("simple"));
  EXPECT_THAT(Get(served, "simple"), StartsWith("GET /x "));
}

TEST_P(TlsTest, AnUnknownNameIsClosedWithoutAByte) {
  TlsPeer peer(harness(), 443, Options("nobody"));
  EXPECT_TRUE(harness().end(peer.id()).closed);
  EXPECT_EQ(harness().end(peer.id()).mode, CloseMode::kReset);
  EXPECT_EQ(peer.received(), "");
  EXPECT_THAT(harness().connection_logs(), ElementsAre("NR filter_chain_not_found"));
}

TEST_P(TlsTest, ATicketIsTakenForItsOwnNameAndNotWhereACertificateIsAskedFor) {
  TlsPeer first(harness(), 443, Options("simple"));
  Get(first, "simple");
  ASSERT_NE(first.tls().session(), nullptr);
  TlsClient::Options again = Options("simple");
  again.session = first.tls().session();
  std::vector<bool> resumed;
  harness().on_request = [&](const RequestLog& log) {
    resumed.push_back(log.connection->tls_resumed);
  };
  TlsPeer second(harness(), 443, again);
  Get(second, "simple");
  EXPECT_TRUE(second.tls().resumed());
  EXPECT_THAT(resumed, ElementsAre(true));
  // CVE-2025-23419: a ticket of an open server must open no other door.
  for (const char* host : {"mutual", "optional", "hostkey"}) {
    TlsClient::Options elsewhere = Options(host);
    elsewhere.session = first.tls().session();
    TlsPeer peer(harness(), 443, elsewhere);
    Get(peer, host);
    EXPECT_FALSE(peer.tls().resumed()) << host;
  }
  EXPECT_EQ(harness().engine().stats().total.tls_resumed, 1u);
}

TEST_P(TlsTest, TwoEnginesWithTheSameTicketKeysResumeEachOthersSessions) {
  TicketKey key;
  key.name.fill(1);
  key.hmac_key.fill(2);
  key.aes_key.fill(3);
  EngineHarness::Options options;
  options.wall = kTestWallTime;
  options.seed = 99;
  EngineHarness other(Build(), options);
  const TlsPeer* issued = nullptr;
  TlsPeer alone(harness(), 443, Options("simple"));
  Get(alone, "simple");
  TlsClient::Options again = Options("simple");
  again.session = alone.tls().session();
  EXPECT_FALSE(TlsPeer(other, 443, again).tls().resumed()) << "keys of two seeds";
  harness().engine().SetTicketKeys(harness().now(), {&key, 1});
  other.engine().SetTicketKeys(other.now(), {&key, 1});
  TlsPeer shared(harness(), 443, Options("simple"));
  issued = &shared;
  Get(shared, "simple");
  again.session = shared.tls().session();
  EXPECT_NE(issued->received(), "");
  EXPECT_TRUE(TlsPeer(other, 443, again).tls().resumed());
}

TEST_P(TlsTest, AKeyOfTheHostSignsAtOnceOrLater) {
  HostSigner signer(server().key);
  harness().on_sign = [&](OperationId, const SignRequest& request) {
    EXPECT_EQ(request.key_id, "hsm-1");
    return signer.Sign(request.algorithm, request.input);
  };
  TlsPeer at_once(harness(), 443, Options("hostkey"));
  EXPECT_THAT(Get(at_once, "hostkey"), StartsWith("GET /x "));

  std::vector<OperationId> asked;
  std::string signature;
  harness().on_sign = [&](OperationId operation, const SignRequest& request) {
    asked.push_back(operation);
    signature = *signer.Sign(request.algorithm, request.input);
    return std::optional<absl::StatusOr<Signature>>();
  };
  TlsPeer later(harness(), 443, Options("hostkey"));
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_FALSE(later.tls().connected());
  harness().Advance(seconds(1));
  harness().engine().Complete(harness().now(), asked[0], absl::StatusOr<Signature>(signature));
  harness().engine().Complete(harness().now(), asked[0], absl::StatusOr<Signature>(signature));
  harness().Flush();
  later.Pump();
  EXPECT_TRUE(later.tls().connected());
  EXPECT_THAT(Get(later, "hostkey"), StartsWith("GET /x "));
}

TEST_P(TlsTest, AHostThatDoesNotSignFailsTheHandshakeAndAClientThatLeavesIsToldOf) {
  harness().on_sign = [](OperationId, const SignRequest&) {
    return absl::StatusOr<Signature>(absl::InternalError("the token is locked"));
  };
  TlsPeer peer(harness(), 443, Options("hostkey"));
  EXPECT_EQ(peer.tls().alert(), SSL_AD_INTERNAL_ERROR);
  harness().ReceiveEnd(peer.id());
  EXPECT_THAT(harness().connection_logs(), ElementsAre(HasSubstr("tls_handshake_failure")));

  OperationId asked;
  harness().on_sign = [&](OperationId operation, const SignRequest&) {
    asked = operation;
    return std::optional<absl::StatusOr<Signature>>();
  };
  TlsPeer leaving(harness(), 443, Options("hostkey"));
  harness().Fail(leaving.id());
  EXPECT_THAT(harness().transcript(), HasSubstr("cancel\n"));
  harness().engine().Complete(harness().now(), asked, absl::StatusOr<Signature>("late"));
  harness().Flush();
}

TEST_P(TlsTest, AHandshakeHasSoLongAndNoLonger) {
  harness().on_sign = [](OperationId, const SignRequest&) {
    return std::optional<absl::StatusOr<Signature>>();
  };
  TlsPeer stuck(harness(), 443, Options("hostkey"));
  const ConnectionId silent = harness().Accept(443);
  const Duration limit = EngineOptions::Istio().timeouts.handshake;
  harness().Advance(limit - seconds(1));
  EXPECT_FALSE(harness().end(stuck.id()).closed);
  EXPECT_FALSE(harness().end(silent).closed);
  harness().Advance(seconds(2));
  EXPECT_TRUE(harness().end(stuck.id()).closed);
  EXPECT_TRUE(harness().end(silent).closed);
  EXPECT_THAT(harness().connection_logs(),
              testing::UnorderedElementsAre(HasSubstr("tls_handshake_timeout"),
                                            HasSubstr("downstream_pre_cx_timeout")));
  EXPECT_THAT(harness().transcript(), HasSubstr("cancel\n"));
}

TEST_P(TlsTest, BytesOfATerminatedTunnelPassBothWaysWithTheirHalfCloses) {
  TlsPeer peer(harness(), 9443, Options("tcp"));
  peer.Send("query");
  ASSERT_EQ(harness().upstreams().size(), 1u);
  const ConnectionId upstream = harness().upstream();
  EXPECT_EQ(harness().end(upstream).target, "raw.prod.svc.cluster.local:9000");
  EXPECT_EQ(harness().Take(upstream), "query");
  harness().Receive(upstream, "answer");
  peer.Pump();
  EXPECT_EQ(peer.Take(), "answer");
  peer.Close();
  EXPECT_TRUE(harness().end(upstream).shut) << "close_notify is an end of the client's bytes";
  EXPECT_FALSE(harness().end(upstream).closed);
  harness().Receive(upstream, "last words");
  harness().ReceiveEnd(upstream);
  peer.Pump();
  EXPECT_EQ(peer.Take(), "last words");
  EXPECT_TRUE(peer.tls().closed());
  harness().ReceiveEnd(peer.id());
  EXPECT_TRUE(harness().end(peer.id()).closed);
  EXPECT_EQ(harness().engine().connections(), 0u);
}

TEST_P(TlsTest, ABigBodyGoesThroughInRecordsAndWaitsForASlowReader) {
  EngineHarness::Options slow;
  slow.wall = kTestWallTime;
  slow.write_at_once = false;
  harness_ = std::make_unique<EngineHarness>(Build(), slow);
  TlsPeer peer(harness(), 9443, Options("tcp"));
  peer.Send("go");
  const ConnectionId upstream = harness().upstream();
  std::string sent;
  for (int i = 0; i < 100; ++i) {
    const std::string piece(20'000, static_cast<char>('a' + i % 26));
    sent += piece;
    harness().Receive(upstream, piece);
  }
  peer.Pump();
  EXPECT_EQ(peer.Take(), sent);
}

TEST_P(TlsTest, ASecretThatIsGoneEndsNoConnectionThatHasItsKeys) {
  TlsPeer peer(harness(), 443, Options("simple"));
  MemoryCredentials none;
  harness().engine().Apply(harness().now(), BuildSnapshot(kConfig, IngressOptions(), &none));
  harness().Flush();
  EXPECT_NE(Get(peer, "simple"), "");
  EXPECT_THAT(peer.Take(), AllOf(EndsWith("\r\n\r\nok"), Not(HasSubstr("connection: close"))));
  EXPECT_FALSE(harness().end(peer.id()).closed);
  TlsPeer next(harness(), 443, Options("simple"));
  EXPECT_TRUE(harness().end(next.id()).closed);
}

// --- Records and shares of a call ---

class ShareTest : public TlsFixture {
 protected:
  static EngineHarness::Options Options() {
    EngineHarness::Options options;
    options.engine.limits.bytes_per_call = 1024;
    return options;
  }
  ShareTest() : TlsFixture(Options()) {}

  // Encrypt returns `plaintext` as a record of `peer`.
  static std::string Encrypt(TlsPeer& peer, std::string_view plaintext) {
    peer.tls().Send(plaintext);
    return peer.tls().TakeOutput();
  }
};

TEST_F(ShareTest, WhatOneConnectionHasDecryptedIsNeverAnothers) {
  TlsClient::Options options;
  options.sni = "simple.example.com";
  TlsPeer one(harness(), 443, options), other(harness(), 443, options);
  one.Send("POST /one HTTP/1.1\r\nhost: simple.example.com\r\ncontent-length: 1029\r\n\r\n");
  const ConnectionId upstream = harness().upstream();
  harness().Take(upstream);
  // The share of a call ends just where a record does, and another stands behind it.
  const std::string first = Encrypt(one, std::string(1000, 'a'));
  std::string rest = first.substr(first.size() - 1);
  rest += Encrypt(one, std::string(24, 'b'));
  rest += Encrypt(one, "c");
  rest += Encrypt(one, "done");
  const std::string secret =
      Encrypt(other, "GET /secret HTTP/1.1\r\nhost: simple.example.com\r\nx-a: secret\r\n\r\n");
  Engine& engine = harness().engine();
  engine.Receive(harness().now(), one.id(), AsBytes(first).first(first.size() - 1));
  engine.Receive(harness().now(), one.id(), AsBytes(rest));
  engine.Receive(harness().now(), other.id(), AsBytes(secret));
  harness().Flush();
  EXPECT_EQ(harness().Take(upstream),
            StrCat(std::string(1000, 'a'), std::string(24, 'b'), "c", "done"));
}

// --- Sniffing and passthrough: the version is the client's business ---

class SniffTest : public TlsFixture {
 protected:
  static std::string Hello(std::string_view host) {
    TlsClient client({.sni = Name(host), .alpn = {"h2", "http/1.1"}});
    return client.TakeOutput();
  }
};

TEST_F(SniffTest, EverySplitOfAClientHelloFindsTheSameChain) {
  const std::string hello = Hello("through");
  for (size_t at = 1; at < hello.size(); ++at) {
    const ConnectionId client = harness().Accept(7443);
    harness().Receive(client, hello.substr(0, at));
    EXPECT_TRUE(harness().upstreams().empty()) << at;
    harness().Receive(client, hello.substr(at));
    ASSERT_EQ(harness().upstreams().size(), 1u) << at;
    EXPECT_EQ(harness().end(harness().upstream()).output, hello) << at;
    harness_ = std::make_unique<EngineHarness>(harness().engine().snapshot());
  }
}

TEST_F(SniffTest, PassedThroughBytesAreUnchangedBothWays) {
  const std::string hello = Hello("through");
  const ConnectionId client = harness().Accept(7443);
  for (const char byte : hello) harness().Receive(client, std::string(1, byte));
  const ConnectionId upstream = harness().upstream();
  EXPECT_EQ(harness().end(upstream).target, "raw.prod.svc.cluster.local:9001");
  const std::string more("\0\x16\x03garbage\xff", 12);
  harness().Receive(client, more);
  EXPECT_EQ(harness().Take(upstream), hello + more);
  harness().Receive(upstream, more);
  EXPECT_EQ(harness().Take(client), more);
  std::string sni, alpn = "?";
  harness().on_connection = [&](const ConnectionLog& log) {
    sni = log.connection->sni;
    alpn = log.connection->alpn;
  };
  harness().ReceiveEnd(client);
  harness().ReceiveEnd(upstream);
  EXPECT_EQ(sni, "through.example.com");
  EXPECT_EQ(alpn, "") << "the engine has negotiated none";
}

TEST_F(SniffTest, PlaintextOnATlsPortIsClosedWithoutAByte) {
  const ConnectionId client = harness().Accept(443);
  harness().Receive(client, "GET / HTTP/1.1\r\nhost: simple.example.com\r\n\r\n");
  EXPECT_TRUE(harness().end(client).closed);
  EXPECT_EQ(harness().Take(client), "");
}

TEST_F(SniffTest, AClientHelloOnAPlaintextPortIsAnswered400) {
  const ConnectionId client = harness().Accept(80);
  harness().Receive(client, Hello("simple"));
  EXPECT_THAT(harness().Take(client), StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(harness().end(client).shut);
}

TEST_F(SniffTest, AClientThatSaysNoMoreIsClosedAndWithHalfAHelloReset) {
  TlsClient::Options options;
  options.sni = Name("simple");
  const std::string hello = TlsClient(options).TakeOutput();
  const ConnectionId silent = harness().Accept(443), half = harness().Accept(443);
  harness().Receive(half, hello.substr(0, 11));
  harness().Advance(seconds(15));
  EXPECT_TRUE(harness().end(silent).closed);
  EXPECT_EQ(harness().end(silent).mode, CloseMode::kClose);
  EXPECT_TRUE(harness().end(half).closed);
  EXPECT_EQ(harness().end(half).mode, CloseMode::kReset);
}

TEST_F(SniffTest, AClientThatLeavesInTheMiddleOfItsHelloIsLogged) {
  const std::string hello = Hello("simple");
  const ConnectionId client = harness().Accept(443);
  harness().Receive(client, hello.substr(0, hello.size() / 2));
  harness().ReceiveEnd(client);
  EXPECT_TRUE(harness().end(client).closed);
  EXPECT_THAT(harness().connection_logs(), ElementsAre(HasSubstr("downstream_remote_disconnect")));
}

}  // namespace
}  // namespace postern
