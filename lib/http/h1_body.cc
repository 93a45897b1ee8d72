#include "lib/http/h1_body.h"

#include <algorithm>

#include "lib/http/h1_writer.h"
#include "lib/http/message_rules.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

}  // namespace

void BodyReader::Begin(BodyFraming framing, uint64_t length) {
  framing_ = framing;
  in_trailers_ = false;
  left_ = length;
  done_ = framing == BodyFraming::kNone || (framing == BodyFraming::kLength && length == 0);
  chunks_.Begin();
  trailers_.reset();
}

CodecEvent BodyReader::Trailers(std::string_view* input, H1Parser* parser,
                                const CodecOptions& options) {
  CodecEvent event;
  switch (parser->Parse(input)) {
    case H1Parser::Result::kMore:
      return event;
    case H1Parser::Result::kRefused:
      event.kind = Kind::kRefused;
      event.refusal = parser->refusal();
      return event;
    case H1Parser::Result::kDone:
      break;
  }
  done_ = true;
  if (!options.trailers) trailers_->Clear();
  trailers_->RemoveIf([](const HeaderView& field) { return !MayBeTrailer(field.name); });
  event.kind = trailers_->size() == 0 ? Kind::kEnd : Kind::kTrailers;
  event.trailers = trailers_->fields();
  return event;
}

CodecEvent BodyReader::Next(std::string_view* input, H1Parser* parser,
                            const CodecOptions& options) {
  CodecEvent event;
  if (done_) {
    event.kind = Kind::kEnd;
    return event;
  }
  if (in_trailers_) return Trailers(input, parser, options);
  if (input->empty()) return event;
  std::string_view data;
  if (framing_ != BodyFraming::kChunked) {
    const bool counted = framing_ == BodyFraming::kLength;
    const size_t size = counted ? std::min<uint64_t>(left_, input->size()) : input->size();
    data = input->substr(0, size);
    input->remove_prefix(size);
    if (counted) left_ -= size;
    done_ = counted && left_ == 0;
    event.kind = Kind::kData;
  } else {
    switch (chunks_.Next(input, &data)) {
      case ChunkDecoder::Result::kMore:
        return event;
      case ChunkDecoder::Result::kData:
        event.kind = Kind::kData;
        break;
      case ChunkDecoder::Result::kBad:
        event.kind = Kind::kRefused;
        event.refusal = {.status = 400, .detail = "http1.codec_error", .codec_error = true};
        return event;
      case ChunkDecoder::Result::kLast:
        in_trailers_ = true;
        trailers_ = std::make_unique<HeaderList>();
        parser->BeginTrailers(trailers_.get(), options);
        return Trailers(input, parser, options);
    }
  }
  event.data = AsBytes(data);
  return event;
}

void BodyWriter::Send(ByteSpan bytes, OutputSink* out) {
  if (framing_ == BodyFraming::kLength) {
    bytes = bytes.first(std::min<uint64_t>(bytes.size(), left_));
    left_ -= bytes.size();
  }
  if (bytes.empty() || framing_ == BodyFraming::kNone) return;
  if (framing_ == BodyFraming::kChunked) {
    WriteChunk(bytes, out);
  } else {
    out->Lend(bytes);
  }
}

bool BodyWriter::End(std::span<const HeaderView> trailers, OutputSink* out) const {
  if (framing_ == BodyFraming::kChunked) WriteLastChunk(trailers, out);
  return framing_ != BodyFraming::kLength || left_ == 0;
}

}  // namespace postern
