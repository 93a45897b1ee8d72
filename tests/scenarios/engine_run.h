// The traffic of one probe through one Engine in memory, and all that could be seen of it. What the
// scenario makes of that is for engine_executor.cc.

#ifndef POSTERN_TESTS_SCENARIOS_ENGINE_RUN_H_
#define POSTERN_TESTS_SCENARIOS_ENGINE_RUN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postern/filter.h"
#include "postern/service.h"
#include "tests/scenarios/outcome.h"
#include "tests/scenarios/scenario.h"
#include "tests/support/engine_harness.h"
#include "tests/support/tls_peer.h"
#include "tests/wire/http_text.h"

namespace postern {

// An EngineRun is a fresh Engine, one client and the upstreams of it. Upstreams connect and stay
// silent until Answer.
class EngineRun {
 public:
  // A Sent is a request as one upstream got it.
  struct Sent {
    ConnectionId upstream;
    Outcome::Destination destination;
    TextMessage message;
  };

  // What the logs say, owned.
  struct RequestFacts {
    int status = 0;
    ResponseFlags flags;
    std::string detail;
    Outcome::Destination cluster;
    uint32_t attempts = 0;
  };
  struct ConnectionFacts {
    ResponseFlags flags;
    std::string detail;
    Outcome::Destination cluster;
    bool tls_terminated = false;
    bool early = false;  // It ended before End.
  };

  // Upstreams are sockets of the harness or, with `in_process`, one Service for every cluster that
  // a route can choose, those included that no socket could be opened to.
  // The client speaks `version` unless ALPN agrees on the other.
  EngineRun(std::shared_ptr<const Snapshot> snapshot, const ScenarioProbe& probe,
            HttpVersion version, uint64_t seed, bool in_process = false);

  // Connect opens the client's connection, with TLS and its request if the probe has them.
  void Connect();

  // Answer lets every upstream that has a whole request, and has not answered it, do so with
  // `response`; an empty one ends the connection. One of bytes says "pong".
  void Answer(std::string_view response = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");

  // End closes everything that is open, so that all logs are written.
  void End();

  EngineHarness& harness() { return harness_; }

  // answer returns what the client has got, if that is a response.
  std::optional<TextMessage> answer();
  // received returns what the client has got, decrypted if the engine has encrypted it; sent what
  // it sent, likewise.
  std::string received();
  std::string sent();
  // piped returns what an upstream of bytes has got; nullopt if there is none.
  std::optional<std::string> piped();

  // requests returns every whole request that upstreams have got.
  std::vector<Sent> requests();

  const std::vector<RequestFacts>& request_logs() const { return request_logs_; }
  const std::optional<ConnectionFacts>& connection_log() const { return connection_log_; }
  // random returns the number that chose the destination.
  uint64_t random() const;

 private:
  // A Watcher sees the number that each request was decided by.
  class Watcher final : public RequestFilter {
   public:
    void OnRequest(Engine& engine, OperationId operation, const FilteredRequest& request) override;
    std::optional<uint64_t> random;
  };
  // A Recorder keeps what it gets.
  class Recorder final : public Service {
   public:
    void OnRequest(Engine& engine, StreamId stream, const ServiceRequest& request) override;
    void OnConnection(Engine& engine, StreamId stream,
                      const ServiceConnection& connection) override;
    void OnData(Engine& engine, StreamId stream, ByteSpan bytes) override;
    void OnClose(Engine& engine, StreamId stream, const absl::Status& why) override;
    std::vector<Sent> requests;
    std::vector<StreamId> waiting;  // For an answer.
    std::optional<std::string> bytes;
  };

  // Plaintext returns what the client sends once it may.
  std::string Plaintext() const;

  EngineHarness::Options Options(const ScenarioProbe& probe, uint64_t seed);

  const ScenarioProbe& probe_;
  const HttpVersion version_;
  bool http2_ = false;  // What is spoken.
  Watcher watcher_;
  Recorder recorder_;
  EngineHarness harness_;
  std::unique_ptr<TestCertificate> certificate_;
  std::unique_ptr<TlsPeer> tls_;
  ConnectionId client_;
  bool ending_ = false;
  std::string plaintext_;                // That the client sends.
  std::map<uint64_t, size_t> answered_;  // Of each upstream, how many requests.
  std::vector<RequestFacts> request_logs_;
  std::optional<ConnectionFacts> connection_log_;
};

// RequestBytes returns the request of `probe` as an HTTP/1 client sends it; RequestFrames as one of
// HTTP/2 does that has just connected.
std::string RequestBytes(const ScenarioProbe::Http& http);
std::string RequestFrames(const ScenarioProbe::Http& http, std::string_view scheme);

}  // namespace postern

#endif  // POSTERN_TESTS_SCENARIOS_ENGINE_RUN_H_
