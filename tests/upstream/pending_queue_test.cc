#include "lib/upstream/pending_queue.h"

#include <gtest/gtest.h>

#include <memory>

namespace postern {
namespace {

struct Request final : public PendingRequest {
  void OnTurn() override {}
};

TEST(PendingQueueTest, TheFirstComesFirst) {
  Request a, b;
  PendingQueue queue;
  queue.Add(&a);
  queue.Add(&b);
  EXPECT_TRUE(a.waits());
  EXPECT_EQ(queue.Take(), &a);
  EXPECT_FALSE(a.waits());
  EXPECT_EQ(queue.Take(), &b);
  EXPECT_TRUE(queue.empty());
}

TEST(PendingQueueTest, ARequestLeavesFromAnyPlaceAndWhenItIsGone) {
  PendingQueue queue;
  Request a, c;
  auto b = std::make_unique<Request>();
  queue.Add(&a);
  queue.Add(b.get());
  queue.Add(&c);
  b.reset();
  a.Leave();
  a.Leave();
  queue.Add(&a);
  EXPECT_EQ(queue.Take(), &c);
  EXPECT_EQ(queue.Take(), &a);
}

TEST(PendingQueueTest, AQueueThatIsGoneHoldsNobody) {
  Request a;
  {
    PendingQueue queue;
    queue.Add(&a);
  }
  EXPECT_FALSE(a.waits());
}

}  // namespace
}  // namespace postern
