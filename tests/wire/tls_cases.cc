#include "tests/wire/tls_cases.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"
#include "tests/support/tls_peer.h"
#include "tests/wire/case_file.h"
#include "tests/wire/engine_proxy.h"
#include "tests/wire/transcript.h"

namespace postern {
namespace {

constexpr int kRandomCuts = 20;

// A TlsWorld is the certificates of all rows.
struct TlsWorld {
  TestCa ca{"ca"}, other{"other"};
  TestCertificate server, client;

  TlsWorld() {
    TestSubject subject;
    subject.dns = {"a.example", "*.example.com", "*.example"};
    server = ca.Issue(subject);
    client = ca.Issue(TestSubject());
  }
  static TlsWorld& Get() {
    static TlsWorld& world = *new TlsWorld;
    return world;
  }
};

// A TlsServer is an engine that terminates TLS for lists of hosts, each a server of its own, on
// port 443, and sends all requests to one upstream.
class TlsServer {
 public:
  struct Server {
    std::vector<std::string> hosts;
    std::string mode = "SIMPLE";
  };

  explicit TlsServer(const std::vector<Server>& servers, const TestCa* trusted = nullptr)
      : harness_(Build(servers, trusted), Options()) {
    harness_.on_connection = [this](const ConnectionLog& log) {
      detail = log.detail;
      sni = log.connection->sni;
      ja4 = log.connection->ja4;
    };
  }

  EngineHarness& harness() { return harness_; }
  std::string detail, sni, ja4;  // Of the last connection that has ended.

  static std::shared_ptr<const Snapshot> Build(const std::vector<Server>& servers,
                                               const TestCa* trusted) {
    std::string yaml = R"(
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: all, namespace: istio-system}
spec:
  hosts: ["*"]
  gateways: [gw]
  http:
  - route: [{destination: {host: up.istio-system.svc.cluster.local, port: {number: 80}}}]
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
)";
    for (size_t i = 0; i < servers.size(); ++i) {
      StrAppend(&yaml, "  - port: {number: 443, name: p", i,
                ", protocol: HTTPS}\n    tls: {mode: ", servers[i].mode,
                ", credentialName: web}\n    hosts: [");
      for (const std::string& host : servers[i].hosts) StrAppend(&yaml, "\"", host, "\",");
      yaml += "]\n";
    }
    MemoryCredentials credentials;
    credentials.Set({CredentialName::Kind::kKeyPair, "istio-system", "web"},
                    TlsWorld::Get().server.credential());
    Credential authority;
    authority.ca_certificates = (trusted == nullptr ? TlsWorld::Get().ca : *trusted).certificate();
    credentials.Set({CredentialName::Kind::kCa, "istio-system", "web"}, std::move(authority));
    return BuildSnapshot(yaml, EdgeOptions(), &credentials);
  }

 private:
  static EngineHarness::Options Options() {
    EngineHarness::Options options;
    options.engine = EngineOptions::Edge();
    options.wall = kTestWallTime;
    return options;
  }

  EngineHarness harness_;
};

std::string CannedHello(const std::string& file) {
  std::ifstream in("tests/testdata/wire_cases/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Refragment puts each byte of one record's payload into a record of its own.
std::string Refragment(const std::string& record) {
  std::string out;
  for (const char byte : record.substr(5)) {
    out += record.substr(0, 3) + std::string("\0\1", 2) + byte;
  }
  return out;
}

TlsClient::Options ClientOptions(const CaseNode& generate) {
  TlsClient::Options options;
  options.sni = generate["sni"].Text();
  options.alpn = generate["alpn"].Texts();
  return options;
}

// FeedBytes returns what a row sends before anything has come back; nullopt: it does a handshake.
std::optional<std::string> FeedBytes(const CaseNode& row) {
  if (row.Has("input")) return row["input"].Bytes();
  const CaseNode& feed = row["feed"];
  CheckKeys(feed, {"file", "piece", "refragment_records", "prefix", "prefix_times", "drop_last",
                   "generate", "after_handshake", "alpn", "sni", "authority"});
  if (!feed.Has("file")) return std::nullopt;
  std::string bytes = CannedHello(feed["file"].Text());
  if (feed.Has("refragment_records")) bytes = Refragment(bytes);
  bytes.resize(bytes.size() - static_cast<size_t>(feed["drop_last"].Int()));
  std::string prefix;
  for (int64_t i = 0; i < feed["prefix_times"].Int(1); ++i) prefix += feed["prefix"].Bytes();
  return prefix + bytes;
}

int AlertOf(const std::string& name) {
  if (name == "record_overflow") return 22;
  if (name == "unexpected_message") return 10;
  ADD_FAILURE() << "not understood: " << name;
  return -1;
}

// Runs a row of bytes that are, or are not, a ClientHello: whole and in every cut.
void RunHello(const CaseNode& expect, const std::string& bytes) {
  CheckKeys(expect, {"sni", "alpn", "close", "alert", "close_after_ms", "stat"});
  for (const Cut& cut : Cuts(bytes.size(), kRandomCuts, 20261124)) {
    SCOPED_TRACE(StrCat("fed in ", cut.size(), " pieces"));
    TlsServer server({{{"a.example"}}});
    EngineHarness& harness = server.harness();
    const ConnectionId client = harness.Accept(443);
    size_t begin = 0;
    for (const size_t end : cut) {
      harness.Receive(client, bytes.substr(begin, end - begin));
      begin = end;
    }
    const std::string answer = harness.Take(client);
    if (expect.Has("close_after_ms")) {
      const std::chrono::milliseconds limit(expect["close_after_ms"].Int());
      harness.Advance(limit - std::chrono::milliseconds(10));
      EXPECT_FALSE(harness.end(client).closed);
      harness.Advance(std::chrono::milliseconds(20));
      EXPECT_TRUE(harness.end(client).closed);
      EXPECT_EQ(server.detail, "downstream_pre_cx_timeout");
      EXPECT_EQ(expect["stat"].Text(), "pre_cx_timeout");
    } else {
      const bool ended = harness.end(client).closed || harness.end(client).shut;
      EXPECT_EQ(ended, expect["close"].Bool());
    }
    if (expect.Has("alert")) {
      ASSERT_GE(answer.size(), 7u);
      EXPECT_EQ(static_cast<uint8_t>(answer[6]), AlertOf(expect["alert"].Text()));
    } else if (expect["close"].Bool()) {
      EXPECT_EQ(answer, "");
    }
    harness.engine().Drain(harness.now(), harness.now());
    if (expect.Has("sni")) {
      EXPECT_EQ(server.sni, expect["sni"].Text());
      EXPECT_TRUE(answer.starts_with("\x16\x03\x03")) << "no ServerHello";
    }
    // The log has of the ALPN list its length's worth in the fingerprint: the first entry.
    if (expect.Has("alpn")) {
      EXPECT_NE(server.ja4.find(expect["alpn"].items.front().Text() + "_"), std::string::npos);
    }
    if (testing::Test::HasFailure()) return;
  }
}

// A Served is what came of a handshake and a request.
struct Served {
  bool connected = false;
  bool closed = false;  // Without a byte.
  std::string answer;
  std::string alpn;
  std::string sni;
};

Served Serve(TlsServer& server, const TlsClient::Options& options, const std::string& bytes) {
  EngineHarness& harness = server.harness();
  Served served;
  TlsPeer peer(harness, 443, options);
  served.connected = peer.tls().connected();
  served.closed = harness.end(peer.id()).closed && peer.received().empty();
  served.alpn = peer.tls().alpn();
  peer.Send(bytes);
  if (!harness.upstreams().empty() && !harness.Take(harness.upstream()).empty()) {
    harness.Receive(harness.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    peer.Pump();
  }
  served.answer = peer.Take();
  const bool ended = harness.end(peer.id()).shut;
  harness.engine().Drain(harness.now(), harness.now());
  served.sni = server.sni;
  if (ended) served.answer += "<end>";
  return served;
}

// Runs a row that does a handshake and sends a request.
void RunServed(const CaseNode& row, const CaseNode& expect) {
  const CaseNode& feed = row["feed"];
  CheckKeys(expect, {"chain", "match_as", "negotiated", "protocol", "status", "close", "goaway"});
  TlsClient::Options options = ClientOptions(feed.Has("generate") ? feed["generate"] : feed);
  std::vector<TlsServer::Server> servers = {{{"a.example"}}};
  if (row["config"].Has("server_names")) servers = {{row["config"]["server_names"].Texts()}};
  if (row["config"].Has("listeners")) {
    servers.clear();
    for (const std::string& host : row["config"]["listeners"].Texts()) servers.push_back({{host}});
  }
  if (feed.Has("generate") && !feed["generate"].Has("sni")) options.sni = "a.example";
  if (feed.Has("after_handshake")) options.sni = "a.example";
  if (feed.Has("authority") && servers.size() == 1) servers = {{{"a.example.com"}}};
  // "No name at all" is seen where a server takes everybody.
  if (expect["match_as"].Text() == "no_sni") servers = {{{"*"}}};
  TlsServer server(servers);
  const std::string host = feed["authority"].Text(servers[0].hosts[0] == "*" ? "x" : options.sni);
  const std::string request = feed.Has("after_handshake")
                                  ? feed["after_handshake"].Bytes()
                                  : StrCat("GET / HTTP/1.1\r\nhost: ", host, "\r\n\r\n");
  const Served served = Serve(server, options, request);
  if (expect.Has("chain")) {
    const std::string chain = expect["chain"].Text();
    if (chain == "default_or_close") {
      EXPECT_TRUE(served.closed || served.connected);
    } else {
      EXPECT_EQ(chain, "matched");
      EXPECT_TRUE(served.connected);
    }
  }
  if (expect.Has("match_as")) {
    EXPECT_TRUE(served.connected);
    if (expect["match_as"].Text() == "no_sni") {
      EXPECT_EQ(served.sni, "");
    }
  }
  if (expect.Has("negotiated")) {
    EXPECT_EQ(served.alpn.empty() ? "none" : served.alpn, expect["negotiated"].Text());
  }
  if (expect.Has("protocol")) {
    EXPECT_EQ(served.answer.substr(0, 12), "HTTP/1.1 200");
    EXPECT_EQ(expect["protocol"].Text(), "http/1.1");
  }
  if (expect.Has("status")) {
    EXPECT_EQ(served.answer.substr(0, 12), "HTTP/1.1 " + expect["status"].Text());
    EXPECT_EQ(served.answer.ends_with("<end>"), expect["close"].Bool());
  }
}

// --- Resumption: each scenario is a list of steps with names of their own ---

class Resumption {
 public:
  void Step(const std::string& step) {
    if (step == "full_handshake_to_A_no_client_auth") {
      Begin({{{"a.example"}}, {{"b.example"}, "MUTUAL"}}, false);
    } else if (step == "full_handshake_sni_a") {
      Begin({{{"a.example", "b.example"}}}, false);
    } else if (step == "mtls_full" || step == "mtls_full_cert_valid_1h") {
      if (step != "mtls_full") {
        TestSubject subject;
        subject.ends = std::chrono::hours(1);
        client_ = TlsWorld::Get().ca.Issue(subject);
      }
      Begin({{{"a.example"}, "MUTUAL"}}, true);
    } else if (step == "full") {
      Handshake("a.example", false);
    } else if (step == "full_with_k1") {
      Step("keys_k1");
      Handshake("a.example", false);
    } else if (step == "keys_k1") {
      server_ = std::make_unique<TlsServer>(std::vector<TlsServer::Server>{{{"a.example"}}});
      Keys({1});
    } else if (step == "rotate_k2_k1") {
      Keys({2, 1});
    } else if (step == "keys_k3_only") {
      Keys({3});
    } else if (step == "rotate_trusted_ca") {
      harness().engine().Apply(
          harness().now(), TlsServer::Build({{{"a.example"}, "MUTUAL"}}, &TlsWorld::Get().other));
      harness().Flush();
    } else if (step == "wait_past_not_after") {
      harness().Advance(std::chrono::minutes(61));
    } else if (step == "resume") {
      Handshake("a.example", certificate_);
    } else if (step == "resume_ticket_to_B_requiring_client_cert" ||
               step == "resume_same_ctx_sni_b" || step == "resume_A_ticket_to_B") {
      Handshake("b.example", false);
    } else if (step == "A_sid_ctx_A") {
      Begin({{{"a.example"}}, {{"b.example"}, "MUTUAL"}}, false);
    } else if (step != "B_sid_ctx_B") {  // What the engine does by itself.
      ADD_FAILURE() << "not understood: " << step;
    }
  }

  void Check(const CaseNode& expect) {
    CheckKeys(expect, {"resumed", "handshake", "new_ticket", "full_handshake"});
    EXPECT_EQ(resumed_, expect["resumed"].Bool());
    if (expect.Has("new_ticket")) {
      EXPECT_EQ(ticket_, expect["new_ticket"].Bool());
    }
    if (expect.Has("full_handshake")) {
      EXPECT_EQ(served_ && !resumed_, expect["full_handshake"].Bool());
    }
    if (expect.Has("handshake")) {
      EXPECT_EQ(expect["handshake"].Text(), "fails_without_cert");
      EXPECT_FALSE(served_);
    }
  }

  explicit Resumption(uint16_t version) : version_(version) {}

 private:
  EngineHarness& harness() { return server_->harness(); }

  void Begin(const std::vector<TlsServer::Server>& servers, bool certificate) {
    server_ = std::make_unique<TlsServer>(servers);
    certificate_ = certificate;
    Handshake("a.example", certificate);
    EXPECT_TRUE(served_);
    EXPECT_NE(session_, nullptr);
  }

  void Handshake(const std::string& sni, bool certificate) {
    TlsClient::Options options;
    options.sni = sni;
    options.max_version = version_;
    options.session = session_.get();
    const TestCertificate& own = client_.certificate.empty() ? TlsWorld::Get().client : client_;
    if (certificate) options.certificate = &own;
    TlsPeer peer(harness(), 443, options);
    peer.Send(StrCat("GET / HTTP/1.1\r\nhost: ", sni, "\r\n\r\n"));
    served_ = !harness().upstreams().empty() && !harness().Take(harness().upstream()).empty();
    if (served_) {
      // Tickets of TLS 1.3 come with the answer.
      harness().Receive(harness().upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      peer.Pump();
    }
    resumed_ = peer.tls().connected() && peer.tls().resumed();
    ticket_ = peer.tls().tickets() > 0;
    if (peer.tls().session() != nullptr) session_ = bssl::UpRef(peer.tls().session());
    harness().Fail(peer.id());
  }

  void Keys(std::vector<uint8_t> seeds) {
    std::vector<TicketKey> keys;
    for (const uint8_t seed : seeds) {
      TicketKey key;
      key.name.fill(seed);
      key.hmac_key.fill(seed);
      key.aes_key.fill(seed);
      keys.push_back(key);
    }
    harness().engine().SetTicketKeys(harness().now(), keys);
  }

  const uint16_t version_;
  std::unique_ptr<TlsServer> server_;
  TestCertificate client_;
  bssl::UniquePtr<SSL_SESSION> session_;
  bool certificate_ = false;
  bool served_ = false;
  bool resumed_ = false;
  bool ticket_ = false;
};

// WaitsFor returns why a row cannot be run yet; empty if it can.
std::string WaitsFor(const CaseNode& row) {
  const CaseNode& expect = row["expect"];
  if (expect.Has("goaway")) return "HTTP/2";
  if (expect.Has("early_data") || expect.Has("any")) return "a test client that sends early data";
  for (const std::string& step : row["scenario"].Texts()) {
    if (step == "client_hello_again") return "a test client that renegotiates";
  }
  return "";
}

}  // namespace

void RunTlsCases() {
  const CaseNode file = ReadWireCases("tls.yaml");
  std::map<std::string, int> waiting;
  size_t run = 0;
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row, {"name", "ref", "feed", "input", "config", "scenario", "expect", "note", "envoy",
                    "boringssl", "boringssl_44", "postern"});
    if (const std::string reason = WaitsFor(row); !reason.empty()) {
      ++waiting[reason];
      continue;
    }
    ++run;
    const CaseNode expect = CaseExpected(row, "engine");
    if (row.Has("scenario")) {
      for (const uint16_t version : {uint16_t{0x303}, uint16_t{0x304}}) {
        SCOPED_TRACE(version == 0x303 ? "TLS 1.2" : "TLS 1.3");
        Resumption resumption(version);
        for (const std::string& step : row["scenario"].Texts()) resumption.Step(step);
        resumption.Check(expect);
      }
    } else if (const auto bytes = FeedBytes(row)) {
      RunHello(expect, *bytes);
    } else {
      RunServed(row, expect);
    }
  }
  std::printf("tls.yaml: %zu cases run\n", run);
  for (const auto& [reason, count] : waiting) {
    std::printf("  waiting: %d for %s\n", count, reason.c_str());
  }
}

}  // namespace postern
