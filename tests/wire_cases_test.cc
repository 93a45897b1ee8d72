// Runs every case of tests/testdata/wire_cases: bytes in, outcome; whole, byte by byte, and cut in
// other ways, always with the same outcome.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "lib/match/path.h"
#include "tests/support/case_reader.h"
#include "tests/wire/codec_proxy.h"
#include "tests/wire/h2_run.h"
#include "tests/wire/transcript.h"

namespace postern {
namespace {

constexpr std::string_view kFolder = "tests/testdata/wire_cases/";
constexpr int kRandomCuts = 100;

// Reads `text` of an expectation about a field: "\\t" and "\\xe9" are escapes of the case's author.
std::string Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\t") {
      out += '\t';
      ++i;
    } else if (text.substr(i, 2) == "\\x" && i + 3 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string Input(const CaseNode& row) {
  if (row.Has("input")) return row["input"].Bytes();
  std::string input;
  for (const CaseNode& part : row["input_parts"].items) {
    for (int64_t i = 0; i < part["times"].Int(); ++i) input += part["bytes"].Bytes();
  }
  return input;
}

// Expected returns what must hold of `row`: `expect` with the members of `postern` in it; null
// takes one away.
CaseNode Expected(const CaseNode& row) {
  CaseNode expect = row["expect"];
  if (const CaseNode* own = row.Find("postern")) {
    EXPECT_TRUE(own->Has("why")) << row.Where();
    std::printf("  postern: %s: %s\n", row["name"].Text().c_str(), (*own)["why"].Text().c_str());
    for (const CaseField& ours : own->fields) {
      if (ours.name == "why") continue;
      std::erase_if(expect.fields, [&](const CaseField& field) { return field.name == ours.name; });
      if (!ours.value.IsNull()) expect.fields.push_back(ours);
    }
  }
  return expect;
}

void CheckKeys(const CaseNode& map, std::vector<std::string_view> known) {
  for (const auto& [key, value] : map.fields) {
    EXPECT_NE(std::find(known.begin(), known.end(), key), known.end())
        << map.Where() << ": not understood: " << key;
  }
}

// Checks a field's value: text, "<fresh uuid4>", or text with "<peer>" in it.
void CheckField(std::string_view name, const std::string& expected, const TextMessage& message) {
  const std::string value = message.Field(name);
  if (expected == "<fresh uuid4>") {
    EXPECT_TRUE(std::regex_match(
        value, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
        << value;
    return;
  }
  std::string wanted = Unescape(expected);
  if (const size_t at = wanted.find("<peer>"); at != std::string::npos) {
    wanted.replace(at, 6, "192.0.2.1");
  }
  EXPECT_TRUE(message.Has(name)) << name;
  EXPECT_EQ(value, wanted) << name;
}

void CheckForwarded(const CaseNode& expect, const TextMessage& request) {
  CheckKeys(expect, {"method", "path", "host", "body", "framing", "headers", "absent", "note"});
  if (expect.Has("method")) {
    EXPECT_EQ(request.Method(), expect["method"].Text());
  }
  if (expect.Has("path")) {
    EXPECT_EQ(request.Target(), expect["path"].Text());
  }
  if (expect.Has("host")) {
    EXPECT_EQ(request.Field("host"), expect["host"].Text());
  }
  if (expect.Has("body")) {
    EXPECT_EQ(request.body, expect["body"].Bytes());
  }
  if (expect.Has("framing")) {
    EXPECT_EQ(request.framing, expect["framing"].Text());
  }
  for (const auto& [name, value] : expect["headers"].fields) {
    CheckField(name, value.Text(), request);
  }
  for (const std::string& name : expect["absent"].Texts()) {
    EXPECT_FALSE(request.Has(name)) << name;
  }
}

void CheckClientCase(const CaseNode& expect, const Transcript& seen) {
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
    EXPECT_TRUE(seen.upstream_closed);
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

void RunClientFile(const std::string& name) {
  const CaseNode file = ReadCaseFile(std::string(kFolder) + name);
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row, {"name", "ref", "input", "input_parts", "then", "expect", "envoy", "note",
                    "peers", "postern"});
    const std::string input = Input(row);
    ASSERT_FALSE(input.empty());
    EXPECT_TRUE(!row.Has("then") || row["then"].Text() == "half_close");
    const CaseNode expect = Expected(row);
    RunCuts(
        input.size(),
        [&](const Cut& cut) {
          CodecProxy proxy;
          return RunClient(&proxy, input, cut, row.Has("then"));
        },
        [&](const Transcript& seen) { CheckClientCase(expect, seen); });
  }
  std::printf("%s: %zu cases\n", name.c_str(), file.items.size());
}

TEST(WireCasesTest, RequestLines) { RunClientFile("h1_request_line.yaml"); }
TEST(WireCasesTest, RequestFields) { RunClientFile("h1_headers.yaml"); }
TEST(WireCasesTest, RequestLengths) { RunClientFile("h1_framing.yaml"); }
TEST(WireCasesTest, Chunks) { RunClientFile("h1_chunk.yaml"); }

// An UpstreamCase is the bytes of an upstream with the markers of h1_upstream.yaml taken out.
struct UpstreamCase {
  std::string request;
  bool bodiless = false;
  std::string bytes;
  bool end = false;
};

UpstreamCase ReadUpstreamCase(const CaseNode& row) {
  UpstreamCase result;
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

void CheckUpstreamCase(const CaseNode& expect, const Transcript& seen) {
  CheckKeys(expect, {"status", "flags", "upstream_reuse", "headers", "body", "interim", "absent",
                     "tunnel", "downstream", "downstream_h1", "downstream_h2", "retry"});
  ASSERT_EQ(seen.answers.size(), 1u);
  const TextMessage& answer = seen.answers.front();
  EXPECT_EQ(answer.Status(), expect["status"].Int());
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

TEST(WireCasesTest, UpstreamResponses) {
  const CaseNode file = ReadCaseFile(std::string(kFolder) + "h1_upstream.yaml");
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row,
              {"name", "ref", "request", "upstream_bytes", "expect", "envoy", "note", "postern"});
    const UpstreamCase upstream = ReadUpstreamCase(row);
    const CaseNode expect = Expected(row);
    RunCuts(
        upstream.bytes.size(),
        [&](const Cut& cut) {
          CodecProxy proxy;
          return RunUpstream(&proxy, upstream.request, upstream.bodiless, upstream.bytes, cut,
                             upstream.end);
        },
        [&](const Transcript& seen) { CheckUpstreamCase(expect, seen); });
  }
  std::printf("h1_upstream.yaml: %zu cases\n", file.items.size());
}

PathRules ReadPathRules(const std::string& text) {
  PathRules rules = {.reject_fragment = true};
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find('+'));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word == "merge_slashes") {
      rules.merge_slashes = true;
    } else if (word == "escaped_slashes=REJECT") {
      rules.escaped_slashes = PathRules::EscapedSlashes::kReject;
    } else if (word == "escaped_slashes=UNESCAPE_AND_FORWARD") {
      rules.escaped_slashes = PathRules::EscapedSlashes::kUnescapeAndForward;
    } else if (word == "escaped_slashes=UNESCAPE_AND_REDIRECT") {
      rules.escaped_slashes = PathRules::EscapedSlashes::kUnescapeAndRedirect;
    } else {
      EXPECT_EQ(word, "normalize") << "not understood";
    }
  }
  return rules;
}

TEST(WireCasesTest, Paths) {
  const CaseNode file = ReadCaseFile(std::string(kFolder) + "paths.yaml");
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row, {"name", "ref", "cfg", "input", "expect", "envoy", "note", "postern"});
    const CaseNode expect = Expected(row);
    // match_as is of an Envoy option that Istio does not set: what is matched is what is forwarded.
    CheckKeys(expect, {"path", "status", "location", "match_as"});
    const std::string input = row["input"].Bytes();
    std::string storage;
    const NormalPath path = NormalizePath(input, ReadPathRules(row["cfg"].Text()), &storage);
    switch (expect["status"].Int(200)) {
      case 200:
        EXPECT_EQ(path.outcome, NormalPath::Outcome::kForward);
        EXPECT_EQ(path.target, expect["path"].Bytes());
        break;
      case 307:
        EXPECT_EQ(path.outcome, NormalPath::Outcome::kRedirect);
        EXPECT_EQ(path.target, expect["location"].Bytes());
        break;
      default:
        EXPECT_EQ(expect["status"].Int(), 400);
        EXPECT_EQ(path.outcome, NormalPath::Outcome::kInvalid);
    }
  }
  std::printf("paths.yaml: %zu cases\n", file.items.size());
}

// Makes the bytes of a case that is described instead of written down.
std::string Generate(const CaseNode& generate) {
  const std::string kind = generate["kind"].Text();
  std::string bytes = H2Preface();
  const auto requests = [&](int64_t count, auto make) {
    for (int64_t i = 0; i < count; ++i) bytes += make(static_cast<uint32_t>(2 * i + 1));
  };
  if (kind == "rapid_reset") {
    requests(generate["streams"].Int(), [](uint32_t id) {
      return H2Request(id, false) + H2Frame(3, 0, id, std::string("\0\0\0\x08", 4));
    });
  } else if (kind == "malformed_headers") {
    requests(generate["streams"].Int(),
             [](uint32_t id) { return H2Request(id, false, H2Field("Foo", "1")); });
  } else if (kind == "open_streams") {
    requests(generate["count"].Int(), [](uint32_t id) { return H2Request(id, true); });
  } else if (kind == "data") {
    bytes += H2Request(1, true);
    bytes += H2Frame(0, 0, 1, std::string(static_cast<size_t>(generate["bytes"].Int()), 'x'));
  } else if (kind == "headers") {
    std::string block;
    const std::string value(static_cast<size_t>(generate["value_bytes"].Int()), 'v');
    for (int64_t i = 0; i < generate["fields"].Int(); ++i) block += H2Field("x", value);
    const int64_t frames = generate["continuation_frames"].Int();
    const std::string head = H2Request(1, false);
    bytes += H2Frame(1, 1, 1, head.substr(9));
    const size_t step = block.size() / static_cast<size_t>(frames) + 1;
    for (int64_t i = 0; i < frames; ++i) {
      const std::string part = block.substr(static_cast<size_t>(i) * step, step);
      bytes += H2Frame(9, i + 1 == frames ? 4 : 0, 1, part);
    }
  } else if (kind == "repeat") {
    const std::string frame = generate["frame"].Text();
    std::string once;
    if (frame == "PING") {
      once = H2Frame(6, 0, 0, "12345678");
    } else if (frame == "empty DATA") {
      bytes += H2Request(1, true);
      once = H2Frame(0, 0, 1, "");
    } else if (frame == "PRIORITY") {
      once = H2Frame(2, 0, 1, std::string("\0\0\0\0\x10", 5));
    } else if (frame == "SETTINGS") {
      once = H2Frame(4, 0, 0, "");
    } else if (frame == "WINDOW_UPDATE") {
      once = H2Frame(8, 0, 0, std::string("\0\0\0\1", 4));
    } else {
      ADD_FAILURE() << "not understood: " << frame;
    }
    for (int64_t i = 0; i < generate["count"].Int(); ++i) bytes += once;
  } else {
    ADD_FAILURE() << "not understood: " << kind;
  }
  return bytes;
}

uint32_t H2Code(std::string_view name) {
  static constexpr std::string_view kNames[] = {"NO_ERROR",
                                                "PROTOCOL_ERROR",
                                                "INTERNAL_ERROR",
                                                "FLOW_CONTROL_ERROR",
                                                "SETTINGS_TIMEOUT",
                                                "STREAM_CLOSED",
                                                "FRAME_SIZE_ERROR",
                                                "REFUSED_STREAM",
                                                "CANCEL",
                                                "COMPRESSION_ERROR",
                                                "CONNECT_ERROR",
                                                "ENHANCE_YOUR_CALM",
                                                "INADEQUATE_SECURITY",
                                                "HTTP_1_1_REQUIRED"};
  const auto* found = std::find(std::begin(kNames), std::end(kNames), name);
  EXPECT_NE(found, std::end(kNames)) << "not understood: " << name;
  return static_cast<uint32_t>(found - std::begin(kNames));
}

void CheckH2Case(const CaseNode& expect, const H2Outcome& seen) {
  CheckKeys(expect, {"stream", "forwarded_as", "rst", "goaway", "close", "status", "details",
                     "note", "then"});
  const auto stream = static_cast<uint32_t>(expect["stream"].Int());
  const std::string rst = expect["rst"].Text();
  if (expect.Has("forwarded_as")) {
    ASSERT_EQ(seen.requests.count(stream), 1u);
    CaseNode forwarded = expect["forwarded_as"];
    CheckForwarded(forwarded, seen.requests.at(stream));
  } else if (!rst.ends_with("status 431")) {
    const bool forwarded = seen.requests.count(stream) != 0;
    EXPECT_FALSE(forwarded && seen.statuses.count(stream) != 0) << "answered by the upstream";
  }
  if (rst.ends_with(" or status 431")) {
    EXPECT_TRUE(seen.resets.count(stream) != 0 ||
                (seen.statuses.count(stream) != 0 && seen.statuses.at(stream) == 431));
  } else if (!rst.empty()) {
    ASSERT_EQ(seen.resets.count(stream), 1u);
    EXPECT_EQ(seen.resets.at(stream), H2Code(rst));
  }
  if (expect.Has("status")) {
    ASSERT_EQ(seen.statuses.count(stream), 1u);
    EXPECT_EQ(seen.statuses.at(stream), expect["status"].Int());
  }
  if (expect.Has("goaway")) {
    ASSERT_TRUE(seen.goaway.has_value());
    EXPECT_EQ(*seen.goaway, H2Code(expect["goaway"].Text()));
  } else {
    EXPECT_FALSE(seen.goaway.has_value());
  }
  EXPECT_EQ(seen.finished, expect["close"].Bool() || expect.Has("goaway"));
}

TEST(WireCasesTest, Http2) {
  const CaseNode file = ReadCaseFile(std::string(kFolder) + "h2_server.yaml");
  int waiting = 0;
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row, {"name", "ref", "input", "generate", "expect", "envoy", "note", "nghttp2_1_52",
                    "postern"});
    if (row["expect"].Has("trailers_only")) {
      ++waiting;  // What there is to route to, and how long it takes, is for the engine.
      continue;
    }
    const std::string input = row.Has("input") ? row["input"].Bytes() : Generate(row["generate"]);
    const CaseNode expect = Expected(row);
    // EngineOptions::Edge().
    CodecOptions options = {.reject_underscores = true};
    options.h2_streams = 100;
    options.h2_stream_window = 64 << 10;
    options.h2_connection_window = 1 << 20;
    options.h2_connect_protocol = expect["forwarded_as"]["headers"].Has("upgrade");
    std::optional<std::string> first;
    for (const Cut& cut : Cuts(input.size(), input.size() > 4096 ? 4 : kRandomCuts, 20261124)) {
      const H2Outcome outcome = RunH2(options, input, cut);
      if (!first) {
        first = outcome.Canonical();
        CheckH2Case(expect, outcome);
      }
      EXPECT_EQ(outcome.Canonical(), *first) << "fed in " << cut.size() << " pieces";
      if (testing::Test::HasFailure()) break;
    }
  }
  std::printf("h2_server.yaml: %zu cases, %d of them waiting for the engine\n", file.items.size(),
              waiting);
}

}  // namespace
}  // namespace postern
