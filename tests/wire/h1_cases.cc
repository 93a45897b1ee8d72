#include "tests/wire/h1_cases.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/wire/case_file.h"

namespace postern {
namespace {

constexpr int kRandomCuts = 100;

void CheckClientCase(const WireProxy& proxy, const CaseNode& expect, const Transcript& seen) {
  CheckKeys(expect, {"status", "close", "forwarded_as", "requests", "interim", "then", "incomplete",
                     "upstream"});
  std::vector<int> interim;
  for (const CaseNode& status : expect["interim"].items) {
    interim.push_back(static_cast<int>(status.Int()));
  }
  EXPECT_EQ(seen.interim, interim);
  EXPECT_EQ(seen.client_closed, expect["close"].Bool());

  std::vector<int> statuses;
  const bool incomplete = expect["incomplete"].Bool();
  size_t complete = 0;
  if (expect.Has("forwarded_as")) {
    complete = static_cast<size_t>(expect["requests"].Int(1));
    if (incomplete) complete = 0;
    EXPECT_FALSE(seen.requests.empty());
    if (seen.requests.empty()) return;
    CheckForwarded(expect["forwarded_as"], seen.requests.front());
    if (expect["forwarded_as"].Has("path")) {
      EXPECT_EQ(seen.requests.front().Target(),
                proxy.ForwardedPath(expect["forwarded_as"]["path"].Text()));
    }
    statuses.assign(complete, 200);
  }
  if (expect.Has("status")) statuses.push_back(static_cast<int>(expect["status"].Int()));
  if (expect.Has("then")) {
    CheckKeys(expect["then"], {"status"});
    statuses.push_back(static_cast<int>(expect["then"]["status"].Int()));
  }
  std::vector<int> answers;
  for (const TextMessage& answer : seen.answers) {
    answers.push_back(answer.Status());
    EXPECT_TRUE(answer.complete);
  }
  EXPECT_EQ(answers, statuses);
  if (!seen.answers.empty() && expect["close"].Bool()) {
    EXPECT_EQ(seen.answers.back().Field("connection"), "close");
  }
  EXPECT_EQ(std::count_if(seen.requests.begin(), seen.requests.end(),
                          [](const TextMessage& request) { return request.complete; }),
            static_cast<std::ptrdiff_t>(complete))
      << "a refused message must not be completed upstream";
  if (expect.Has("upstream")) {
    EXPECT_EQ(expect["upstream"].Text(), "aborted");
    EXPECT_TRUE(seen.upstream_closed || (!seen.sends_at_once && seen.requests.empty()));
  }
}

// Runs `run` with each way to cut `size` bytes and checks the first outcome, and that the others
// are the same.
template <typename Run, typename Check>
void RunCuts(size_t size, Run run, Check check) {
  std::optional<std::string> first;
  for (const Cut& cut : Cuts(size, kRandomCuts, 20261124)) {
    const Transcript transcript = run(cut);
    if (!first) {
      first = transcript.Canonical();
      check(transcript);
    }
    EXPECT_EQ(transcript.Canonical(), *first) << "fed in " << cut.size() << " pieces";
    if (testing::Test::HasFailure()) break;
  }
}

// Reads a row of h1_upstream.yaml, with its markers taken out.
UpstreamRun ReadUpstreamCase(const CaseNode& row) {
  UpstreamRun result;
  const std::string kind = row["request"].Text();
  if (kind == "GET" || kind == "HEAD" || kind == "GET on a reused connection") {
    result.request = kind.substr(0, kind.find(' ')) + " / HTTP/1.1\r\nHost: a\r\n\r\n";
  } else if (kind == "POST") {
    result.request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab";
  } else if (kind == "POST (body unfinished)") {
    result.request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab";
  } else if (kind == "GET+Upgrade: websocket") {
    result.request =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  } else {
    ADD_FAILURE() << "not understood: " << kind;
  }
  result.bodiless = kind == "HEAD";
  result.reused = kind == "GET on a reused connection";
  result.bytes = row["upstream_bytes"].Bytes();
  const auto take = [&](std::string_view marker) {
    const size_t at = result.bytes.find(marker);
    if (at == std::string::npos) return at;
    result.bytes.erase(at, marker.size());
    return at;
  };
  result.end = take("<EOF>") != std::string::npos;
  if (const size_t at = take("<61 KiB>"); at != std::string::npos) {
    result.bytes.insert(at, std::string(61 << 10, 'a'));
  }
  if (take(" (x1000)") != std::string::npos) {
    const std::string once = result.bytes;
    for (int i = 1; i < 1000; ++i) result.bytes += once;
  }
  EXPECT_EQ(result.bytes.find('<'), result.bytes.find("</")) << "a marker is not understood";
  return result;
}

void CheckUpstreamCase(const UpstreamRun& run, const CaseNode& expect, const Transcript& seen) {
  CheckKeys(expect, {"status", "flags", "upstream_reuse", "headers", "body", "interim", "absent",
                     "tunnel", "downstream", "downstream_h1", "downstream_h2", "retry"});
  ASSERT_EQ(seen.answers.size(), 1u);
  const TextMessage& answer = seen.answers.front();
  EXPECT_EQ(answer.Status(), expect["status"].Int());
  if (run.retried) {
    EXPECT_TRUE(expect["retry"].Text().starts_with("one retry on a new connection"));
    EXPECT_EQ(seen.requests.size(), 3u) << "one before, one try, and one more";
  }
  if (expect.Has("flags")) {
    EXPECT_EQ(seen.flags, expect["flags"].Text());
  }
  if (expect.Has("upstream_reuse")) {
    EXPECT_EQ(!seen.upstream_closed, expect["upstream_reuse"].Bool());
  }
  if (expect.Has("body")) {
    EXPECT_EQ(answer.body, expect["body"].Bytes());
  }
  for (const auto& [name, value] : expect["headers"].fields) {
    CheckField(name, value.Text(), answer);
  }
  for (const std::string& name : expect["absent"].Texts()) {
    if (name.find("(h2)") == std::string::npos) {
      EXPECT_FALSE(answer.Has(name)) << name;
    }
  }
  if (expect.Has("interim")) {
    std::vector<int> interim;
    for (const CaseNode& status : expect["interim"].items) {
      interim.push_back(static_cast<int>(status.Int()));
    }
    EXPECT_EQ(seen.interim, interim);
  }
  if (expect.Has("tunnel")) {
    EXPECT_EQ(expect["tunnel"].Bool(), answer.Status() == 101);
  }
  const bool reset = expect.Has("downstream");
  if (reset) {
    EXPECT_TRUE(expect["downstream"].Text().starts_with("reset mid-body"));
  }
  EXPECT_EQ(seen.client_reset, reset);
  EXPECT_EQ(answer.complete, !reset);
  if (expect.Has("downstream_h1")) {
    EXPECT_EQ(answer.Field("connection"), "close");
    EXPECT_TRUE(seen.client_closed);
  }
}

}  // namespace

void RunClientCases(const std::string& name, const MakeProxy& make) {
  const CaseNode file = ReadWireCases(name);
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row, {"name", "ref", "input", "input_parts", "then", "expect", "envoy", "note",
                    "peers", "postern"});
    const std::string input = CaseInput(row);
    ASSERT_FALSE(input.empty());
    EXPECT_TRUE(!row.Has("then") || row["then"].Text() == "half_close");
    const CaseNode expect = CaseExpected(row, make()->level());
    RunCuts(
        input.size(),
        [&](const Cut& cut) { return RunClient(make().get(), input, cut, row.Has("then")); },
        [&](const Transcript& seen) { CheckClientCase(*make(), expect, seen); });
  }
  std::printf("%s: %zu cases\n", name.c_str(), file.items.size());
}

void RunUpstreamCases(const MakeProxy& make) {
  const CaseNode file = ReadWireCases("h1_upstream.yaml");
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row,
              {"name", "ref", "request", "upstream_bytes", "expect", "envoy", "note", "postern"});
    UpstreamRun upstream = ReadUpstreamCase(row);
    const std::unique_ptr<WireProxy> proxy = make();
    const CaseNode expect = CaseExpected(row, proxy->level());
    // Trying again is the engine's.
    upstream.retried = expect.Has("retry") && proxy->level() == "engine";
    RunCuts(
        upstream.bytes.size(),
        [&](const Cut& cut) { return RunUpstream(make().get(), upstream, cut); },
        [&](const Transcript& seen) { CheckUpstreamCase(upstream, expect, seen); });
  }
  std::printf("h1_upstream.yaml: %zu cases\n", file.items.size());
}

}  // namespace postern
