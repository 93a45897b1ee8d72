// bazel run //benchmarks/match:host_table_benchmark
//
// How long a HostTable takes for one host, among N names of which one in ten is a wildcard. Hosts
// are asked in random order, so that beyond the caches a lookup pays for memory.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "postern/host_pattern.h"
#include "postern/host_table.h"

namespace {

constexpr size_t kAsked = 1 << 16;

std::string Name(size_t i) { return "shop-" + std::to_string(i * 7919) + ".eu.example.com"; }

postern::HostTable<size_t> Table(size_t names) {
  postern::HostTable<size_t> table;
  for (size_t i = 0; i < names; ++i) {
    const std::string text = i % 10 == 9 ? "*." + Name(i) : Name(i);
    if (!table.Add(*postern::HostPattern::Parse(text), i).ok()) std::abort();
  }
  return table;
}

// What is asked for: a name of the table, a host below one of its wildcards, or neither.
enum class Ask { kExact, kWildcard, kNothing };

void Find(benchmark::State& state, Ask ask) {
  const auto names = static_cast<size_t>(state.range(0));
  const postern::HostTable<size_t> table = Table(names);
  std::mt19937_64 random(1);
  std::vector<std::string> hosts(kAsked);
  for (std::string& host : hosts) {
    size_t i = random() % names;
    switch (ask) {
      case Ask::kExact:
        while (i % 10 == 9) i = random() % names;
        host = Name(i);
        break;
      case Ask::kWildcard:
        host = "www." + Name(names < 10 ? 0 : i / 10 * 10 + 9);
        break;
      case Ask::kNothing:
        host = Name(i) + ".org";
        break;
    }
  }
  size_t at = 0;
  size_t found = 0;
  for (auto _ : state) {
    const size_t* value = table.Find(hosts[at++ % kAsked]);
    found += value != nullptr;
    benchmark::DoNotOptimize(value);
  }
  const bool expected = ask == Ask::kExact || (ask == Ask::kWildcard && names >= 10);
  if ((found > 0) != expected) state.SkipWithError("the wrong hosts were found");
}

BENCHMARK_CAPTURE(Find, exact, Ask::kExact)->Arg(1)->Arg(10'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(Find, wildcard, Ask::kWildcard)->Arg(10)->Arg(10'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(Find, nothing, Ask::kNothing)->Arg(1)->Arg(10'000)->Arg(1'000'000);

}  // namespace
