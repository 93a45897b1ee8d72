#include "tests/integration/soak_host.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>

// Present in a program with a sanitizer.
extern "C" __attribute__((weak)) size_t __sanitizer_get_current_allocated_bytes();

namespace postern {

SoakHost::SoakHost(std::shared_ptr<const Snapshot> snapshot)
    : engine_(std::move(snapshot), this, {now_, WallTime(std::chrono::hours(498'000)), {1}}) {}

void SoakHost::Advance(Duration by) {
  const TimePoint until = now_ + by;
  for (auto next = engine_.deadline(); next && *next <= until; next = engine_.deadline()) {
    now_ = std::max(now_, *next);
    engine_.Tick(now_);
  }
  now_ = until;
}

void SoakHost::Settle() { Advance(Duration::zero()); }

ConnectionId SoakHost::Accept() {
  PeerInfo peer;
  peer.remote = Address::Ipv4({192, 0, 2, 1}, 1234);
  const ConnectionId id = engine_.Accept(now_, {"", 80}, peer);
  output_[id.bits()];
  Settle();
  return id;
}

void SoakHost::Receive(ConnectionId id, std::string_view bytes) {
  // A copy that is gone afterwards: what the engine keeps of it, a sanitizer finds.
  const auto copy = std::make_unique<std::string>(bytes);
  engine_.Receive(now_, id, AsBytes(*copy));
  Settle();
}

void SoakHost::OnConnect(ConnectionId id, const UpstreamTarget& target) {
  EXPECT_FALSE(output_.contains(id.bits()));
  output_[id.bits()];
  upstreams_[id.bits()] = std::string(target.cluster.host);
  engine_.Connected(now_, id);
}

void SoakHost::OnOutput(ConnectionId id) {
  ByteSpan slices[4];
  while (const size_t count = engine_.Output(id, slices)) {
    size_t size = 0;
    for (const ByteSpan slice : std::span(slices).first(count)) {
      output_.at(id.bits()) += AsText(slice);
      size += slice.size();
    }
    engine_.Consume(now_, id, size);
  }
}

void SoakHost::OnClose(ConnectionId id, CloseMode /*mode*/) {
  EXPECT_EQ(output_.erase(id.bits()), 1u) << "OnClose of an id that is not open";
  upstreams_.erase(id.bits());
}

size_t HeapBytes() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) {
    return __sanitizer_get_current_allocated_bytes();
  }
  return mallinfo2().uordblks;
}

}  // namespace postern
