#include "tests/wire/transcript.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace postern {
namespace {

constexpr std::string_view kEmpty200 = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

// Reads what the client has got; `bodiless` says it of the first final answer.
void ReadAnswers(std::string_view bytes, bool bodiless, Transcript* transcript) {
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\r'));
    const bool interim = line.size() > 9 && line[9] == '1';
    const bool none =
        interim || bodiless || line.substr(9, 3) == "204" || line.substr(9, 3) == "304";
    auto message = TakeMessage(&bytes, true, none);
    if (!message) break;
    if (interim) {
      transcript->interim.push_back(message->Status());
      if (message->Status() == 101) break;
      continue;
    }
    bodiless = false;
    if (message->framing == "close") message->complete = transcript->client_closed;
    transcript->answers.push_back(*std::move(message));
  }
}

void ReadRequests(std::string_view bytes, Transcript* transcript) {
  while (!bytes.empty()) {
    auto message = TakeMessage(&bytes, false, false);
    if (!message) break;
    transcript->requests.push_back(*std::move(message));
  }
}

Transcript Read(const WireProxy& proxy, bool bodiless) {
  Transcript transcript;
  transcript.client_closed = proxy.client_closed;
  transcript.client_reset = proxy.client_reset;
  transcript.upstream_closed = proxy.upstream_closed;
  transcript.flags = proxy.flags;
  transcript.sends_at_once = proxy.sends_at_once();
  ReadAnswers(proxy.to_client, bodiless, &transcript);
  ReadRequests(proxy.to_upstream, &transcript);
  return transcript;
}

}  // namespace

std::string Transcript::Canonical() const {
  std::string text;
  for (const int status : interim) text += "interim " + std::to_string(status) + "\n";
  for (const TextMessage& answer : answers) text += "answer " + answer.Canonical();
  bool broken = false;
  for (const TextMessage& request : requests) {
    broken |= !request.complete;
    if (request.complete || sends_at_once) text += "request " + request.Canonical();
  }
  const bool closed = upstream_closed && (!broken || sends_at_once);
  return text + (client_closed ? "client closed " : "client open ") +
         (client_reset ? "reset " : "") + (closed ? "upstream closed " : "") + flags;
}

std::vector<Cut> Cuts(size_t size, int random, uint32_t seed) {
  std::vector<Cut> cuts = {{size}};
  Cut pieces;
  const size_t step = size > 4096 ? 97 : 1;
  for (size_t at = step; at < size; at += step) pieces.push_back(at);
  pieces.push_back(size);
  cuts.push_back(pieces);
  for (size_t at = 1; at < std::min<size_t>(size, 200); ++at) cuts.push_back({at, size});
  std::mt19937 generator(seed);
  for (int i = 0; i < random && size > 1; ++i) {
    Cut cut;
    std::uniform_int_distribution<size_t> step_of(1, std::max<size_t>(1, size / 4));
    for (size_t at = step_of(generator); at < size; at += step_of(generator)) cut.push_back(at);
    cut.push_back(size);
    cuts.push_back(cut);
  }
  return cuts;
}

Transcript RunClient(WireProxy* proxy, std::string_view bytes, const Cut& cut, bool half_close) {
  size_t begin = 0;
  size_t answered = 0;
  size_t invited = 0;
  const auto answer = [&] {
    while (true) {
      Transcript seen;
      ReadRequests(proxy->to_upstream, &seen);
      if (seen.requests.size() > std::max(invited, answered) &&
          seen.requests.back().Has("expect")) {
        invited = seen.requests.size();
        proxy->FromUpstream("HTTP/1.1 100 Continue\r\n\r\n");
      }
      const auto complete = static_cast<size_t>(
          std::count_if(seen.requests.begin(), seen.requests.end(),
                        [](const TextMessage& request) { return request.complete; }));
      if (answered >= complete) return;
      ++answered;
      proxy->FromUpstream(kEmpty200);
    }
  };
  for (const size_t end : cut) {
    proxy->FromClient(bytes.substr(begin, end - begin));
    begin = end;
    answer();
  }
  if (half_close) proxy->ClientEnd();
  answer();
  return Read(*proxy, false);
}

Transcript RunUpstream(WireProxy* proxy, const UpstreamRun& run, const Cut& cut) {
  if (run.reused) {
    proxy->FromClient("GET /before HTTP/1.1\r\nHost: a\r\n\r\n");
    proxy->FromUpstream(kEmpty200);
  }
  proxy->FromClient(run.request);
  for (int tries = run.retried ? 2 : 1; tries > 0; --tries) {
    size_t begin = 0;
    for (const size_t piece_end : cut) {
      if (piece_end > begin) proxy->FromUpstream(run.bytes.substr(begin, piece_end - begin));
      begin = piece_end;
    }
    if (run.end) proxy->UpstreamEnd();
  }
  Transcript transcript = Read(*proxy, run.bodiless);
  if (run.reused && !transcript.answers.empty())
    transcript.answers.erase(transcript.answers.begin());
  return transcript;
}

}  // namespace postern
