// BoringSSL without memory: its n-th allocation fails, for every n of a handshake and a request.
// The connection concerned ends in order; the next one is served.
#include <gtest/gtest.h>
#include <openssl/mem.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/engine/tls_fixture.h"

namespace {

// The allocation that fails; 0: none. Counted while `counting`.
int64_t failing = 0;
int64_t counted = 0;
bool counting = false;

}  // namespace

// BoringSSL's hooks for hosts that bring an allocator of their own (openssl/mem.h).
extern "C" {

void* OPENSSL_memory_alloc(size_t size) {
  if (counting && ++counted == failing) return nullptr;
  auto* block = static_cast<size_t*>(std::malloc(size + 2 * sizeof(size_t)));
  if (block == nullptr) return nullptr;
  *block = size;
  return block + 2;
}

void OPENSSL_memory_free(void* pointer) {
  if (pointer == nullptr) return;
  size_t* block = static_cast<size_t*>(pointer) - 2;
  std::memset(pointer, 0, *block);
  std::free(block);
}

size_t OPENSSL_memory_get_size(void* pointer) {
  return pointer == nullptr ? 0 : *(static_cast<size_t*>(pointer) - 2);
}

}  // extern "C"

namespace postern {
namespace {

class AllocationFailureTest : public TlsFixture {
 protected:
  // Serve does one connection; only what the engine does is counted.
  bool Serve(EngineHarness& harness, bool count) {
    TlsClient client({.sni = "simple.example.com"});
    const ConnectionId id = harness.Accept(443);
    const auto engine_does = [&](auto what) {
      counting = count;
      what();
      counting = false;
    };
    bool requested = false;
    for (int turn = 0; turn < 20 && !harness.end(id).closed; ++turn) {
      if (client.connected() && !requested && !client.failed()) {
        client.Send("GET / HTTP/1.1\r\nhost: simple.example.com\r\n\r\n");
        requested = true;
      }
      const std::string up = client.TakeOutput();
      if (!up.empty()) engine_does([&] { harness.Receive(id, up); });
      for (const ConnectionId upstream : harness.upstreams()) {
        if (harness.Take(upstream).empty()) continue;
        engine_does(
            [&] { harness.Receive(upstream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"); });
      }
      client.Receive(harness.Take(id));
      if (client.plaintext().ends_with("ok")) break;
    }
    engine_does([&] { harness.ReceiveEnd(id); });
    harness.Advance(std::chrono::seconds(2));
    EXPECT_TRUE(harness.end(id).closed);
    return client.plaintext().ends_with("ok");
  }
};

TEST_F(AllocationFailureTest, EndsOneConnectionAndNoOther) {
  EngineHarness::Options options;
  options.wall = kTestWallTime;
  const auto snapshot = Build();
  // How many there are, once keys are parsed and tables made.
  EngineHarness warm(snapshot, options);
  ASSERT_TRUE(Serve(warm, false));
  counted = failing = 0;
  ASSERT_TRUE(Serve(warm, true));
  const int64_t allocations = counted;
  EXPECT_GT(allocations, 20) << "the hooks are not in use";
  int64_t survived = 0;
  for (int64_t n = 1; n <= allocations; ++n) {
    SCOPED_TRACE(n);
    EngineHarness harness(snapshot, options);
    counted = 0;
    failing = n;
    survived += Serve(harness, true);
    failing = 0;
    EXPECT_TRUE(Serve(harness, false)) << "the next connection";
    if (HasFailure()) return;
  }
  EXPECT_LT(survived, allocations) << "some allocation matters";
  std::printf("%lld allocations failed, one by one\n", static_cast<long long>(allocations));
}

}  // namespace
}  // namespace postern
