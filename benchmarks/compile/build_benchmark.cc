// bazel run //benchmarks/compile:build_benchmark
//
// Snapshot::Build of one Gateway with as many HTTPS servers as the argument says, each with a
// VirtualService and an ECDSA certificate of its own from memory; reading the YAML is not in it.
// `snapshot_MiB` is the heap that the Snapshot holds, `resident_MiB` the whole program with the
// Config and the certificates' PEM there and the YAML freed. OneServer has all hosts in one list.

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/yaml/big_text.h"
#include "postern/config.h"
#include "postern/snapshot.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

constexpr int kCertificates = 10'000;  // Made once; more hosts use them again.
constexpr double kMiB = 1 << 20;

double HeapBytes() {
  malloc_trim(0);
  return static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd);
}

double ResidentBytes() {
  malloc_trim(0);
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  long pages = 0;
  if (file == nullptr || std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file != nullptr) std::fclose(file);
  return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

const std::vector<TestCertificate>& Certificates() {
  static const auto* certificates =
      new std::vector<TestCertificate>(TestCa().IssueMany(kCertificates, TestKeyType::kEcdsa));
  return *certificates;
}

// CredentialsFor knows the secrets that BigText names.
MemoryCredentials CredentialsFor(int hosts) {
  MemoryCredentials credentials;
  for (int i = 0; i < hosts; ++i) {
    credentials.Set(
        {CredentialName::Kind::kKeyPair, "istio-system", "shop-" + std::to_string(i) + "-cert"},
        Certificates()[static_cast<size_t>(i % kCertificates)].credential());
  }
  return credentials;
}

SnapshotOptions Options() {
  SnapshotOptions options;
  options.labels = {{"istio", "ingressgateway"}};
  return options;
}

void Run(benchmark::State& state, const Config& config, MemoryCredentials* credentials) {
  const double before = HeapBytes();
  std::shared_ptr<const Snapshot> snapshot;
  for (auto _ : state) {
    state.PauseTiming();
    snapshot.reset();
    state.ResumeTiming();
    auto built = Snapshot::Build(config, Options(), credentials);
    if (!built.ok()) return state.SkipWithError("refused");
    snapshot = *std::move(built);
  }
  if (snapshot->report().size() > 0) {
    state.SkipWithError(snapshot->report().front().diagnostic.ToString().c_str());
  }
  state.counters["certificates"] = static_cast<double>(snapshot->certificates().size());
  state.counters["snapshot_MiB"] = (HeapBytes() - before) / kMiB;
  state.counters["resident_MiB"] = ResidentBytes() / kMiB;
}

void BuildTlsHosts(benchmark::State& state) {
  const auto hosts = static_cast<int>(state.range(0));
  MemoryCredentials credentials = CredentialsFor(hosts);
  const Config config = Config::FromYaml(BigText(hosts));
  Run(state, config, &credentials);
}
BENCHMARK(BuildTlsHosts)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BuildOneServer(benchmark::State& state) {
  const auto hosts = static_cast<int>(state.range(0));
  Config config = Config::FromYaml(BigText(hosts));
  Gateway& gateway = config.gateways.front();
  Server all;
  all.port = Port{80, "HTTP", "http", 0};
  for (Server& server : gateway.servers) all.hosts.push_back(std::move(server.hosts.front()));
  gateway.servers = {std::move(all)};
  MemoryCredentials none;
  Run(state, config, &none);
}
BENCHMARK(BuildOneServer)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
