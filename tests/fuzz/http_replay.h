// What the fuzz targets of HTTP share: running a codec over bytes that are cut somewhere, and
// writing down what it said. The properties are left to the targets.

#ifndef POSTERN_TESTS_FUZZ_HTTP_REPLAY_H_
#define POSTERN_TESTS_FUZZ_HTTP_REPLAY_H_

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/base/output_sink.h"
#include "lib/http/codec.h"

namespace postern {

// A NullSink takes bytes and forgets them.
class NullSink : public OutputSink {
 public:
  char* Prepare(size_t size) override {
    room_.resize(size);
    return room_.data();
  }
  void Commit(size_t /*size*/) override {}
  void Lend(ByteSpan /*bytes*/) override {}

 private:
  std::string room_;
};

// A Script writes events down; data of one body that comes in several pieces is one piece there.
class Script {
 public:
  void Add(const CodecEvent& event) {
    if (event.kind == CodecEvent::Kind::kData) {
      if (!in_data_) text_ += "\ndata ";
      text_ += AsText(event.data);
      in_data_ = true;
      return;
    }
    in_data_ = false;
    text_ += "\n" + std::to_string(static_cast<int>(event.kind)) + (event.end ? " end " : " ") +
             std::to_string(event.refusal.status) + std::string(event.detail);
    if (event.request != nullptr && event.kind == CodecEvent::Kind::kRequest) {
      text_ += std::string(event.request->method) + " " + std::string(event.request->authority) +
               " " + std::string(event.request->path);
      Add(event.request->headers.fields());
    }
    if (event.response != nullptr) {
      text_ += std::to_string(event.response->status);
      Add(event.response->headers.fields());
    }
    Add(event.trailers);
  }

  const std::string& text() const { return text_; }

 private:
  void Add(std::span<const HeaderView> fields) {
    for (const HeaderView& field : fields) {
      for (const char c : field.value) {
        if (c == '\r' || c == '\n' || c == '\0') std::abort();
      }
      text_ += " " + std::string(field.name) + ":" + std::string(field.value);
    }
  }

  std::string text_;
  bool in_data_ = false;
};

// Feed gives `bytes` to `codec` in pieces of `step`, and calls `handle` with each event.
template <typename Handle>
void Feed(Codec* codec, std::string_view bytes, size_t step, Handle handle) {
  std::string held;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    held += piece;
    ByteSpan input = AsBytes(held);
    while (true) {
      CodecEvent event = codec->Next(&input);
      if (event.kind == CodecEvent::Kind::kNone) break;
      handle(std::move(event));
    }
    held = std::string(AsText(input));
  }
  codec->PeerEnd();
  ByteSpan input = AsBytes(held);
  while (true) {
    CodecEvent event = codec->Next(&input);
    if (event.kind == CodecEvent::Kind::kNone) break;
    handle(std::move(event));
  }
}

}  // namespace postern

#endif  // POSTERN_TESTS_FUZZ_HTTP_REPLAY_H_
