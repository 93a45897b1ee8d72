// What one proxied request costs in lib/http alone: parse, clean, write the request; parse, clean,
// write the response. `allocations` counts calls of operator new in steady state.

#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "benchmark/benchmark.h"
#include "lib/http/forwarded.h"
#include "lib/http/h1_client_codec.h"
#include "lib/http/h1_server_codec.h"
#include "lib/http/http_date.h"
#include "lib/http/hygiene.h"

namespace {
uint64_t allocations = 0;
}

void* operator new(size_t size) {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, size_t /*size*/) noexcept { std::free(pointer); }

namespace postern {
namespace {

constexpr std::string_view kSmall = "GET /index.html HTTP/1.1\r\nHost: a.com\r\n\r\n";
constexpr std::string_view kBrowser =
    "GET /reviews/1?lang=en HTTP/1.1\r\n"
    "Host: uk.bookinfo.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Connection: keep-alive\r\n"
    "Referer: https://uk.bookinfo.com/productpage\r\n"
    "Cookie: session=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9; theme=dark; consent=1\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Priority: u=0, i\r\n\r\n";
constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";

// A BufferSink writes into one buffer that is emptied after each request.
class BufferSink : public OutputSink {
 public:
  char* Prepare(size_t size) override {
    if (text.size() < used + size) text.resize(used + size);
    return text.data() + used;
  }
  void Commit(size_t size) override { used += size; }
  void Lend(ByteSpan bytes) override { lent += bytes.size(); }

  std::string text;
  size_t used = 0, lent = 0;
};

void BM_Proxy(benchmark::State& state, std::string_view request_bytes) {
  const CodecOptions options;
  MessagePool pool;
  BufferSink down, up;
  H1ServerCodec server(&options, &pool, &down);
  H1ClientCodec client(&options, &pool, &up);
  HeaderList headers;
  HttpDate date;
  int rounds = 0;
  uint64_t before = 0;
  for (auto _ : state) {
    if (++rounds == 3) before = allocations;  // The first ones fill the pools.
    ByteSpan input = AsBytes(request_bytes);
    CodecEvent request = server.Next(&input);
    headers.Clear();
    headers.Borrow(request.request->headers);
    RemoveHopByHop(false, &headers);
    RemoveInternal(&headers);
    AddForwarded({.remote = "192.0.2.1", .local = "192.0.2.9"}, &headers);
    const auto id = RequestId({1, 2, 3});
    headers.Set("x-request-id", {id.data(), id.size()});
    headers.Add("x-envoy-attempt-count", "1");
    client.SendRequest({.method = request.request->method,
                        .authority = request.request->authority,
                        .path = request.request->path,
                        .headers = headers.fields()},
                       true);
    input = AsBytes(kResponse);
    CodecEvent response = client.Next(&input);
    SanitizeResponse(false, &response.response->headers);
    response.response->headers.Add("x-envoy-upstream-service-time", "1");
    FinishResponse(date.At(WallTime()), "postern", &response.response->headers);
    server.SendResponse(
        request.stream,
        {.status = response.response->status, .headers = response.response->headers.fields()},
        false);
    const CodecEvent data = client.Next(&input);
    server.SendData(request.stream, data.data, false);
    client.Next(&input);
    server.SendData(request.stream, {}, true);
    pool.Give(std::move(request.request));
    pool.Give(std::move(response.response));
    benchmark::DoNotOptimize(down.used + up.used);
    down.used = up.used = 0;
  }
  state.counters["allocations"] = static_cast<double>(allocations - before);
  state.counters["codec_bytes"] = sizeof(H1ServerCodec);
}
BENCHMARK_CAPTURE(BM_Proxy, small, kSmall);
BENCHMARK_CAPTURE(BM_Proxy, browser, kBrowser);

void BM_Parse(benchmark::State& state, std::string_view request_bytes) {
  const CodecOptions options;
  MessagePool pool;
  BufferSink down;
  H1ServerCodec server(&options, &pool, &down);
  for (auto _ : state) {
    ByteSpan input = AsBytes(request_bytes);
    CodecEvent request = server.Next(&input);
    server.SendResponse(request.stream, {.status = 204}, true);
    pool.Give(std::move(request.request));
    down.used = 0;
  }
}
BENCHMARK_CAPTURE(BM_Parse, small, kSmall);
BENCHMARK_CAPTURE(BM_Parse, browser, kBrowser);

}  // namespace
}  // namespace postern
