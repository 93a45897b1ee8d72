// What one connection costs an Engine: a TLS handshake beside BoringSSL alone, and the heap that
// stays with it while it is idle after one request.
//
//   bazel run -c opt //benchmarks/engine:connection_benchmark

#include <benchmark/benchmark.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <time.h>

#include <string>
#include <utility>
#include <vector>

#include "benchmarks/engine/memory_host.h"
#include "tests/support/allocations.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_client.h"

namespace postern {
namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nhost: a.example\r\n\r\n";
constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// A RawServer is BoringSSL alone with a certificate of its own, and its memory BIOs.
class RawServer {
 public:
  RawServer() : context_(SSL_CTX_new(TLS_with_buffers_method())) {
    TestSubject subject;
    subject.dns = {"a.example"};
    const TestCertificate leaf = TestCa().Issue(subject);
    const auto in = [](const std::string& pem) {
      return bssl::UniquePtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    const bssl::UniquePtr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(in(leaf.key).get(), nullptr, nullptr, nullptr));
    char* name = nullptr;
    char* header = nullptr;
    uint8_t* der = nullptr;
    long size = 0;
    PEM_read_bio(in(leaf.certificate).get(), &name, &header, &der, &size);
    const bssl::UniquePtr<CRYPTO_BUFFER> buffer(
        CRYPTO_BUFFER_new(der, static_cast<size_t>(size), nullptr));
    for (void* text :
         {static_cast<void*>(name), static_cast<void*>(header), static_cast<void*>(der)}) {
      OPENSSL_free(text);
    }
    CRYPTO_BUFFER* chain = buffer.get();
    SSL_CTX_set_chain_and_key(context_.get(), &chain, 1, key.get(), nullptr);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context_.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  }

  void Open() {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
    SSL_set_accept_state(ssl_.get());
  }
  void Receive(const std::string& bytes, std::string* out) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    SSL_do_handshake(ssl_.get());
    const uint8_t* data = nullptr;
    size_t size = 0;
    BIO_mem_contents(SSL_get_wbio(ssl_.get()), &data, &size);
    out->assign(AsText({data, size}));
    BIO_reset(SSL_get_wbio(ssl_.get()));
  }
  void Close() { ssl_.reset(); }

 private:
  bssl::UniquePtr<SSL_CTX> context_;
  bssl::UniquePtr<SSL> ssl_;
};

// An EngineServer is a connection of an Engine, from Accept over sniffing to its end.
class EngineServer {
 public:
  EngineServer() : host_(BuildEngineConfig(), kAnswer) {}

  void Open() { id_ = host_.Accept(443); }
  void Receive(const std::string& bytes, std::string* out) {
    out->clear();
    host_.Receive(id_, bytes, out);
  }
  void Close() { host_.engine().Failed(host_.engine().now(), id_, absl::CancelledError("")); }

 private:
  MemoryHost host_;
  ConnectionId id_;
};

// Handshake measures the server's own CPU time from the start of a connection to its end.
template <typename Server>
void Handshake(benchmark::State& state) {
  Server server;
  for (auto _ : state) {
    TlsClient client({.sni = "a.example", .curves = "X25519"});
    double spent = 0;
    std::string flight;
    for (int i = 0; i < 2; ++i) {
      const std::string sent = client.TakeOutput();
      const double start = CpuSeconds();
      if (i == 0) server.Open();
      server.Receive(sent, &flight);
      spent += CpuSeconds() - start;
      client.Receive(flight);
    }
    if (!client.connected()) state.SkipWithError("no handshake");
    const double start = CpuSeconds();
    server.Close();
    state.SetIterationTime(spent + CpuSeconds() - start);
  }
}
BENCHMARK(Handshake<EngineServer>)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Handshake<RawServer>)->UseManualTime()->Unit(benchmark::kMicrosecond);

constexpr size_t kIdle = 10'000;

// Idle counts what the C library's allocator has handed out for each of 10,000 connections that
// have had one request and wait for the next.
void Idle(benchmark::State& state, bool tls) {
  for (auto _ : state) {
    MemoryHost host(BuildEngineConfig(), kAnswer);
    const auto open = [&] {
      const ConnectionId id = host.Accept(tls ? 443 : 80);
      if (!tls) return host.Receive(id, kRequest);
      TlsClient client({.sni = "a.example"});
      std::string flight;
      for (int i = 0; i < 2; ++i) {
        flight.clear();
        host.Receive(id, client.TakeOutput(), &flight);
        client.Receive(flight);
      }
      client.Send(kRequest);
      host.Receive(id, client.TakeOutput());
    };
    for (int i = 0; i < 100; ++i) open();
    const int64_t before = LiveBytes();
    for (size_t i = 0; i < kIdle; ++i) open();
    state.counters["bytes_each"] =
        static_cast<double>(LiveBytes() - before) / static_cast<double>(kIdle);
    if (host.requests != kIdle + 100) state.SkipWithError("not answered");
  }
}
BENCHMARK_CAPTURE(Idle, plaintext, false)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Idle, tls, true)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
