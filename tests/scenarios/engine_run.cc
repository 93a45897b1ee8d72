#include "tests/scenarios/engine_run.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "lib/base/keyed_random.h"
#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/wire/h2_frames.h"

namespace postern {
namespace {

using Certificate = ScenarioProbe::ClientCertificate;

// kWall is within the validity of tests/testdata/certificates.
constexpr WallTime kWall{std::chrono::seconds(1'798'761'600)};  // 2027-01-01.

std::string TestFile(const std::string& name) {
  std::ifstream file("tests/testdata/certificates/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

Outcome::Destination ToDestination(const ClusterName& cluster) {
  return {std::string(cluster.host), cluster.port, std::string(cluster.subset)};
}

}  // namespace

std::string RequestBytes(const ScenarioProbe::Http& http) {
  std::string bytes = StrCat(http.method, " ", http.path, http.http_10 ? " HTTP/1.0" : " HTTP/1.1",
                             "\r\nhost: ", http.authority, "\r\n");
  for (const auto& [name, value] : http.headers) StrAppend(&bytes, name, ": ", value, "\r\n");
  return bytes + "\r\n";
}

std::string RequestFrames(const ScenarioProbe::Http& http, std::string_view scheme) {
  std::string block = StrCat(H2Field(":method", http.method), H2Field(":scheme", scheme),
                             H2Field(":authority", http.authority), H2Field(":path", http.path));
  for (const auto& [name, value] : http.headers) block += H2Field(name, value);
  constexpr uint8_t kHeaders = 1, kEndStreamAndHeaders = 5;
  return StrCat(H2Preface(), H2Frame(kHeaders, kEndStreamAndHeaders, 1, block));
}

void EngineRun::Watcher::OnRequest(Engine& engine, OperationId operation,
                                   const FilteredRequest& request) {
  random = request.route->random;
  engine.Complete(engine.now(), operation, FilterVerdict(ContinueRequest()));
}

void EngineRun::Recorder::OnRequest(Engine& /*engine*/, StreamId stream,
                                    const ServiceRequest& request) {
  Sent sent;
  sent.destination = ToDestination(request.cluster);
  TextMessage& message = sent.message;
  message.start_line = StrCat(request.head.method, " ", request.head.path, " HTTP/1.1");
  message.fields.emplace_back("host", request.head.authority);
  for (const HeaderView& field : request.head.headers) {
    message.fields.emplace_back(field.name, field.value);
  }
  message.complete = true;
  requests.push_back(std::move(sent));
  waiting.push_back(stream);
}

void EngineRun::Recorder::OnConnection(Engine& engine, StreamId stream,
                                       const ServiceConnection& /*connection*/) {
  bytes.emplace();
  engine.Send(engine.now(), stream, AsBytes("pong"));
}

void EngineRun::Recorder::OnData(Engine& /*engine*/, StreamId /*stream*/, ByteSpan data) {
  if (bytes) *bytes += AsText(data);
}

void EngineRun::Recorder::OnClose(Engine& /*engine*/, StreamId stream,
                                  const absl::Status& /*why*/) {
  std::erase(waiting, stream);
}

EngineHarness::Options EngineRun::Options(const ScenarioProbe& probe, uint64_t seed) {
  EngineHarness::Options options;
  options.engine = EngineOptions::Istio();
  options.seed = seed;
  options.wall = kWall;
  // A filter changes the way that requests go inside: only where its knowledge is wanted.
  if (probe.expect.Has("weights") || probe.expect.Has("mirrors")) options.engine.filter = &watcher_;
  return options;
}

EngineRun::EngineRun(std::shared_ptr<const Snapshot> snapshot, const ScenarioProbe& probe,
                     HttpVersion version, uint64_t seed, bool in_process)
    : probe_(probe), version_(version), harness_(std::move(snapshot), Options(probe, seed)) {
  if (in_process) {
    for (const Cluster& cluster : harness_.engine().snapshot()->clusters()) {
      harness_.engine().Serve(cluster.host, cluster.port, &recorder_);
    }
  }
  harness_.on_request = [this](const RequestLog& log) {
    request_logs_.push_back(
        {log.status, log.flags, std::string(log.detail), ToDestination(log.cluster), log.attempts});
  };
  harness_.on_connection = [this](const ConnectionLog& log) {
    connection_log_ = {log.flags, std::string(log.detail), ToDestination(log.cluster),
                       !log.connection->tls_version.empty(), !ending_};
  };
}

void EngineRun::Connect() {
  const std::string remote = StrCat(probe_.client_ip, ":1234");
  if (!probe_.tls) {
    http2_ = version_ == HttpVersion::kHttp2;
    plaintext_ = Plaintext();
    client_ = harness_.Accept(probe_.listener, remote);
    if (!harness_.end(client_).closed) harness_.Receive(client_, plaintext_);
    return;
  }
  TlsClient::Options options;
  options.sni = probe_.tls->sni;
  options.alpn = probe_.tls->alpn;
  if (options.alpn.empty() && version_ == HttpVersion::kHttp2) options.alpn = {"h2"};
  if (probe_.tls->certificate != Certificate::kNone) {
    const std::string name =
        probe_.tls->certificate == Certificate::kValid ? "client" : "untrusted";
    certificate_ = std::make_unique<TestCertificate>();
    certificate_->certificate = TestFile(name + ".pem");
    certificate_->key = TestFile(name + ".key");
    options.certificate = certificate_.get();
  }
  tls_ = std::make_unique<TlsPeer>(harness_, probe_.listener, options, remote);
  client_ = tls_->id();
  http2_ = tls_->tls().connected() && tls_->tls().alpn() == "h2";
  plaintext_ = Plaintext();
  tls_->Send(plaintext_);
}

std::string EngineRun::Plaintext() const {
  if (!probe_.http) return "ping\r\n";
  if (!http2_) return RequestBytes(*probe_.http);
  return RequestFrames(*probe_.http, probe_.tls ? "https" : "http");
}

void EngineRun::Answer(std::string_view response) {
  std::map<uint64_t, size_t> seen;
  for (const Sent& request : requests()) {
    if (request.upstream == ConnectionId() || harness_.end(request.upstream).closed) continue;
    const uint64_t bits = request.upstream.bits();
    if (++seen[bits] <= answered_[bits]) continue;
    answered_[bits] = seen[bits];
    if (response.empty()) {
      harness_.ReceiveEnd(request.upstream);
    } else {
      harness_.Receive(request.upstream, response);
    }
  }
  for (const ConnectionId id : harness_.upstreams()) {
    if (harness_.end(id).protocol != UpstreamTarget::Protocol::kBytes) continue;
    if (++answered_[id.bits()] == 1) harness_.Receive(id, "pong");
  }
  for (const StreamId stream : std::exchange(recorder_.waiting, {})) {
    harness_.engine().Respond(harness_.now(), stream, {});
  }
  harness_.Flush();
  if (tls_ != nullptr) tls_->Pump();
}

void EngineRun::End() {
  if (tls_ != nullptr) tls_->Pump();
  ending_ = true;
  harness_.engine().Drain(harness_.now(), harness_.now());
  harness_.Flush();
}

std::string EngineRun::received() {
  if (tls_ == nullptr) return harness_.end(client_).output;
  return tls_->tls().connected() ? tls_->tls().plaintext() : tls_->received();
}

std::string EngineRun::sent() {
  return tls_ == nullptr || tls_->tls().connected() ? plaintext_ : tls_->sent();
}

std::optional<std::string> EngineRun::piped() {
  for (const ConnectionId id : harness_.upstreams()) {
    const HarnessEnd& end = harness_.end(id);
    if (end.protocol == UpstreamTarget::Protocol::kBytes) return end.output;
  }
  return recorder_.bytes;
}

std::optional<TextMessage> EngineRun::answer() {
  const std::string bytes = received();
  if (http2_) {
    H2Reader reader;
    reader.Read(bytes);
    const H2Answer& answer = reader.answers[1];
    if (answer.status == 0) return std::nullopt;
    TextMessage message;
    message.start_line = StrCat("HTTP/1.1 ", answer.status, " A");
    for (std::string_view lines = answer.fields; !lines.empty();) {
      const std::string_view line = lines.substr(0, lines.find('\n'));
      const size_t colon = line.find(": ");
      message.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
      lines.remove_prefix(line.size() + 1);
    }
    message.body = answer.body;
    message.complete = answer.end;
    return message;
  }
  std::string_view rest = bytes;
  if (!rest.starts_with("HTTP/1.1 ")) return std::nullopt;
  const std::string_view status = rest.substr(9, 3);
  const bool bodiless =
      (probe_.http && probe_.http->method == "HEAD") || status == "204" || status == "304";
  return TakeMessage(&rest, /*response=*/true, bodiless);
}

std::vector<EngineRun::Sent> EngineRun::requests() {
  std::vector<Sent> all = recorder_.requests;
  for (const ConnectionId id : harness_.upstreams()) {
    const HarnessEnd& end = harness_.end(id);
    if (end.protocol != UpstreamTarget::Protocol::kHttp1) continue;
    std::string_view bytes = end.output;
    while (auto message = TakeMessage(&bytes, /*response=*/false, /*bodiless=*/false)) {
      all.push_back({id, {end.host, end.port, end.subset}, *std::move(message)});
    }
  }
  return all;
}

uint64_t EngineRun::random() const {
  // Of bytes, the chain's decision is the first thing that an engine draws for.
  return watcher_.random.value_or(KeyedRandom(harness_.seed()).Next());
}

}  // namespace postern
