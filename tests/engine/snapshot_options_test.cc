// What SnapshotOptions change of requests and answers, seen through an Engine in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "lib/base/strings.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRoutes = R"(
  - route: [{destination: {host: web, port: {number: 8080}}}]
)";

constexpr std::string_view kRequest = "GET /x HTTP/1.1\r\nhost: a.com\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
constexpr std::string_view k500 = "HTTP/1.1 500 A\r\ncontent-length: 0\r\n\r\n";

// An Exchange is one request and answer under some options.
struct Exchange {
  std::string host;    // Of the upstream.
  std::string sent;    // What the upstream got; empty if nothing.
  std::string answer;  // What the client got.
};

class SnapshotOptionsTest : public testing::Test {
 protected:
  void Start(const std::function<void(SnapshotOptions*)>& change) {
    SnapshotOptions options = IngressOptions();
    change(&options);
    harness_ = std::make_unique<EngineHarness>(
        BuildSnapshot(StrCat(kWebGateway, WebRoutes(kRoutes, "['*']")), options));
  }

  Exchange Ask(const std::function<void(SnapshotOptions*)>& change,
               std::string_view request = kRequest) {
    Start(change);
    const ConnectionId client = harness_->Accept(80);
    harness_->Receive(client, request);
    Exchange exchange;
    if (!harness_->upstreams().empty()) {
      exchange.host = harness_->end(harness_->upstream()).host;
      exchange.sent = harness_->Take(harness_->upstream());
      harness_->Receive(harness_->upstream(), kOk);
    }
    exchange.answer = harness_->Take(client);
    return exchange;
  }

  std::unique_ptr<EngineHarness> harness_;
};

TEST_F(SnapshotOptionsTest, FieldsThatAreAddedCanBeTurnedOff) {
  const Exchange before = Ask([](SnapshotOptions*) {});
  EXPECT_THAT(before.sent, HasSubstr("\r\nx-request-id: "));
  EXPECT_THAT(before.sent, HasSubstr("\r\nx-envoy-attempt-count: 1\r\n"));
  EXPECT_THAT(before.sent, Not(HasSubstr("x-forwarded-host")));
  EXPECT_THAT(before.sent, Not(HasSubstr("x-forwarded-port")));
  EXPECT_THAT(before.answer, HasSubstr("\r\nx-envoy-upstream-service-time: 0\r\n"));
  const Exchange after = Ask([](SnapshotOptions* options) {
    options->request_id = false;
    options->attempt_count = false;
    options->envoy_debug_headers = false;
    options->x_forwarded_host = true;
    options->x_forwarded_port = true;
  });
  EXPECT_THAT(after.sent, Not(HasSubstr("x-request-id")));
  EXPECT_THAT(after.sent, Not(HasSubstr("x-envoy-attempt-count")));
  EXPECT_THAT(after.sent, HasSubstr("\r\nx-forwarded-port: 80\r\n"));
  EXPECT_THAT(after.answer, Not(HasSubstr("x-envoy-upstream-service-time")));
}

TEST_F(SnapshotOptionsTest, WhoAcceptsHttp10AnswersItAndCloses) {
  constexpr std::string_view kOld = "GET /x HTTP/1.0\r\nhost: a.com\r\n\r\n";
  EXPECT_THAT(Ask([](SnapshotOptions*) {}, kOld).answer, StartsWith("HTTP/1.1 426 "));
  const Exchange accepted =
      Ask([](SnapshotOptions* options) { options->accept_http_10 = true; }, kOld);
  EXPECT_THAT(accepted.sent, StartsWith("GET /x HTTP/1.1\r\n"));
  EXPECT_THAT(accepted.answer, HasSubstr("\r\nconnection: close\r\n"));
}

TEST_F(SnapshotOptionsTest, AFieldAboutCertificatesIsLeftAloneOnlyIfAlwaysForwarded) {
  constexpr std::string_view kSays =
      "GET /x HTTP/1.1\r\nhost: a.com\r\nx-forwarded-client-cert: By=me\r\n\r\n";
  EXPECT_THAT(Ask([](SnapshotOptions*) {}, kSays).sent, Not(HasSubstr("By=me")));
  EXPECT_THAT(Ask(
                  [](SnapshotOptions* options) {
                    options->forward_client_cert =
                        SnapshotOptions::ForwardClientCert::kAlwaysForwardOnly;
                  },
                  kSays)
                  .sent,
              HasSubstr("\r\nx-forwarded-client-cert: By=me\r\n"));
}

TEST_F(SnapshotOptionsTest, ShortNamesAreOfTheClustersDomain) {
  EXPECT_EQ(Ask([](SnapshotOptions*) {}).host, "web.prod.svc.cluster.local");
  EXPECT_EQ(Ask([](SnapshotOptions* options) { options->cluster_domain = "example.org"; }).host,
            "web.prod.svc.example.org");
}

TEST_F(SnapshotOptionsTest, RoutesWithoutRetriesHaveTheMeshs) {
  const auto tries = [this](const std::function<void(SnapshotOptions*)>& change) {
    Start(change);
    const ConnectionId client = harness_->Accept(80);
    harness_->Receive(client, kRequest);
    for (size_t i = 1; i < 9 && harness_->Take(client).empty(); ++i) {
      harness_->Receive(harness_->upstream(), k500);
      harness_->Advance(std::chrono::seconds(1));
    }
    return harness_->engine().stats().total.retries + 1;
  };
  EXPECT_EQ(tries([](SnapshotOptions*) {}), 1u) << "a 500 is not among the reasons by default";
  EXPECT_EQ(tries([](SnapshotOptions* options) {
              HttpRetry retry;
              retry.attempts = 3;
              retry.retry_on = "5xx";
              options->default_retry.emplace(retry);
            }),
            4u);
}

}  // namespace
}  // namespace postern
