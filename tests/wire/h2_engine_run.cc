#include "tests/wire/h2_engine_run.h"

#include <string>

#include "tests/support/engine_harness.h"
#include "tests/wire/engine_proxy.h"
#include "tests/wire/h2_frames.h"

namespace postern {

H2Outcome RunH2Engine(std::string_view bytes, const Cut& cut) {
  EngineHarness::Options options;
  options.engine = EngineOptions::Edge();
  EngineHarness harness(EngineProxySnapshot(EdgeOptions()), options);
  const ConnectionId client = harness.Accept(80);
  H2Reader reader;
  size_t begin = 0;
  for (const size_t end : cut) {
    harness.Receive(client, bytes.substr(begin, end - begin));
    begin = end;
  }
  reader.Read(harness.Take(client));
  H2Outcome outcome;
  for (const ConnectionId upstream : harness.upstreams()) {
    const std::string sent = harness.Take(upstream);
    std::string_view rest = sent;
    const std::optional<TextMessage> request = TakeMessage(&rest, false, false);
    if (!request || !request->complete || harness.end(upstream).closed) continue;
    // Which stream's it was, its answer shows.
    const std::map<uint32_t, H2Answer> before = reader.answers;
    harness.Receive(upstream, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    reader.Read(harness.Take(client));
    for (const auto& [stream, answer] : reader.answers) {
      const auto known = before.find(stream);
      if (answer.status == 200 && (known == before.end() || known->second.status == 0)) {
        outcome.requests[stream] = *request;
      }
    }
  }
  for (const auto& [stream, answer] : reader.answers) {
    if (answer.status != 0) outcome.statuses[stream] = answer.status;
    if (answer.reset) outcome.resets[stream] = *answer.reset;
  }
  outcome.goaway = reader.goaway;
  outcome.finished = harness.end(client).shut || harness.end(client).closed;
  return outcome;
}

}  // namespace postern
