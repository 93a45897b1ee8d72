// bazel run //benchmarks/compile:build_benchmark
//
// Snapshot::Build of one Gateway with as many HTTPS servers as the argument says, each with a
// VirtualService and an ECDSA certificate of its own from memory; reading the YAML is not in it.
// `snapshot_MiB` is the heap that the Snapshot holds, `resident_MiB` the whole program with the
// Config and the certificates' PEM there and the YAML freed, `serving_MiB` with the Config freed
// too, which a Snapshot does not need. OneServer has all hosts in one list.

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "benchmarks/yaml/big_text.h"
#include "postern/config.h"
#include "postern/snapshot.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

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

// CredentialsFor knows the secrets that BigText names: a certificate of its own for each host, made
// once in the program. They are the only copy of the PEM.
MemoryCredentials& CredentialsFor(int hosts) {
  static auto* const ca = new TestCa;
  static auto* const credentials = new MemoryCredentials;
  static int known = 0;
  for (; known < hosts; ++known) {
    const std::string shop = "shop-" + std::to_string(known);
    TestSubject subject;
    subject.common_name = shop + ".example.com";
    subject.dns = {subject.common_name};
    credentials->Set({CredentialName::Kind::kKeyPair, "istio-system", shop + "-cert"},
                     ca->Issue(subject).credential());
  }
  return *credentials;
}

SnapshotOptions Options() {
  SnapshotOptions options;
  options.labels = {{"istio", "ingressgateway"}};
  return options;
}

void Run(benchmark::State& state, Config config, MemoryCredentials* credentials) {
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
  config = Config();
  state.counters["serving_MiB"] = ResidentBytes() / kMiB;
}

void BuildTlsHosts(benchmark::State& state) {
  const auto hosts = static_cast<int>(state.range(0));
  MemoryCredentials& credentials = CredentialsFor(hosts);
  Config config = Config::FromYaml(BigText(hosts));
  Run(state, std::move(config), &credentials);
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
  Run(state, std::move(config), &none);
}
BENCHMARK(BuildOneServer)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
