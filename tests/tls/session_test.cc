#include "lib/tls/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <cctype>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/tls/pem.h"
#include "tests/support/string_sink.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_client.h"

namespace postern {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr uint16_t kTls12 = 0x303, kTls13 = 0x304;

std::shared_ptr<const Certificate> Loaded(const TestCertificate& certificate) {
  return Certificate::Load("test", certificate.credential()).value();
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    TestSubject subject;
    subject.dns = {"a.example"};
    subject.uris = {"spiffe://td/gateway"};
    leaf_ = ca_.Issue(subject);
    tls_.identity = "server";
    tls_.alpn = {"h2", "http/1.1"};
    tls_.certificates = {Loaded(leaf_)};
  }

  void AskClients(ClientAuth auth, std::string_view crl = "") {
    tls_.client_auth = auth;
    tls_.trust = TrustStore::Load("test CA", ca_.certificate(), crl).value();
  }

  // Connect makes a server of `tls_` and lets it talk to `client`, until nobody has more to say.
  void Connect(TlsClient& client) {
    context_ = ServerContext::Make(tls_, &policies_).value();
    sink_.bytes.clear();
    received_.clear();
    session_ = Session::Accept(context_, &environment_, &sink_).value();
    Pump(client);
  }

  // Pump carries bytes both ways, at most `piece_` at a time; 0: at random.
  void Pump(TlsClient& client) {
    for (;;) {
      std::string up = client.TakeOutput();
      std::string down = std::exchange(sink_.bytes, "");
      if (up.empty() && down.empty()) return;
      for (size_t at = 0; at < up.size();) {
        const size_t size = std::min(up.size() - at, Piece());
        Receive(std::string_view(up).substr(at, size));
        at += size;
      }
      for (size_t at = 0; at < down.size();) {
        const size_t size = std::min(down.size() - at, Piece());
        client.Receive(std::string_view(down).substr(at, size));
        at += size;
      }
    }
  }
  size_t Piece() { return piece_ != 0 ? piece_ : 1 + random_() % 700; }

  void Receive(std::string_view bytes) {
    ByteSpan in = AsBytes(bytes);
    uint8_t buffer[16 << 10];
    while (const size_t got = session_->Read(&in, buffer)) {
      received_ += AsText({buffer, got});
    }
    if (session_->state() != Session::State::kSigning) {
      EXPECT_TRUE(in.empty());
    }
  }

  TestCa ca_;
  TestCertificate leaf_;
  TlsPolicyCache policies_;
  TlsEnvironment environment_{kTestWallTime, TicketKeys({1, 2, 3})};
  ServerTls tls_;
  StringSink sink_;
  std::shared_ptr<const ServerContext> context_;
  std::unique_ptr<Session> session_;
  std::string received_;
  size_t piece_ = 1 << 20;
  std::mt19937 random_{1};
};

TEST_F(SessionTest, BytesGoBothWaysInPiecesOfAnySize) {
  std::string large(300'000, 'x');
  for (size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31);
  for (const uint16_t version : {kTls12, kTls13}) {
    for (const size_t piece : {size_t{1} << 20, size_t{1}, size_t{0}, size_t{0}}) {
      piece_ = piece;
      TlsClient client({.sni = "A.example", .alpn = {"http/1.1"}, .max_version = version});
      Connect(client);
      ASSERT_EQ(session_->state(), Session::State::kOpen) << session_->problem();
      ASSERT_TRUE(client.connected());
      EXPECT_EQ(session_->server_name(), "a.example");
      EXPECT_EQ(session_->alpn(), "http/1.1");
      EXPECT_EQ(session_->version(), version == kTls13 ? "TLSv1.3" : "TLSv1.2");
      EXPECT_EQ(session_->cipher(), client.cipher());
      EXPECT_EQ(session_->peer(), nullptr);
      client.Send("GET / HTTP/1.1\r\n\r\n");
      session_->Write(AsBytes(large));
      Pump(client);
      EXPECT_EQ(received_, "GET / HTTP/1.1\r\n\r\n");
      EXPECT_TRUE(client.plaintext() == large);
      client.Send(large);
      Pump(client);
      EXPECT_TRUE(received_.substr(18) == large);

      client.Close();
      Pump(client);
      EXPECT_TRUE(session_->peer_closed());
      EXPECT_EQ(session_->state(), Session::State::kOpen);
      session_->Write(AsBytes("after the client's end"));
      session_->Close();
      EXPECT_FALSE(sink_.bytes.empty());
    }
  }
}

TEST_F(SessionTest, TheServerCanCloseFirst) {
  TlsClient client({.sni = "a.example"});
  Connect(client);
  session_->Write(AsBytes("bye"));
  session_->Close();
  Pump(client);
  EXPECT_EQ(client.plaintext(), "bye");
  EXPECT_TRUE(client.closed());
}

TEST_F(SessionTest, ThePlaintextBufferMayBeOfAnySize) {
  TlsClient client({.sni = "a.example"});
  Connect(client);
  client.Send("0123456789");
  const std::string bytes = client.TakeOutput();
  ByteSpan in = AsBytes(bytes);
  std::string text;
  uint8_t three[3];
  while (const size_t got = session_->Read(&in, three)) text += AsText({three, got});
  EXPECT_EQ(text, "0123456789");
}

TEST_F(SessionTest, TheServersOrderDecidesAboutAlpn) {
  struct {
    std::vector<std::string> server;
    std::vector<std::string> client;
    const char* agreed;
  } const kCases[] = {
      {{"h2", "http/1.1"}, {"http/1.1", "h2"}, "h2"},
      {{"h2", "http/1.1"}, {"http/1.1"}, "http/1.1"},
      {{"http/1.1"}, {"h2", "http/1.1"}, "http/1.1"},
      {{"h2", "http/1.1"}, {"foo"}, ""},
      {{"h2", "http/1.1"}, {}, ""},
      {{}, {"h2"}, ""},
  };
  for (const auto& [server, offered, agreed] : kCases) {
    tls_.alpn = server;
    TlsClient client({.sni = "a.example", .alpn = offered});
    Connect(client);
    EXPECT_TRUE(client.connected());
    EXPECT_EQ(session_->alpn(), agreed);
    EXPECT_EQ(client.alpn(), agreed);
  }
}

TEST_F(SessionTest, APolicyBoundsVersionsSuitesAndCurves) {
  tls_.policy.min_version = TlsVersion::kTls13;
  TlsClient old({.sni = "a.example", .max_version = kTls12});
  Connect(old);
  EXPECT_EQ(old.alert(), 70);
  EXPECT_EQ(session_->state(), Session::State::kFailed);

  tls_.policy = {};
  TlsClient ancient({.sni = "a.example", .min_version = 0x301, .max_version = 0x302});
  Connect(ancient);
  EXPECT_EQ(ancient.alert(), 70);

  tls_.policy.cipher_suites = {"bogus", "ECDHE-ECDSA-AES256-GCM-SHA384",
                               "ECDHE-ECDSA-AES256-GCM-SHA384"};
  TlsClient strong({.sni = "a.example", .max_version = kTls12});
  Connect(strong);
  EXPECT_EQ(strong.cipher(), "ECDHE-ECDSA-AES256-GCM-SHA384");

  tls_.policy = {};
  TlsClient by_default({.sni = "a.example", .max_version = kTls12});
  Connect(by_default);
  EXPECT_EQ(by_default.cipher(), "ECDHE-ECDSA-AES128-GCM-SHA256");

  tls_.policy.curves = {"P-384", "P-999"};
  TlsClient curve({.sni = "a.example", .curves = "X25519:P-256:P-384"});
  Connect(curve);
  EXPECT_EQ(curve.curve(), 24);
}

TEST_F(SessionTest, StaticRsaIsNeverAgreedOnByDefault) {
  TestSubject subject;
  subject.key_type = TestKeyType::kRsa;
  tls_.certificates = {Loaded(ca_.Issue(subject))};
  TlsClient client({.max_version = kTls12, .ciphers = "AES128-GCM-SHA256:AES128-SHA"});
  Connect(client);
  EXPECT_EQ(client.alert(), 40);
}

TEST_F(SessionTest, SuitesMayBeNamedByOperators) {
  const auto agrees = [this](std::vector<std::string> suites) {
    tls_.policy.cipher_suites = std::move(suites);
    TlsClient client(
        {.sni = "a.example", .max_version = kTls12, .ciphers = "ECDHE-ECDSA-AES128-SHA"});
    Connect(client);
    return client.connected();
  };
  EXPECT_FALSE(agrees({}));
  EXPECT_TRUE(agrees({"ALL"}));
  EXPECT_FALSE(agrees({"ALL", "!ECDHE-ECDSA-AES128-SHA"}));
}

TEST_F(SessionTest, TheCertificateFitsTheClientsSignatureAlgorithmsAndTheName) {
  TestSubject subject;
  subject.dns = {"*.b.example", "a.example"};
  subject.key_type = TestKeyType::kRsa;
  const TestCertificate rsa = ca_.Issue(subject);
  subject.dns = {"c.example"};
  const TestCertificate other_rsa = ca_.Issue(subject);
  const auto& ecdsa = leaf_;
  subject.dns = {"e.example"};
  subject.key_type = TestSubject().key_type;
  const TestCertificate other_ecdsa = ca_.Issue(subject);
  tls_.certificates = {Loaded(rsa), Loaded(ecdsa), Loaded(other_rsa), Loaded(other_ecdsa)};
  constexpr uint16_t kEcdsa = SSL_SIGN_ECDSA_SECP256R1_SHA256, kRsa = SSL_SIGN_RSA_PSS_RSAE_SHA256,
                     kRsaOld = SSL_SIGN_RSA_PKCS1_SHA256;
  struct {
    const char* sni;
    std::vector<uint16_t> algorithms;
    const TestCertificate* presented;
  } const kCases[] = {
      {"a.example", {kEcdsa, kRsa, kRsaOld}, &ecdsa},
      {"a.example", {kRsa, kRsaOld}, &rsa},
      {"x.b.example", {kEcdsa, kRsa, kRsaOld}, &rsa},
      {"c.example", {kEcdsa, kRsa, kRsaOld}, &other_rsa},
      {"e.example", {kEcdsa, kRsa, kRsaOld}, &other_ecdsa},
      {"e.example", {kRsa, kRsaOld}, &rsa},
      {"", {kEcdsa, kRsa, kRsaOld}, &ecdsa},
      {"nobody.example", {kRsa, kRsaOld}, &rsa},
  };
  for (const uint16_t version : {kTls12, kTls13}) {
    for (const auto& [sni, algorithms, presented] : kCases) {
      TlsClient client({.sni = sni, .max_version = version, .signature_algorithms = algorithms});
      Connect(client);
      ASSERT_TRUE(client.connected()) << sni << " " << session_->problem();
      const auto expected = ReadPemCertificates(presented->certificate).value();
      EXPECT_EQ(client.server_certificate(), AsText({CRYPTO_BUFFER_data(expected[0].get()),
                                                     CRYPTO_BUFFER_len(expected[0].get())}))
          << sni << " " << version;
    }
  }
}

TEST_F(SessionTest, WhatIsNoTlsFailsWithItsAlert) {
  struct {
    std::string_view bytes;
    int alert;  // -1: none.
  } const kCases[] = {
      {std::string_view("\x17\x03\x03\0\x02zz", 7), 10},
      {std::string_view("\x16\x03\x01\x48\x01", 5), 22},
      {"GET / HTTP/1.1\r\n", -1},
      {"SSH-2.0-x\r\n", 70},
  };
  for (const auto& [bytes, alert] : kCases) {
    context_ = ServerContext::Make(tls_, &policies_).value();
    sink_.bytes.clear();
    session_ = Session::Accept(context_, &environment_, &sink_).value();
    Receive(bytes);
    EXPECT_EQ(session_->state(), Session::State::kFailed);
    const int sent = sink_.bytes.size() == 7 ? static_cast<uint8_t>(sink_.bytes[6]) : -1;
    EXPECT_EQ(sent, alert) << Quote(bytes);
    Receive("more");
    EXPECT_FALSE(session_->problem().ok());
  }
}

// --- Clients' certificates ---

TEST_F(SessionTest, EveryKindOfClientCertificateHasItsOutcome) {
  TestCa stranger("stranger"), impostor("ca");
  TestSubject subject;
  subject.common_name = "client";
  subject.organization = "lab";
  subject.uris = {"spiffe://td/client"};
  subject.dns = {"client.example"};
  const TestCertificate good = ca_.Issue(subject);
  const TestCertificate revoked = ca_.Issue(subject);
  const TestCertificate unknown = stranger.Issue(subject);
  const TestCertificate forged = impostor.Issue(subject);
  subject.ends = -std::chrono::hours(1);
  const TestCertificate expired = ca_.Issue(subject);
  subject.ends = std::chrono::hours(10);
  subject.begins = std::chrono::hours(1);
  const TestCertificate not_yet = ca_.Issue(subject);
  const std::string crl = ca_.Crl({revoked.serial});
  const std::string hash = Sha256Hex(AsBytes(ReadPem(good.certificate).value()[0].der.view()));
  std::string colons;  // As openssl prints it.
  for (size_t i = 0; i < hash.size(); ++i) {
    if (i > 0 && i % 2 == 0) colons += ':';
    colons += static_cast<char>(std::toupper(static_cast<unsigned char>(hash[i])));
  }
  constexpr int kAccepted = -1;
  const PeerRules none, san{{"spiffe://td/client"}, {}, {}, false},
      dns{{"other", "CLIENT.example"}, {}, {}, false}, other_san{{"spiffe://td/x"}, {}, {}, false},
      prefix{{"spiffe://td/clien"}, {}, {}, false}, pin{{}, {"AAAA"}, {colons}, false},
      other_pin{{}, {"AAAA"}, {"00"}, false}, skip{{}, {}, {}, true},
      skip_san{{"spiffe://td/x"}, {}, {}, true};
  struct {
    const char* what;
    ClientAuth auth;
    const TestCertificate* shown;
    const PeerRules& rules;
    int alert13;
    int alert12;
  } const kCases[] = {
      {"good", ClientAuth::kRequired, &good, none, kAccepted, kAccepted},
      {"none", ClientAuth::kRequired, nullptr, none, 116, 40},
      {"none, optional", ClientAuth::kOptional, nullptr, none, kAccepted, kAccepted},
      {"none, optional but for names", ClientAuth::kOptional, nullptr, san, 116, 40},
      {"good, optional", ClientAuth::kOptional, &good, none, kAccepted, kAccepted},
      {"unknown issuer", ClientAuth::kRequired, &unknown, none, 48, 48},
      {"unknown issuer, optional", ClientAuth::kOptional, &unknown, none, 48, 48},
      {"issuer of the name with another key", ClientAuth::kRequired, &forged, none, 51, 51},
      {"expired", ClientAuth::kRequired, &expired, none, 45, 45},
      {"revoked", ClientAuth::kRequired, &revoked, none, 44, 44},
      {"URI", ClientAuth::kRequired, &good, san, kAccepted, kAccepted},
      {"DNS name, any case", ClientAuth::kRequired, &good, dns, kAccepted, kAccepted},
      {"other name", ClientAuth::kRequired, &good, other_san, 46, 46},
      {"prefix of the name", ClientAuth::kRequired, &good, prefix, 46, 46},
      {"pinned", ClientAuth::kRequired, &good, pin, kAccepted, kAccepted},
      {"not pinned", ClientAuth::kRequired, &good, other_pin, 46, 46},
      {"unknown, not verified", ClientAuth::kRequired, &unknown, skip, kAccepted, kAccepted},
      {"none, not verified", ClientAuth::kRequired, nullptr, skip, 116, 40},
      {"unknown, not verified, wrong name", ClientAuth::kRequired, &unknown, skip_san, 46, 46},
  };
  for (const auto& row : kCases) {
    for (const uint16_t version : {kTls12, kTls13}) {
      SCOPED_TRACE(StrCat(row.what, " ", version));
      AskClients(row.auth, crl);
      tls_.client_rules = row.rules;
      TlsClient client({.sni = "a.example", .max_version = version, .certificate = row.shown});
      Connect(client);
      const int alert = version == kTls13 ? row.alert13 : row.alert12;
      EXPECT_EQ(client.alert(), alert);
      EXPECT_EQ(session_->state(),
                alert == kAccepted ? Session::State::kOpen : Session::State::kFailed)
          << session_->problem();
      if (alert != kAccepted) continue;
      ASSERT_EQ(session_->peer() != nullptr, row.shown != nullptr);
      if (row.shown == nullptr) continue;
      EXPECT_EQ(session_->peer()->view().verified, row.shown == &good);
    }
  }
}

TEST_F(SessionTest, APeerIsShownAsXfccNeedsIt) {
  TestSubject subject;
  subject.common_name = "client";
  subject.organization = "lab";
  subject.uris = {"https://x", "spiffe://td/client"};
  subject.dns = {"client.example"};
  const TestCertificate shown = ca_.Issue(subject);
  AskClients(ClientAuth::kRequired);
  TlsClient client({.sni = "a.example", .certificate = &shown});
  Connect(client);
  ASSERT_NE(session_->peer(), nullptr);
  const PeerCertificate& peer = session_->peer()->view();
  EXPECT_EQ(peer.subject, "CN=client,O=lab");
  EXPECT_EQ(peer.serial, "03ea");
  EXPECT_EQ(peer.spiffe_id, "spiffe://td/client");
  EXPECT_THAT(peer.uris, ElementsAre("https://x", "spiffe://td/client"));
  EXPECT_THAT(peer.dns_names, ElementsAre("client.example"));
  EXPECT_EQ(peer.sha256, Sha256Hex(AsBytes(ReadPem(shown.certificate).value()[0].der.view())));
  EXPECT_EQ(peer.spki_sha256.size(), 44);
  EXPECT_THAT(session_->local_uris(), ElementsAre("spiffe://td/gateway"));
  std::string pem = session_->peer()->url_encoded_pem();
  EXPECT_THAT(pem, StartsWith("-----BEGIN%20CERTIFICATE-----%0AMII"));
  const std::pair<std::string_view, std::string_view> kEscapes[] = {
      {"%0A", "\n"}, {"%20", " "}, {"%2B", "+"}, {"%2F", "/"}, {"%3D", "="}};
  for (const auto& [escape, plain] : kEscapes) {
    for (size_t at = 0; (at = pem.find(escape, at)) != pem.npos; ++at) {
      pem.replace(at, escape.size(), plain);
    }
  }
  EXPECT_EQ(pem, shown.certificate);
}

TEST_F(SessionTest, ACrlThatACaLacksLeavesItsCertificatesUnknown) {
  TestCa second("second");
  TestSubject subject;
  const TestCertificate shown = second.Issue(subject);
  tls_.client_auth = ClientAuth::kRequired;
  tls_.trust =
      TrustStore::Load("test", ca_.certificate() + second.certificate(), ca_.Crl({})).value();
  TlsClient client({.sni = "a.example", .certificate = &shown});
  Connect(client);
  EXPECT_EQ(client.alert(), 48);
}

// --- Resumption ---

class ResumptionTest : public SessionTest, public testing::WithParamInterface<uint16_t> {
 protected:
  // Ticket connects once and returns the ticket that the client got.
  bssl::UniquePtr<SSL_SESSION> Ticket(const TestCertificate* shown = nullptr) {
    TlsClient client({.sni = "a.example", .max_version = GetParam(), .certificate = shown});
    Connect(client);
    EXPECT_TRUE(client.connected()) << session_->problem();
    session_->Write(AsBytes("x"));
    Pump(client);
    EXPECT_NE(client.session(), nullptr);
    return bssl::UpRef(client.session());
  }

  // Resumes returns whether the server of `tls_` takes the ticket; nullopt if the handshake fails.
  std::optional<bool> Resumes(SSL_SESSION* ticket, std::string sni = "a.example",
                              const TestCertificate* shown = nullptr) {
    TlsClient client(
        {.sni = sni, .max_version = GetParam(), .certificate = shown, .session = ticket});
    Connect(client);
    new_ticket_ = false;
    if (session_->state() != Session::State::kOpen || client.failed()) return std::nullopt;
    session_->Write(AsBytes("x"));
    Pump(client);
    new_ticket_ = client.tickets() > 0;
    EXPECT_EQ(client.resumed(), session_->resumed());
    return client.resumed();
  }

  bool new_ticket_ = false;
};

INSTANTIATE_TEST_SUITE_P(Versions, ResumptionTest, testing::Values(kTls12, kTls13),
                         [](const auto& info) { return info.param == kTls13 ? "1_3" : "1_2"; });

TEST_P(ResumptionTest, ATicketIsTakenByTheServerThatIssuedIt) {
  const auto ticket = Ticket();
  EXPECT_EQ(Resumes(ticket.get()), true);
}

TEST_P(ResumptionTest, ATicketIsNotTakenForAnotherName) {
  const auto ticket = Ticket();
  EXPECT_EQ(Resumes(ticket.get(), "b.example"), false);
}

TEST_P(ResumptionTest, ATicketOfAnOpenServerOpensNoOtherDoor) {
  const auto ticket = Ticket();
  tls_.identity = "another";
  EXPECT_EQ(Resumes(ticket.get()), false);
  tls_.identity = "server";
  AskClients(ClientAuth::kRequired);
  EXPECT_EQ(Resumes(ticket.get()), std::nullopt);
  AskClients(ClientAuth::kOptional);
  EXPECT_EQ(Resumes(ticket.get()), false);
}

TEST_P(ResumptionTest, ATicketStandsForTheRulesThatItsClientMet) {
  AskClients(ClientAuth::kRequired);
  const TestCertificate shown = ca_.Issue({});
  const auto ticket = Ticket(&shown);
  EXPECT_EQ(Resumes(ticket.get()), true);
  ASSERT_NE(session_->peer(), nullptr);
  EXPECT_TRUE(session_->peer()->view().verified);

  AskClients(ClientAuth::kRequired, ca_.Crl({shown.serial}));
  EXPECT_EQ(Resumes(ticket.get(), "a.example", &shown), std::nullopt);
  tls_.trust = TrustStore::Load("test", TestCa("ca").certificate(), "").value();
  EXPECT_EQ(Resumes(ticket.get(), "a.example", &shown), std::nullopt);
  AskClients(ClientAuth::kRequired);
  tls_.client_rules.subject_alt_names = {"nobody"};
  EXPECT_EQ(Resumes(ticket.get(), "a.example", &shown), std::nullopt);
}

TEST_P(ResumptionTest, ATicketDoesNotOutliveItsCertificate) {
  AskClients(ClientAuth::kRequired);
  TestSubject subject;
  subject.ends = std::chrono::minutes(30);
  const TestCertificate shown = ca_.Issue(subject);
  const auto ticket = Ticket(&shown);
  environment_.now = kTestWallTime + std::chrono::minutes(20);
  EXPECT_EQ(Resumes(ticket.get()), true);
  environment_.now = kTestWallTime + std::chrono::minutes(31);
  EXPECT_EQ(Resumes(ticket.get(), "a.example", &shown), std::nullopt);
}

TicketKey KeyOf(uint8_t byte) {
  TicketKey key;
  key.name.fill(byte);
  key.hmac_key.fill(byte);
  key.aes_key.fill(byte);
  return key;
}

TEST_P(ResumptionTest, OldKeysDecryptAndUnknownOnesDoNot) {
  const TicketKey one = KeyOf(1), two = KeyOf(2);
  environment_.ticket_keys.Set({{one}});
  const auto ticket = Ticket();
  environment_.ticket_keys.Set({{two, one}});
  EXPECT_EQ(Resumes(ticket.get()), true);
  EXPECT_TRUE(new_ticket_);
  environment_.ticket_keys.Set({{two}});
  EXPECT_EQ(Resumes(ticket.get()), false);
  environment_.ticket_keys.Set({});
  EXPECT_EQ(Resumes(ticket.get()), false);
  EXPECT_FALSE(new_ticket_);
}

TEST_P(ResumptionTest, DerivedKeysChangeEveryTwelveHours) {
  const auto ticket = Ticket();
  const WallTime start = environment_.now;
  environment_.now = start + std::chrono::hours(25);
  EXPECT_NE(Resumes(ticket.get()), true);
  environment_.now = start;
  EXPECT_EQ(Resumes(ticket.get()), true);
}

// --- Keys that the host keeps ---

class HostKeyTest : public SessionTest {
 protected:
  HostKeyTest() {
    Credential credential = leaf_.credential();
    const auto in = PrivateKey::FromPem(leaf_.key);
    key_ = in->Parse().value();
    credential.private_key = SecretText();
    credential.key_id = "hsm/7";
    tls_.certificates = {Certificate::Load("test", credential).value()};
  }

  std::string SignatureOf(ByteSpan input) {
    bssl::ScopedEVP_MD_CTX context;
    size_t size = 0;
    EXPECT_TRUE(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()));
    EXPECT_TRUE(EVP_DigestSign(context.get(), nullptr, &size, input.data(), input.size()));
    std::string signature(size, '\0');
    EXPECT_TRUE(EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &size,
                               input.data(), input.size()));
    signature.resize(size);
    return signature;
  }

  bssl::UniquePtr<EVP_PKEY> key_;
};

TEST_F(HostKeyTest, TheHandshakeWaitsForTheHostsSignature) {
  for (const uint16_t version : {kTls12, kTls13}) {
    TlsClient client({.sni = "a.example", .max_version = version});
    Connect(client);
    ASSERT_EQ(session_->state(), Session::State::kSigning);
    Receive("");
    ASSERT_EQ(session_->state(), Session::State::kSigning);
    const Session::SignatureRequest request = session_->signature_request();
    EXPECT_EQ(request.key_id, "hsm/7");
    EXPECT_EQ(request.algorithm, SSL_SIGN_ECDSA_SECP256R1_SHA256);
    session_->Sign(SignatureOf(request.input));
    Pump(client);
    EXPECT_EQ(session_->state(), Session::State::kOpen) << session_->problem();
    EXPECT_TRUE(client.connected());
    session_->Sign(std::string("again"));
  }
}

TEST_F(HostKeyTest, ARefusedOrWrongSignatureFailsTheHandshake) {
  TlsClient client({.sni = "a.example"});
  Connect(client);
  session_->Sign(absl::UnavailableError("locked"));
  EXPECT_EQ(session_->state(), Session::State::kFailed);
  EXPECT_THAT(std::string(session_->problem().message()), HasSubstr("locked"));
  TlsClient second({.sni = "a.example"});
  Connect(second);
  session_->Sign(std::string("nonsense"));
  Pump(second);
  EXPECT_FALSE(second.connected());
}

// --- The client's end ---

TEST_F(SessionTest, TwoSessionsTalkToEachOther) {
  constexpr std::string_view kAlpn[] = {"http/1.1"};
  const TestCertificate shown = ca_.Issue({});
  AskClients(ClientAuth::kRequired);
  ClientTls client_tls;
  client_tls.certificate = Loaded(shown);
  client_tls.trust = tls_.trust;
  client_tls.verify_name = true;
  struct {
    const char* name;
    bool other_ca;
    std::vector<std::string> sans;
    const char* problem;  // nullptr: it works.
  } const kCases[] = {
      {"a.example", false, {}, nullptr},
      {"A.Example", false, {}, nullptr},
      {"b.example", false, {}, "is not for \"b.example\""},
      {"192.0.2.1", false, {}, "is not for"},
      {"", false, {}, nullptr},
      {"a.example", true, {}, "refused"},
      {"a.example", false, {"spiffe://td/gateway"}, nullptr},
      {"a.example", false, {"spiffe://td/other"}, "none of the subject alternative names"},
  };
  for (const auto& [name, other_ca, sans, problem] : kCases) {
    client_tls.server_rules.subject_alt_names = sans;
    client_tls.trust =
        other_ca ? TrustStore::Load("x", TestCa("x").certificate(), "").value() : tls_.trust;
    const auto client_context = ClientContext::Make(client_tls, &policies_).value();
    context_ = ServerContext::Make(tls_, &policies_).value();
    StringSink client_sink;
    sink_.bytes.clear();
    session_ = Session::Accept(context_, &environment_, &sink_).value();
    auto client =
        Session::Connect(client_context, name, kAlpn, &environment_, &client_sink).value();
    std::string got;
    received_.clear();
    bool sent = false;
    while (!client_sink.bytes.empty() || !sink_.bytes.empty()) {
      Receive(std::exchange(client_sink.bytes, ""));
      const std::string down = std::exchange(sink_.bytes, "");
      ByteSpan in = AsBytes(down);
      uint8_t buffer[100];
      while (const size_t n = client->Read(&in, buffer)) got += AsText({buffer, n});
      if (client->state() == Session::State::kOpen && !sent) {
        sent = true;
        client->Write(AsBytes("ping"));
      }
      if (received_ == "ping" && session_->state() == Session::State::kOpen) {
        received_.clear();
        session_->Write(AsBytes("pong"));
      }
    }
    if (problem == nullptr) {
      EXPECT_EQ(got, "pong") << name << client->problem() << session_->problem();
      EXPECT_EQ(client->alpn(), "http/1.1");
      EXPECT_NE(session_->peer(), nullptr);
    } else {
      EXPECT_EQ(client->state(), Session::State::kFailed);
      EXPECT_THAT(std::string(client->problem().message()), HasSubstr(problem));
    }
  }
}

}  // namespace
}  // namespace postern
