// What one proxied request costs an Engine in memory: hygiene, request id, log facts and deadlines
// on, over kept connections on both sides.
//
//   bazel run -c opt //benchmarks/engine:request_benchmark

#include <benchmark/benchmark.h>

#include <string>

#include "benchmarks/engine/memory_host.h"
#include "tests/support/allocations.h"

namespace postern {
namespace {

constexpr std::string_view kSmallRequest = "GET /abc HTTP/1.1\r\nhost: a.example\r\n\r\n";
constexpr std::string_view kSmallAnswer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

constexpr std::string_view kBrowserRequest =
    "GET /assets/application-5f3c9b.js?v=20261124 HTTP/1.1\r\n"
    "Host: a.example\r\n"
    "Connection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\n"
    "Accept: */*\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Sec-Fetch-Mode: no-cors\r\n"
    "Sec-Fetch-Dest: script\r\n"
    "Referer: http://a.example/products/42?ref=home\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=all\r\n"
    "\r\n";
constexpr std::string_view kBrowserAnswer =
    "HTTP/1.1 200 OK\r\n"
    "Date: Tue, 24 Nov 2026 00:00:00 GMT\r\n"
    "Server: nginx\r\n"
    "Content-Type: application/javascript; charset=utf-8\r\n"
    "Content-Length: 64\r\n"
    "Last-Modified: Mon, 23 Nov 2026 08:15:00 GMT\r\n"
    "ETag: \"6746e2c4-40\"\r\n"
    "Cache-Control: public, max-age=31536000, immutable\r\n"
    "Vary: Accept-Encoding\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "\r\n"
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

void Proxy(benchmark::State& state, std::string_view request, std::string_view answer) {
  MemoryHost host(BuildEngineConfig(), answer);
  const ConnectionId client = host.Accept(80);
  for (int i = 0; i < 1000; ++i) host.Receive(client, request);
  if (host.requests != 1000) return state.SkipWithError("not answered");
  const uint64_t allocations = Allocations(), outputs = host.output_calls;
  for (auto _ : state) host.Receive(client, request);
  const auto rate = benchmark::Counter::kAvgIterations;
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(Allocations() - allocations), rate);
  state.counters["outputs"] =
      benchmark::Counter(static_cast<double>(host.output_calls - outputs), rate);
  state.counters["request_bytes"] = static_cast<double>(request.size());
}

BENCHMARK_CAPTURE(Proxy, get_of_40_bytes, kSmallRequest, kSmallAnswer);
BENCHMARK_CAPTURE(Proxy, get_of_a_browser, kBrowserRequest, kBrowserAnswer);

}  // namespace
}  // namespace postern
