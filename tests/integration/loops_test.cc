// Each host of examples/loops over real sockets, under the same tests. A gateway in front runs on
// the host under test; the one behind it, which answers, on epoll.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "examples/local_upstream.h"
#include "examples/loops/asio_host.h"
#include "examples/loops/epoll_host.h"
#include "examples/loops/uv_host.h"
#include "postern/config.h"
#include "tests/integration/test_client.h"

namespace postern {
namespace {

constexpr char kConfig[] = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web, namespace: istio-system}
spec:
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}
  - {port: {number: 81, name: tcp, protocol: TCP}, hosts: ["*"]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/web]
  http:
  - route: [{destination: {host: back, port: {number: 80}}}]
  tcp:
  - match: [{port: 81}]
    route: [{destination: {host: back, port: {number: 81}}}]
)";

constexpr char kBack[] = "back.prod.svc.cluster.local";
constexpr size_t kBig = 10 << 20;

std::shared_ptr<const Snapshot> Build() {
  const auto snapshot = Snapshot::Build(Config::FromYaml(kConfig));
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return *snapshot;
}

TimePoint Now() { return std::chrono::steady_clock::now(); }

size_t Count(std::string_view text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

std::string Get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nhost: a.example.com\r\n\r\n";
}

template <typename Host>
class LoopsTest : public testing::Test {
 protected:
  LoopsTest() : front_(Build()), back_(Build()), upstream_("back") {
    back_.engine().Serve(kBack, 0, &upstream_);
    const Address any_port = Address::Ipv4({127, 0, 0, 1}, 0);
    for (const uint16_t port : {80, 81}) {
      const auto back = back_.Listen({"", port}, any_port);
      const auto front = front_.Listen({"", port}, any_port);
      EXPECT_TRUE(back.ok() && front.ok());
      (port == 80 ? http_port_ : tcp_port_) = *front;
      SetBack(port, *back);
    }
  }

  void SetBack(uint16_t port, uint16_t at) {
    Endpoint endpoint;
    endpoint.address = Address::Ipv4({127, 0, 0, 1}, at);
    front_.engine().SetEndpoints(Now(), kBack, port, {&endpoint, 1});
  }

  TestClient& Connect(uint16_t port) {
    clients_.push_back(std::make_unique<TestClient>(port));
    return *clients_.back();
  }

  // Until turns everything until `done`, and returns whether that came within ten seconds.
  bool Until(const std::function<bool()>& done) {
    const TimePoint end = Now() + std::chrono::seconds(10);
    while (!done()) {
      if (Now() > end) return false;
      for (const auto& client : clients_) client->Turn();
      back_.Turn(0);
      front_.Turn(1);
    }
    return true;
  }

  // Wait turns everything for a while.
  void Wait(std::chrono::milliseconds time) {
    const TimePoint end = Now() + time;
    Until([&] { return Now() > end; });
  }

  Host front_;
  EpollHost back_;
  LocalUpstream upstream_;
  uint16_t http_port_ = 0;
  uint16_t tcp_port_ = 0;
  std::vector<std::unique_ptr<TestClient>> clients_;
};

using Hosts = testing::Types<EpollHost, UvHost, AsioHost>;
TYPED_TEST_SUITE(LoopsTest, Hosts);

TYPED_TEST(LoopsTest, ARequestIsAnsweredAndTheConnectionKeptForTheNext) {
  TestClient& client = this->Connect(this->http_port_);
  for (size_t i = 1; i <= 3; ++i) {
    client.Send(Get("/a"));
    ASSERT_TRUE(this->Until([&] { return Count(client.received(), "answers GET /a\n") == i; }));
  }
  EXPECT_FALSE(client.ended());
  EXPECT_EQ(this->front_.engine().connections(), 2u) << "the client's, and one to the upstream";
}

TYPED_TEST(LoopsTest, PipelinedRequestsAreAnsweredInTheirOrder) {
  TestClient& client = this->Connect(this->http_port_);
  client.Send(Get("/1") + Get("/2") + Get("/3"));
  ASSERT_TRUE(this->Until([&] { return Count(client.received(), "HTTP/1.1 200") == 3; }));
  ASSERT_TRUE(this->Until([&] { return Count(client.received(), "GET /3\n") == 1; }));
  EXPECT_LT(client.received().find("GET /1\n"), client.received().find("GET /2\n"));
  EXPECT_LT(client.received().find("GET /2\n"), client.received().find("GET /3\n"));
}

TYPED_TEST(LoopsTest, ConnectionCloseIsAnsweredAndClosed) {
  TestClient& client = this->Connect(this->http_port_);
  client.Send("GET /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  ASSERT_TRUE(this->Until([&] { return client.ended() || client.broken(); }));
  EXPECT_TRUE(client.ended()) << "not by a reset";
  EXPECT_EQ(Count(client.received(), "answers GET /a\n"), 1u);
}

TYPED_TEST(LoopsTest, AHalfClosedTunnelCarriesTheOtherWayOn) {
  TestClient& client = this->Connect(this->tcp_port_);
  client.Send("hello");
  client.End();
  ASSERT_TRUE(this->Until([&] { return client.ended() || client.broken(); }));
  EXPECT_EQ(client.received(), "hello");
  EXPECT_TRUE(this->Until([&] { return this->front_.engine().connections() == 0; }));
}

TYPED_TEST(LoopsTest, ABigBodyGoesUp) {
  TestClient& client = this->Connect(this->http_port_);
  client.Send("POST /up HTTP/1.1\r\nhost: a\r\ncontent-length: " + std::to_string(kBig) +
              "\r\n\r\n");
  client.Send(std::string(kBig, 'u'));
  const std::string expected = "received " + std::to_string(kBig) + " bytes\n";
  EXPECT_TRUE(this->Until([&] { return Count(client.received(), expected) == 1; }));
}

TYPED_TEST(LoopsTest, ABigBodyComesDownAndASlowReaderHoldsItBack) {
  TestClient& client = this->Connect(this->http_port_);
  client.SetReading(false);
  client.Send(Get("/down?bytes=" + std::to_string(4 * kBig)));
  this->Wait(std::chrono::milliseconds(500));
  EXPECT_LT(this->front_.engine().stats().memory_bytes, kBig / 4);
  EXPECT_LT(this->back_.engine().stats().memory_bytes, kBig / 4);
  client.SetReading(true);
  ASSERT_TRUE(this->Until([&] { return client.received().size() > 4 * kBig; }));
  const size_t body = client.received().find("\r\n\r\n") + 4;
  const size_t text = client.received().find('\n', body) + 1;
  EXPECT_EQ(client.received().size() - text, 4 * kBig);
  EXPECT_EQ(client.received().find_first_not_of('.', text), std::string::npos);
}

TYPED_TEST(LoopsTest, AnEchoThatNobodyReadsHoldsItsSenderBack) {
  TestClient& client = this->Connect(this->tcp_port_);
  client.SetReading(false);
  client.Send(std::string(4 * kBig, 'e'));
  client.End();
  this->Wait(std::chrono::milliseconds(300));
  EXPECT_LT(this->front_.engine().stats().memory_bytes, kBig / 4);
  EXPECT_LT(this->back_.engine().stats().memory_bytes, kBig / 4);
  client.SetReading(true);
  ASSERT_TRUE(this->Until([&] { return client.ended() || client.broken(); }));
  EXPECT_EQ(client.received().size(), 4 * kBig);
}

TYPED_TEST(LoopsTest, AClientThatBreaksOffDisturbsNobody) {
  TestClient& broken = this->Connect(this->http_port_);
  broken.SetReading(false);
  broken.Send(Get("/down?bytes=" + std::to_string(kBig)));
  this->Wait(std::chrono::milliseconds(100));
  broken.Reset();
  TestClient& client = this->Connect(this->http_port_);
  client.Send(Get("/a"));
  EXPECT_TRUE(this->Until([&] { return Count(client.received(), "answers GET /a\n") == 1; }));
  EXPECT_TRUE(this->Until([&] { return this->front_.engine().connections() == 2; }))
      << "the broken client and its upstream are gone";
}

TYPED_TEST(LoopsTest, AnUpstreamThatIsNotThereIsAnswered503) {
  this->SetBack(80, 1);  // tcpmux: nobody listens there.
  TestClient& client = this->Connect(this->http_port_);
  client.Send(Get("/a"));
  EXPECT_TRUE(this->Until([&] { return client.received().starts_with("HTTP/1.1 503 "); }));
}

TYPED_TEST(LoopsTest, AHundredConnectionsAreServedAtOnce) {
  for (int i = 0; i < 100; ++i) {
    this->Connect(this->http_port_).Send(Get("/" + std::to_string(i)));
  }
  for (size_t i = 0; i < 100; ++i) {
    const std::string expected = "answers GET /" + std::to_string(i) + "\n";
    EXPECT_TRUE(this->Until([&] { return Count(this->clients_[i]->received(), expected) == 1; }));
  }
}

TYPED_TEST(LoopsTest, DrainLetsTheAnswerUnderWayEndAndThenThereIsNothing) {
  TestClient& idle = this->Connect(this->http_port_);
  idle.Send(Get("/a"));
  ASSERT_TRUE(this->Until([&] { return Count(idle.received(), "answers GET /a\n") == 1; }));
  TestClient& busy = this->Connect(this->http_port_);
  busy.SetReading(false);
  busy.Send(Get("/down?bytes=" + std::to_string(kBig)));
  this->Wait(std::chrono::milliseconds(100));
  this->front_.StopListening();
  this->front_.engine().Drain(Now(), Now() + std::chrono::seconds(8));
  busy.SetReading(true);
  ASSERT_TRUE(this->Until([&] { return this->front_.engine().connections() == 0; }));
  this->Wait(std::chrono::milliseconds(10));
  EXPECT_TRUE(idle.ended());
  EXPECT_GT(busy.received().size(), kBig);
}

TYPED_TEST(LoopsTest, AHostMayBeDestroyedWithEverythingOpen) {
  TestClient& client = this->Connect(this->http_port_);
  client.Send(Get("/down?bytes=" + std::to_string(kBig)));
  this->Wait(std::chrono::milliseconds(5));
}

}  // namespace
}  // namespace postern
