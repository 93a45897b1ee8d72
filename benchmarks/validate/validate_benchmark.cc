// bazel run //benchmarks/validate:validate_benchmark
//
// BareEvents is yaml-cpp's event parser with a handler that does nothing, over the whole text;
// DecodeAndValidate is Config::FromYaml and Validate on the same text. ValidateHosts is Validate
// alone, on as many hosts as its argument says: its time for one host should not grow.

#include <benchmark/benchmark.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <string>

#include "benchmarks/yaml/big_text.h"
#include "postern/config.h"

namespace postern {
namespace {

// An Ignore takes every event and does nothing.
class Ignore : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

constexpr int kHosts = 10'000;  // 7.4 MB.

void BareEvents(benchmark::State& state) {
  const std::string text = BigText(kHosts);
  for (auto _ : state) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Ignore ignore;
    while (parser.HandleNextDocument(ignore)) {
    }
  }
}
BENCHMARK(BareEvents)->Unit(benchmark::kMillisecond);

void DecodeAndValidate(benchmark::State& state) {
  const std::string text = BigText(kHosts);
  size_t findings = 0;
  for (auto _ : state) findings = Validate(Config::FromYaml(text)).size();
  state.counters["findings"] = static_cast<double>(findings);
}
BENCHMARK(DecodeAndValidate)->Unit(benchmark::kMillisecond);

void ValidateHosts(benchmark::State& state) {
  const Config config = Config::FromYaml(BigText(static_cast<int>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(Validate(config));
  state.counters["per_host"] = benchmark::Counter(
      static_cast<double>(state.range(0)),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(ValidateHosts)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
