// bazel run //benchmarks/yaml:yaml_benchmark
//
// BareEvents is yaml-cpp's event parser with a handler that does nothing, over the whole text;
// Decode is Config::FromYaml on the same text. `peak_MiB` is the most memory that the decoding held
// at once, the text not counted.

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <sstream>
#include <string>

#include "benchmarks/yaml/big_text.h"
#include "postern/config.h"

namespace {

std::atomic<size_t> live = 0;
std::atomic<size_t> peak = 0;

void* Allocate(size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  const size_t now = live += malloc_usable_size(memory);
  if (now > peak) peak = now;
  return memory;
}

void Release(void* memory) {
  live -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete[](void* memory) noexcept { Release(memory); }
void operator delete(void* memory, size_t) noexcept { Release(memory); }
void operator delete[](void* memory, size_t) noexcept { Release(memory); }

namespace postern {
namespace {

class Nothing : public YAML::EventHandler {
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

// Measure runs `work`, and reports the memory that it held beyond what was held before.
template <typename F>
void Measure(benchmark::State& state, const std::string& text, const F& work) {
  size_t held = 0;
  for (auto _ : state) {
    const size_t before = live;
    peak = before;
    work();
    held = peak - before;
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
  state.counters["peak_MiB"] = static_cast<double>(held) / (1 << 20);
  state.counters["text_MB"] = static_cast<double>(text.size()) / 1e6;
}

void BareEvents(benchmark::State& state) {
  const std::string text = BigText(static_cast<int>(state.range(0)));
  Measure(state, text, [&] {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Nothing nothing;
    while (parser.HandleNextDocument(nothing)) {
    }
  });
}
BENCHMARK(BareEvents)->Arg(10'000)->Unit(benchmark::kMillisecond);

void Decode(benchmark::State& state) {
  const std::string text = BigText(static_cast<int>(state.range(0)));
  Measure(state, text, [&] {
    const Config config = Config::FromYaml(text);
    if (!config.findings.empty()) state.SkipWithError("has findings");
  });
}
BENCHMARK(Decode)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace postern
