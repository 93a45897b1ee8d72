// Runs every case of tests/testdata/wire_cases: bytes in, outcome; whole, byte by byte, and cut in
// other ways, always with the same outcome; through the codecs alone, and through a whole Engine.

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "lib/match/path.h"
#include "tests/support/case_reader.h"
#include "tests/wire/case_file.h"
#include "tests/wire/codec_proxy.h"
#include "tests/wire/engine_proxy.h"
#include "tests/wire/h1_cases.h"
#include "tests/wire/h2_engine_run.h"
#include "tests/wire/h2_run.h"
#include "tests/wire/tls_cases.h"
#include "tests/wire/transcript.h"

namespace postern {
namespace {

constexpr int kRandomCuts = 100;

std::unique_ptr<WireProxy> Codecs() { return std::make_unique<CodecProxy>(); }
std::unique_ptr<WireProxy> WholeEngine() { return std::make_unique<EngineProxy>(); }

TEST(CodecWireCasesTest, RequestLines) { RunClientCases("h1_request_line.yaml", Codecs); }
TEST(CodecWireCasesTest, RequestFields) { RunClientCases("h1_headers.yaml", Codecs); }
TEST(CodecWireCasesTest, RequestLengths) { RunClientCases("h1_framing.yaml", Codecs); }
TEST(CodecWireCasesTest, Chunks) { RunClientCases("h1_chunk.yaml", Codecs); }
TEST(CodecWireCasesTest, UpstreamResponses) { RunUpstreamCases(Codecs); }

TEST(EngineWireCasesTest, RequestLines) { RunClientCases("h1_request_line.yaml", WholeEngine); }
TEST(EngineWireCasesTest, RequestFields) { RunClientCases("h1_headers.yaml", WholeEngine); }
TEST(EngineWireCasesTest, RequestLengths) { RunClientCases("h1_framing.yaml", WholeEngine); }
TEST(EngineWireCasesTest, Chunks) { RunClientCases("h1_chunk.yaml", WholeEngine); }
TEST(EngineWireCasesTest, UpstreamResponses) { RunUpstreamCases(WholeEngine); }
TEST(EngineWireCasesTest, Tls) { RunTlsCases(); }

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

TEST(CodecWireCasesTest, Paths) {
  const CaseNode file = ReadWireCases("paths.yaml");
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    CheckKeys(row, {"name", "ref", "cfg", "input", "expect", "envoy", "note", "postern"});
    const CaseNode expect = CaseExpected(row);
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

// The levels of Istio that have the rules of `cfg`; nullopt: none has.
std::optional<SnapshotOptions> PathLevel(const std::string& cfg) {
  using Level = SnapshotOptions::PathNormalization;
  SnapshotOptions options = EdgeOptions();
  options.edge_profile = cfg == "escaped_slashes=UNESCAPE_AND_REDIRECT";
  if (cfg == "normalize") {
    options.path_normalization = Level::kBase;
  } else if (cfg == "normalize+merge_slashes") {
    options.path_normalization = Level::kMergeSlashes;
  } else if (cfg == "escaped_slashes=UNESCAPE_AND_FORWARD") {
    options.path_normalization = Level::kDecodeAndMergeSlashes;
  } else if (!options.edge_profile) {
    return std::nullopt;
  }
  return options;
}

TEST(EngineWireCasesTest, Paths) {
  const CaseNode file = ReadWireCases("paths.yaml");
  int waiting = 0;
  for (const CaseNode& row : file.items) {
    SCOPED_TRACE(row.Where() + " " + row["name"].Text());
    const std::optional<SnapshotOptions> options = PathLevel(row["cfg"].Text());
    if (!options) {
      ++waiting;
      continue;
    }
    const CaseNode expect = CaseExpected(row, "engine");
    const std::string input = row["input"].Bytes();
    EngineProxy proxy(*options);
    proxy.FromClient("GET " + input + " HTTP/1.1\r\nHost: a\r\n\r\n");
    std::string_view answer = proxy.to_client;
    std::string_view sent = proxy.to_upstream;
    if (expect["status"].Int(200) == 200) {
      const auto request = TakeMessage(&sent, false, false);
      EXPECT_EQ(answer, "");
      EXPECT_EQ(request ? request->Target() : "none", expect["path"].Bytes());
      continue;
    }
    const auto reply = TakeMessage(&answer, true, false);
    EXPECT_EQ(sent, "");
    EXPECT_EQ(reply ? reply->Status() : 0, expect["status"].Int());
    if (reply && expect.Has("location")) {
      EXPECT_EQ(reply->Field("location"), expect["location"].Bytes());
    }
  }
  std::printf("paths.yaml: %zu cases, %d of rules that no level of Istio has\n", file.items.size(),
              waiting);
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
    const CaseNode& forwarded = expect["forwarded_as"];
    CheckForwarded(forwarded, seen.requests.at(stream));
    if (forwarded.Has("path")) {
      EXPECT_EQ(seen.requests.at(stream).Target(), forwarded["path"].Text());
    }
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

TEST(CodecWireCasesTest, Http2) {
  const CaseNode file = ReadWireCases("h2_server.yaml");
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
    const CaseNode expect = CaseExpected(row);
    // EngineOptions::Edge().
    CodecOptions options = {.reject_underscores = true};
    options.h2_streams = 100;
    options.h2_stream_window = 64 << 10;
    options.h2_connection_window = 1 << 20;
    options.h2_connect_protocol = expect["forwarded_as"]["headers"].Has("upgrade");
    for (const bool engine : {false, true}) {
      // Istio does not offer extended CONNECT, and so the engine does not.
      if (engine && options.h2_connect_protocol) continue;
      SCOPED_TRACE(engine ? "through an engine" : "through a codec");
      std::optional<std::string> first;
      for (const Cut& cut : Cuts(input.size(), input.size() > 4096 ? 4 : kRandomCuts, 20261124)) {
        const H2Outcome outcome = engine ? RunH2Engine(input, cut) : RunH2(options, input, cut);
        if (!first) {
          first = outcome.Canonical();
          CheckH2Case(expect, outcome);
        }
        EXPECT_EQ(outcome.Canonical(), *first) << "fed in " << cut.size() << " pieces";
        if (testing::Test::HasFailure()) break;
      }
    }
  }
  std::printf("h2_server.yaml: %zu cases, %d of them not run\n", file.items.size(), waiting);
}

}  // namespace
}  // namespace postern
