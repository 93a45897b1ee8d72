// What TLS costs: a server's handshake through a Session beside BoringSSL alone, the heap of an
// idle session, and the load of ten thousand certificates.
//
//   bazel run -c opt //benchmarks/tls:tls_benchmark

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <time.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/compile/credential_loader.h"
#include "lib/tls/pem.h"
#include "lib/tls/session.h"
#include "tests/support/string_sink.h"
#include "tests/support/test_certificates.h"
#include "tests/support/tls_client.h"

namespace postern {
namespace {

double CpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double HeapBytes() {
  malloc_trim(0);
  return static_cast<double>(mallinfo2().uordblks);
}

TestCa& Ca() {
  static TestCa* ca = new TestCa;
  return *ca;
}

const TestCertificate& Leaf(bool rsa) {
  static const auto* leaves = [] {
    TestSubject ecdsa, rsa;
    ecdsa.dns = rsa.dns = {"a.example"};
    rsa.key_type = TestKeyType::kRsa;
    return new std::pair<TestCertificate, TestCertificate>(Ca().Issue(ecdsa), Ca().Issue(rsa));
  }();
  return rsa ? leaves->second : leaves->first;
}

// A PosternServer makes sessions of one context.
class PosternServer {
 public:
  explicit PosternServer(bool rsa) {
    ServerTls tls;
    tls.identity = "benchmark";
    tls.alpn = {"h2", "http/1.1"};
    tls.certificates = {Certificate::Load("leaf", Leaf(rsa).credential()).value()};
    context_ = ServerContext::Make(std::move(tls), &policies_).value();
  }

  class Connection {
   public:
    explicit Connection(PosternServer* server)
        : session_(
              Session::Accept(server->context_, &server->environment_, &server->sink_).value()),
          sink_(&server->sink_) {}

    std::string Receive(const std::string& bytes) {
      ByteSpan in = AsBytes(bytes);
      while (session_->Read(&in, buffer_) > 0) {
      }
      return std::exchange(sink_->bytes, "");
    }
    std::string Write(const std::string& plaintext) {
      session_->Write(AsBytes(plaintext));
      return std::exchange(sink_->bytes, "");
    }

   private:
    static inline uint8_t buffer_[16 << 10];
    std::unique_ptr<Session> session_;
    StringSink* sink_;
  };

 private:
  TlsPolicyCache policies_;
  TlsEnvironment environment_{kTestWallTime, TicketKeys({1})};
  StringSink sink_;
  std::shared_ptr<const ServerContext> context_;
};

// A RawServer is BoringSSL alone, set up the same way, with its memory BIOs.
class RawServer {
 public:
  explicit RawServer(bool rsa) : context_(SSL_CTX_new(TLS_with_buffers_method())) {
    const auto in = [](const std::string& pem) {
      return bssl::UniquePtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    const bssl::UniquePtr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(in(Leaf(rsa).key).get(), nullptr, nullptr, nullptr));
    const auto chain = ReadPemCertificates(Leaf(rsa).certificate).value();
    CRYPTO_BUFFER* leaf = chain[0].get();
    if (!SSL_CTX_set_chain_and_key(context_.get(), &leaf, 1, key.get(), nullptr)) std::abort();
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context_.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  }

  class Connection {
   public:
    explicit Connection(RawServer* server) : ssl_(SSL_new(server->context_.get())) {
      SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
      BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
      SSL_set_accept_state(ssl_.get());
    }

    std::string Receive(const std::string& bytes) {
      BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
      SSL_do_handshake(ssl_.get());
      return Output();
    }
    std::string Write(const std::string& plaintext) {
      SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
      return Output();
    }

   private:
    std::string Output() {
      const uint8_t* data = nullptr;
      size_t size = 0;
      BIO_mem_contents(SSL_get_wbio(ssl_.get()), &data, &size);
      std::string bytes(AsText({data, size}));
      BIO_reset(SSL_get_wbio(ssl_.get()));
      return bytes;
    }

    bssl::UniquePtr<SSL> ssl_;
  };

 private:
  bssl::UniquePtr<SSL_CTX> context_;
};

// Handshake measures the server's own CPU time from the start of a connection to its first write.
template <typename Server>
void Handshake(benchmark::State& state) {
  Server server(/*rsa=*/state.range(0) != 0);
  const char* curves = state.range(1) != 0 ? "X25519MLKEM768:X25519" : "X25519";
  for (auto _ : state) {
    TlsClient client({.sni = "a.example", .curves = curves});
    double spent = 0;
    {
      const std::string hello = client.TakeOutput();
      double start = CpuSeconds();
      typename Server::Connection connection(&server);
      const std::string flight = connection.Receive(hello);
      spent += CpuSeconds() - start;
      client.Receive(flight);
      const std::string finished = client.TakeOutput();
      start = CpuSeconds();
      connection.Receive(finished);
      const std::string answer = connection.Write("HTTP/1.1 200 OK\r\n\r\n");
      spent += CpuSeconds() - start;
      client.Receive(answer);
      if (client.plaintext().empty()) state.SkipWithError("no answer");
    }
    state.SetIterationTime(spent);
  }
}
BENCHMARK(Handshake<PosternServer>)
    ->ArgNames({"rsa", "hybrid"})
    ->Args({0, 0})
    ->Args({0, 1})
    ->Args({1, 0})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(Handshake<RawServer>)
    ->ArgNames({"rsa", "hybrid"})
    ->Args({0, 0})
    ->Args({0, 1})
    ->Args({1, 0})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// IdleSessions measures the heap of sessions that have answered once and wait.
void IdleSessions(benchmark::State& state) {
  constexpr size_t kSessions = 1000;
  for (auto _ : state) {
    PosternServer server(/*rsa=*/false);
    std::vector<std::unique_ptr<PosternServer::Connection>> connections;
    connections.reserve(kSessions);
    const double before = HeapBytes();
    for (size_t i = 0; i < kSessions; ++i) {
      TlsClient client({.sni = "a.example"});
      connections.push_back(std::make_unique<PosternServer::Connection>(&server));
      client.Receive(connections.back()->Receive(client.TakeOutput()));
      client.Send("GET / HTTP/1.1\r\n\r\n");
      connections.back()->Receive(client.TakeOutput());
      connections.back()->Write("HTTP/1.1 200 OK\r\n\r\n");
    }
    state.counters["bytes_each"] = (HeapBytes() - before) / kSessions;
  }
}
BENCHMARK(IdleSessions)->Iterations(1)->Unit(benchmark::kMillisecond);

// LoadCertificates loads one certificate a server, as Snapshot::Build does.
void LoadCertificates(benchmark::State& state) {
  constexpr size_t kServers = 10'000;
  const bool rsa = state.range(0) != 0;
  MemoryCredentials memory;
  const auto certificates = Ca().IssueMany(kServers, rsa ? TestKeyType::kRsa : TestKeyType::kEcdsa);
  std::vector<ServerTlsSettings> settings(kServers);
  for (size_t i = 0; i < kServers; ++i) {
    settings[i].mode = ServerTlsSettings::TlsMode::kSimple;
    settings[i].credential_name = "c" + std::to_string(i);
    memory.Set({CredentialName::Kind::kKeyPair, "ns", settings[i].credential_name},
               certificates[i].credential());
  }
  for (auto _ : state) {
    const double before = HeapBytes();
    const double start = CpuSeconds();
    CredentialLoader loader(&memory, "ns");
    std::vector<ServerCredentials> loaded;
    for (const ServerTlsSettings& server : settings) {
      loaded.push_back(loader.Load(server, server.credential_name, {"h2"}, {"", 443}));
      if (!loaded.back().ready()) state.SkipWithError("not ready");
    }
    state.SetIterationTime(CpuSeconds() - start);
    state.counters["bytes_each"] = (HeapBytes() - before) / kServers;
  }
}
BENCHMARK(LoadCertificates)
    ->ArgName("rsa")
    ->Arg(0)
    ->Arg(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
