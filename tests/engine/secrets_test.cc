// What is secret stays so: bytes of keys are planted in a configuration, and every text that the
// library makes is searched for them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/engine/tls_fixture.h"

namespace postern {
namespace {

// Base64 returns `text` as a Secret's `data` has it.
std::string Base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const unsigned char byte : text) {
    bits = bits << 8 | byte;
    count += 8;
    while (count >= 6) out += kDigits[bits >> (count -= 6) & 63];
  }
  if (count > 0) out += kDigits[bits << (6 - count) & 63];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

class SecretsTest : public TlsFixture {
 protected:
  // Search fails the test if `text` holds a line of a key or a planted value.
  void Search(std::string_view where, std::string_view text) {
    for (const std::string& secret : secrets_) {
      EXPECT_EQ(text.find(secret), std::string_view::npos) << where << " holds " << secret;
    }
  }

  std::vector<std::string> secrets_;
};

TEST_F(SecretsTest, NoOutputHoldsAByteOfAKey) {
  const std::string& key = server().key;
  // Lines of the PEM, and of its base64.
  for (std::string_view line : Split(key, '\n')) {
    if (line.size() > 20 && line.find("PRIVATE") == std::string_view::npos) {
      secrets_.emplace_back(line.substr(0, 24));
    }
  }
  const std::string encoded = Base64(key);
  secrets_.push_back(encoded.substr(80, 24));
  ASSERT_GE(secrets_.size(), 3u);
  secrets_.push_back("PLANTED-SECRET");
  secrets_.push_back(Base64("PLANTED-SECRET-BROKEN").substr(0, 16));

  const std::string yaml = StrCat(
      kConfig,
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: istio-system}\n",
      "type: kubernetes.io/tls\ndata:\n  tls.crt: ", Base64(server().certificate),
      "\n  tls.key: ", encoded, "\n",
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: hostkey, namespace: ",
      "istio-system}\nstringData:\n  tls.crt: \"PLANTED-SECRET\"\n  tls.key: \"PLANTED-SECRET\"\n",
      "  unknown: \"PLANTED-SECRET\"\n",
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: missing, namespace: istio-system}\n",
      "data:\n  tls.crt: ", Base64("PLANTED-SECRET-BROKEN"), "\n  tls.key: \"%%PLANTED-SECRET\"\n");
  const Config config = Config::FromYaml(yaml);
  std::string texts;
  for (const Diagnostic& diagnostic : Validate(config)) texts += diagnostic.ToString() + "\n";
  for (const Diagnostic& diagnostic : config.findings) texts += diagnostic.ToString() + "\n";
  Search("Validate", texts);

  const auto built = Snapshot::Build(config, IngressOptions());
  Search("Build", built.status().ToString());
  std::shared_ptr<const Snapshot> snapshot;
  if (built.ok()) {
    snapshot = *built;
  } else {
    // A Secret whose `data` is no base64 is an error of its own: try without.
    const std::string less = yaml.substr(0, yaml.rfind("---"));
    snapshot = BuildSnapshot(less, IngressOptions());
  }
  ASSERT_NE(snapshot, nullptr);
  Search("Dump", snapshot->Dump());
  std::string report;
  for (const Finding& finding : snapshot->report()) report += finding.diagnostic.ToString() + "\n";
  EXPECT_NE(report, "") << "a Secret that holds no certificate is reported";
  Search("report", report);
  Probe probe;
  probe.listener = {"", 443};
  probe.sni = "simple.example.com";
  probe.authority = "simple.example.com";
  const Trace trace = snapshot->Explain(probe);
  Search("Explain", trace.ToText() + trace.ToJson());
  const SnapshotDiff diff = Diff(*snapshot, *Build());
  Search("Diff", diff.ToText() + diff.ToJson());

  EngineHarness::Options engine;
  engine.wall = kTestWallTime;
  EngineHarness harness(snapshot, engine);
  std::string logs;
  harness.on_request = [&](const RequestLog& log) { logs += FormatText(log) + FormatJson(log); };
  harness.on_connection = [&](const ConnectionLog& log) {
    logs += FormatText(log) + FormatJson(log) + std::string(log.tls_failure);
  };
  for (const char* host : {"simple", "hostkey", "missing", "mutual"}) {
    TlsClient::Options client;
    client.sni = StrCat(host, ".example.com");
    TlsPeer peer(harness, 443, client);
    peer.Send("GET / HTTP/1.1\r\nhost: simple.example.com\r\n\r\n");
    harness.Fail(peer.id());
  }
  EXPECT_NE(logs, "");
  Search("logs", logs);
  Search("stats", harness.engine().stats().ToPrometheus());
}

}  // namespace
}  // namespace postern
