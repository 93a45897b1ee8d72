// Many requests over some connections, with closes at random moments and configurations that change
// under way: no wrong answer, no connection lost that its client did not close, and the heap at the
// end as it was after the first round.
//
// Arguments: how many requests, and the seed. The target soak_test is the short run, soak the long.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "postern/config.h"
#include "tests/integration/soak_host.h"

namespace postern {
namespace {

int requests_wanted = 20'000;
uint64_t seed = 20261124;

constexpr int kConnections = 64;
constexpr int kApplies = 200;
constexpr int kRounds = 10;

// Config returns a configuration in which /service and /upstream lead to `version`.
std::shared_ptr<const Snapshot> Build(std::string_view version) {
  std::string yaml = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web, namespace: istio-system}
spec: {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: web, namespace: prod}
spec:
  hosts: ["*"]
  gateways: [istio-system/web]
  http:
  - match: [{uri: {prefix: /service/}}]
    route: [{destination: {host: service-VERSION.example.com, port: {number: 80}}}]
  - route: [{destination: {host: upstream-VERSION.example.com, port: {number: 80}}}]
)";
  for (size_t at; (at = yaml.find("VERSION")) != yaml.npos;) yaml.replace(at, 7, version);
  const auto snapshot = Snapshot::Build(Config::FromYaml(yaml));
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return *snapshot;
}

// AnswerOf is the body that `host` answers a request with.
std::string AnswerOf(std::string_view host, std::string_view path, std::string_view body) {
  uint64_t sum = 14695981039346656037u;
  for (const char c : body) sum = (sum ^ static_cast<uint8_t>(c)) * 1099511628211u;
  return std::string(host) + " " + std::string(path) + " " + std::to_string(body.size()) + " " +
         std::to_string(sum) + std::string(body.size() % 3000, '.');
}

// A Late answers its requests when it is told to.
class Late : public Service {
 public:
  explicit Late(std::string host) : host_(std::move(host)) {}

  void OnRequest(Engine& /*engine*/, StreamId stream, const ServiceRequest& request) override {
    asked_[stream.bits()].path = request.head.path;
    if (!request.has_body) whole_.push_back(stream);
  }
  void OnData(Engine& /*engine*/, StreamId stream, ByteSpan bytes) override {
    asked_[stream.bits()].body += AsText(bytes);
  }
  void OnDataEnd(Engine& /*engine*/, StreamId stream, std::span<const HeaderView>) override {
    whole_.push_back(stream);
  }
  void OnClose(Engine& /*engine*/, StreamId stream, const absl::Status& /*why*/) override {
    asked_.erase(stream.bits());
  }

  // AnswerOne answers the oldest request, if there is one.
  void AnswerOne(Engine& engine) {
    if (whole_.empty()) return;
    const StreamId stream = whole_.front();
    whole_.pop_front();
    const auto asked = asked_.find(stream.bits());
    if (asked == asked_.end()) return;  // The client has gone.
    const std::string body = AnswerOf(host_, asked->second.path, asked->second.body);
    engine.Respond(engine.now(), stream, {}, AsBytes(body));
  }

 private:
  struct Asked {
    std::string path;
    std::string body;
  };

  const std::string host_;
  std::map<uint64_t, Asked> asked_;
  std::deque<StreamId> whole_;
};

// A Client is one connection, and the request that is under way on it.
struct Client {
  ConnectionId id;
  bool open = false;
  std::string to_send;
  std::string expected;  // The body of the answer; empty: no request is under way.
};

class SoakTest : public testing::Test {
 protected:
  SoakTest() {
    host_.engine().Serve("service-v1.example.com", 0, &service_v1_);
    host_.engine().Serve("service-v2.example.com", 0, &service_v2_);
  }

  size_t Random(size_t below) { return random_() % below; }

  void Begin(Client& client) {
    const bool service = Random(2) == 0;
    const std::string path =
        (service ? "/service/" : "/upstream/") + std::to_string(requests_begun_++);
    std::string body(Random(3) == 0 ? Random(9000) : 0, 'x');
    for (char& c : body) c = static_cast<char>('a' + Random(26));
    client.to_send = (body.empty() ? "GET " : "POST ") + path + " HTTP/1.1\r\nhost: a\r\n";
    if (service && Random(2) == 0 && !body.empty()) {
      char size[20];
      std::snprintf(size, sizeof(size), "%zx", body.size());
      client.to_send += "transfer-encoding: chunked\r\n\r\n" + std::string(size) + "\r\n" + body +
                        "\r\n0\r\n\r\n";
    } else {
      if (!body.empty())
        client.to_send += "content-length: " + std::to_string(body.size()) + "\r\n";
      client.to_send += "\r\n" + body;
    }
    const std::string host =
        (service ? "service-" : "upstream-") + std::string(versions_[version_]) + ".example.com";
    client.expected = AnswerOf(host, path, body);
    // The route is decided when the head has come: all of it comes before the next Apply.
    Send(client, client.to_send.find("\r\n\r\n") + 4 + Random(100));
  }

  void Send(Client& client, size_t most) {
    const std::string part = client.to_send.substr(0, most);
    client.to_send.erase(0, part.size());
    host_.Receive(client.id, part);
  }

  void Close(Client& client) {
    host_.engine().Failed(host_.now(), client.id, absl::UnavailableError("gone"));
    host_.Settle();
    EXPECT_FALSE(host_.Open(client.id));
    client = {};
  }

  // Check looks at what has come back to `client`.
  void Check(Client& client) {
    ASSERT_TRUE(host_.Open(client.id)) << "closed under " << client.expected.substr(0, 80);
    std::string& output = host_.Output(client.id);
    const size_t head = output.find("\r\n\r\n");
    if (head == output.npos) return;
    ASSERT_TRUE(output.starts_with("HTTP/1.1 200 OK\r\n")) << output << client.expected;
    const size_t length_at = output.find("content-length: ");
    ASSERT_LT(length_at, head) << output;
    const size_t length = std::strtoul(output.c_str() + length_at + 16, nullptr, 10);
    if (output.size() < head + 4 + length) return;
    ASSERT_EQ(output.substr(head + 4), client.expected);
    output.clear();
    client.expected.clear();
    ++answers_;
  }

  // AnswerUpstream lets one upstream connection answer what it was sent, if it is whole.
  void AnswerUpstream() {
    if (host_.upstreams().empty()) return;
    auto chosen = host_.upstreams().begin();
    std::advance(chosen, Random(host_.upstreams().size()));
    const ConnectionId id = ConnectionId::FromBits(chosen->first);
    const std::string host = chosen->second;
    std::string& output = host_.Output(id);
    const size_t head = output.find("\r\n\r\n");
    if (head == output.npos) return;
    const size_t length_at = output.find("content-length: ");
    const size_t length =
        length_at < head ? std::strtoul(output.c_str() + length_at + 16, nullptr, 10) : 0;
    if (output.size() < head + 4 + length) return;
    const size_t path_at = output.find(' ') + 1;
    const std::string path = output.substr(path_at, output.find(' ', path_at) - path_at);
    const std::string body = AnswerOf(host, path, output.substr(head + 4, length));
    output.erase(0, head + 4 + length);
    const bool last = Random(20) == 0;
    const std::string answer = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) +
                               (last ? "\r\nconnection: close\r\n\r\n" : "\r\n\r\n") + body;
    const size_t split = Random(answer.size());
    host_.Receive(id, std::string_view(answer).substr(0, split));
    host_.Receive(id, std::string_view(answer).substr(split));
    if (last) host_.engine().ReceiveEnd(host_.now(), id);
    host_.Settle();
  }

  void Apply() {
    version_ = 1 - version_;
    host_.engine().Apply(host_.now(), snapshots_[version_]);
    host_.Settle();
    ++applies_;
  }

  // Step does one thing to one client, and something for the upstreams.
  void Step() {
    Client& client = clients_[Random(kConnections)];
    if (!client.open) {
      client.id = host_.Accept();
      client.open = true;
    } else if (Random(100) == 0) {
      ++closes_;
      Close(client);
    } else if (client.expected.empty()) {
      Begin(client);
    } else if (!client.to_send.empty()) {
      Send(client, 1 + Random(4000));
    }
    AnswerUpstream();
    (Random(2) == 0 ? service_v1_ : service_v2_).AnswerOne(host_.engine());
    host_.Advance(std::chrono::microseconds(Random(1000)));
    for (Client& each : clients_) {
      if (!each.expected.empty()) Check(each);
      if (HasFatalFailure()) return;
    }
  }

  // Rest closes everything, and waits until idle upstream connections have been given up.
  void Rest() {
    for (Client& client : clients_) {
      if (client.open) Close(client);
    }
    for (int i = 0; i < 1000; ++i) {
      service_v1_.AnswerOne(host_.engine());
      service_v2_.AnswerOne(host_.engine());
    }
    host_.Advance(std::chrono::hours(2));
    EXPECT_EQ(host_.engine().connections(), 0u);
    EXPECT_EQ(host_.engine().stats().memory_bytes, 0u);
  }

  const char* const versions_[2] = {"v1", "v2"};
  const std::shared_ptr<const Snapshot> snapshots_[2] = {Build("v1"), Build("v2")};
  int version_ = 0;
  Late service_v1_{"service-v1.example.com"}, service_v2_{"service-v2.example.com"};
  std::vector<Client> clients_{kConnections};
  std::mt19937_64 random_{seed};
  SoakHost host_{snapshots_[0]};
  int requests_begun_ = 0, answers_ = 0, applies_ = 0, closes_ = 0;
};

TEST_F(SoakTest, NoAnswerIsWrongNoConnectionIsLostAndNothingIsKept) {
  std::vector<size_t> heap;
  for (int round = 1; round <= kRounds; ++round) {
    while (answers_ < static_cast<int64_t>(requests_wanted) * round / kRounds) {
      Step();
      ASSERT_FALSE(HasFatalFailure());
      if (applies_ < static_cast<int64_t>(kApplies) * answers_ / requests_wanted) Apply();
    }
    Rest();
    heap.push_back(HeapBytes());
  }
  std::printf("%d answers of %d requests, %d closes, %d Applys, seed %lu\nheap after each round:",
              answers_, requests_begun_, closes_, applies_, seed);
  for (const size_t bytes : heap) std::printf(" %zu", bytes);
  std::printf("\n");
  // Pools keep what their busiest moment needed, which differs from round to round.
  EXPECT_LT(heap.back(), heap.front() + (256 << 10));
}

}  // namespace
}  // namespace postern

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1) postern::requests_wanted = std::atoi(argv[1]);
  if (argc > 2) postern::seed = std::strtoull(argv[2], nullptr, 10);
  return RUN_ALL_TESTS();
}
