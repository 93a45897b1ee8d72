// bazel run //benchmarks/yaml:yaml_benchmark
//
// BareEvents is yaml-cpp's event parser with a handler that does nothing, over the whole text;
// Decode is Config::FromYaml on the same text, DecodeAndValidate that and Validate, for as many
// hosts as the argument says. `peak_MiB` is the most memory that was held at once, the text not
// counted. ValidateAlone is Validate on what was decoded before.

#include <benchmark/benchmark.h>

#include <string>

#include "benchmarks/yaml/bare_events.h"
#include "benchmarks/yaml/big_text.h"
#include "postern/config.h"
#include "tests/support/heap_watch.h"

namespace postern {
namespace {

// Measure runs `work`, and reports the memory that it held beyond what was held before.
template <typename F>
void Measure(benchmark::State& state, const F& work) {
  const std::string text = BigText(static_cast<int>(state.range(0)));
  size_t peak = 0;
  for (auto _ : state) {
    const HeapWatch watch;
    work(text);
    peak = watch.peak();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["peak_MiB"] = static_cast<double>(peak) / (1 << 20);
  state.counters["text_MB"] = static_cast<double>(text.size()) / 1e6;
}

void BareEvents(benchmark::State& state) { Measure(state, ParseBare); }
BENCHMARK(BareEvents)->Arg(10'000)->Unit(benchmark::kMillisecond);

void Decode(benchmark::State& state) {
  Measure(state, [&state](const std::string& text) {
    const Config config = Config::FromYaml(text);
    if (!config.findings.empty()) state.SkipWithError("has findings");
  });
}
BENCHMARK(Decode)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void DecodeAndValidate(benchmark::State& state) {
  Measure(state, [&state](const std::string& text) {
    if (!ToStatus(Validate(Config::FromYaml(text))).ok()) state.SkipWithError("has errors");
  });
}
BENCHMARK(DecodeAndValidate)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void ValidateAlone(benchmark::State& state) {
  const Config config = Config::FromYaml(BigText(static_cast<int>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(Validate(config));
}
BENCHMARK(ValidateAlone)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
