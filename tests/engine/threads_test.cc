// Engines of several threads on one Snapshot share nothing else. Threads stand in this test only;
// it is worth most under --config=tsan.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "lib/base/strings.h"
#include "tests/engine/tls_fixture.h"

namespace postern {
namespace {

class ThreadsTest : public TlsFixture {};

TEST_F(ThreadsTest, EnginesOnOneSnapshotServeAtOnce) {
  constexpr int kThreads = 4, kConnections = 20;
  // Certificates of clients are made once, before; the snapshot's keys are parsed when first used.
  const TestCertificate& certificate = client();
  const std::shared_ptr<const Snapshot> shared = Build();
  const std::shared_ptr<const Snapshot> next = Build();
  std::vector<int> served(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      EngineHarness::Options options;
      options.wall = kTestWallTime;
      options.seed = static_cast<uint64_t>(i) + 1;
      EngineHarness harness(shared, options);
      for (int n = 0; n < kConnections; ++n) {
        const std::string host = n % 2 == 0 ? "simple" : "mutual";
        TlsClient::Options client;
        client.sni = host + ".example.com";
        if (n % 2 != 0) client.certificate = &certificate;
        TlsPeer peer(harness, 443, client);
        peer.Send(StrCat("GET /", n, " HTTP/1.1\r\nhost: ", client.sni, "\r\n\r\n"));
        if (harness.upstreams().empty()) continue;
        harness.Receive(harness.upstream(), "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        peer.Pump();
        served[static_cast<size_t>(i)] += peer.Take().ends_with("ok");
        if (n == kConnections / 2) harness.engine().Apply(harness.now(), next);
      }
      (void)shared->Dump();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, std::vector<int>(kThreads, kConnections));
}

}  // namespace
}  // namespace postern
