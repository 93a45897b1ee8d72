#include "examples/local_upstream.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

using postern::ByteSpan;
using postern::Engine;
using postern::StreamId;

namespace {

// BytesAsked returns the N of "?bytes=N", else 0.
uint64_t BytesAsked(std::string_view path) {
  constexpr std::string_view kKey = "?bytes=";
  const size_t at = path.find(kKey);
  if (at == std::string_view::npos) return 0;
  uint64_t count = 0;
  std::from_chars(path.data() + at + kKey.size(), path.data() + path.size(), count);
  return count;
}

}  // namespace

void LocalUpstream::OnRequest(Engine& engine, StreamId stream,
                              const postern::ServiceRequest& request) {
  Talk& talk = talks_[stream.bits()];
  talk.text = name_ + " answers ";
  talk.text.append(request.head.method).append(" ").append(request.head.path).append("\n");
  talk.filler = BytesAsked(request.head.path);
  if (!request.has_body) Answer(engine, stream, talk);
}

void LocalUpstream::OnConnection(Engine& /*engine*/, StreamId stream,
                                 const postern::ServiceConnection& /*connection*/) {
  talks_[stream.bits()].echo = true;
}

void LocalUpstream::OnData(Engine& engine, StreamId stream, ByteSpan bytes) {
  Talk& talk = talks_[stream.bits()];
  talk.received += bytes.size();
  if (!talk.echo) return;
  engine.Send(engine.now(), stream, bytes);
  // A client that does not read must not make us keep what it sends.
  if (engine.SendRoom(stream) == 0) engine.SetReading(engine.now(), stream, false);
}

void LocalUpstream::OnDataEnd(Engine& engine, StreamId stream,
                              std::span<const postern::HeaderView> /*trailers*/) {
  Talk& talk = talks_[stream.bits()];
  if (talk.echo) return engine.Send(engine.now(), stream, {}, /*end=*/true);
  talk.text += "received " + std::to_string(talk.received) + " bytes\n";
  Answer(engine, stream, talk);
}

void LocalUpstream::OnWritable(Engine& engine, StreamId stream) {
  Talk& talk = talks_[stream.bits()];
  if (talk.echo) return engine.SetReading(engine.now(), stream, true);
  Fill(engine, stream, talk);
}

void LocalUpstream::OnClose(Engine& /*engine*/, StreamId stream, const absl::Status& /*why*/) {
  talks_.erase(stream.bits());
}

void LocalUpstream::Answer(Engine& engine, StreamId stream, Talk& talk) {
  const std::string length = std::to_string(talk.text.size() + talk.filler);
  const postern::HeaderView headers[] = {{"content-type", "text/plain"},
                                         {"content-length", length}};
  engine.Respond(engine.now(), stream, {200, headers}, postern::AsBytes(talk.text),
                 /*end=*/talk.filler == 0);
  Fill(engine, stream, talk);
}

void LocalUpstream::Fill(Engine& engine, StreamId stream, Talk& talk) {
  static const std::vector<uint8_t> filler(64 << 10, '.');
  while (talk.filler > 0) {
    // The engine says when to go on: OnWritable.
    const uint64_t room = std::min<uint64_t>(engine.SendRoom(stream), filler.size());
    const uint64_t size = std::min(room, talk.filler);
    if (size == 0) return;
    talk.filler -= size;
    engine.Send(engine.now(), stream, ByteSpan(filler).first(size), /*end=*/talk.filler == 0);
  }
}
