#include "lib/http/h1_server_codec.h"

#include <optional>
#include <utility>

#include "lib/http/h1_writer.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

}  // namespace

H1ServerCodec::H1ServerCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
    : options_(options), pool_(pool), out_(out) {}

CodecEvent H1ServerCodec::Next(ByteSpan* input) {
  std::string_view text = AsText(*input);
  CodecEvent event = Read(&text);
  *input = AsBytes(text);
  if (event.kind == Kind::kNone && peer_ended_ && input->empty()) event = AtEnd();
  return event;
}

CodecEvent H1ServerCodec::Read(std::string_view* input) {
  switch (in_) {
    case In::kIdle:
    case In::kHead:
      return input->empty() ? CodecEvent() : Head(input);
    case In::kBody:
      return Body(input);
    case In::kTunnel:
      if (input->empty()) return {};
      return {.kind = Kind::kData, .stream = stream_, .data = AsBytes(std::exchange(*input, {}))};
    case In::kComplete:
      return {};
    case In::kRefused:
    case In::kTunnelEnd:
    case In::kDone:
      *input = {};
      return {};
  }
  return {};
}

CodecEvent H1ServerCodec::Head(std::string_view* input) {
  if (in_ == In::kIdle) {
    in_ = In::kHead;
    ++stream_;
    response_ = Out::kNone;
    http10_ = is_head_ = upgrade_ = false;
    head_ = pool_->TakeRequest();
    if (parser_ == nullptr) parser_ = pool_->TakeParser(LineGuard::Kind::kRequest);
    parser_->Begin(head_.get(), *options_);
  }
  const H1Parser::Result result = parser_->Parse(input);
  head_->wire_bytes = parser_->bytes();
  if (result == H1Parser::Result::kMore) return {};
  is_head_ = head_->method == "HEAD";
  if (result == H1Parser::Result::kRefused) return RefusedEvent(parser_->refusal());

  Persistence persistence;
  const auto refusal = ReadRequest(parser_->version(), *options_, head_.get(), &persistence);
  http10_ = head_->version == HttpVersion::kHttp10;
  if (refusal) {
    if (refusal->close || head_->has_body || !persistence.keep) return RefusedEvent(*refusal);
    in_ = In::kComplete;  // Answered like any other request.
    return {.kind = Kind::kRefused,
            .stream = stream_,
            .request = std::move(head_),
            .refusal = *refusal};
  }
  upgrade_ = !head_->upgrade.empty() || head_->method == "CONNECT";
  close_ |= !persistence.keep;
  reader_.Begin(persistence.chunked     ? BodyFraming::kChunked
                : head_->content_length ? BodyFraming::kLength
                                        : BodyFraming::kNone,
                head_->content_length.value_or(0));
  in_ = head_->has_body ? In::kBody : In::kComplete;
  return {.kind = Kind::kRequest,
          .stream = stream_,
          .end = !head_->has_body,
          .request = std::move(head_)};
}

CodecEvent H1ServerCodec::Body(std::string_view* input) {
  CodecEvent event = reader_.Next(input, parser_.get(), *options_);
  event.stream = stream_;
  if (event.kind == Kind::kRefused) return RefusedEvent(event.refusal);
  if (event.kind == Kind::kEnd) {
    in_ = In::kComplete;
    EndExchange();
  }
  return event;
}

CodecEvent H1ServerCodec::AtEnd() {
  CodecEvent event = {.stream = stream_};
  switch (in_) {
    case In::kIdle:
      in_ = In::kDone;
      break;
    case In::kHead:  // Nobody knows of it yet.
      if (!idle()) {
        event.kind = Kind::kFailed;
        event.detail = "http1.codec_error";
      }
      DropHead();
      in_ = In::kDone;
      break;
    case In::kBody:
      in_ = In::kDone;
      event.kind = Kind::kReset;
      event.reason = ResetReason::kConnectionLost;
      break;
    case In::kTunnel:
      in_ = In::kTunnelEnd;
      event.kind = Kind::kEnd;
      EndExchange();
      break;
    case In::kComplete:
    case In::kRefused:
    case In::kTunnelEnd:
      close_ = true;  // Whoever has sent a whole request gets the answer.
      break;
    case In::kDone:
      break;
  }
  return event;
}

CodecEvent H1ServerCodec::RefusedEvent(const Refusal& refusal) {
  in_ = In::kRefused;
  close_ = true;
  if (response_ == Out::kComplete) in_ = In::kDone;
  return {
      .kind = Kind::kRefused, .stream = stream_, .request = std::move(head_), .refusal = refusal};
}

void H1ServerCodec::SendInterim(StreamKey stream, int status, std::span<const HeaderView> headers) {
  if (!Current(stream) || response_ != Out::kNone || http10_) return;
  WriteResponseHead(status, headers, {}, out_);
}

void H1ServerCodec::SendResponse(StreamKey stream, const ResponseOut& response, bool end) {
  if (!Current(stream) || response_ != Out::kNone) return;
  response_ = Out::kHead;
  if (response.status == 101) {
    WriteResponseHead(response.status, response.headers, {}, out_);
    writer_ = BodyWriter(BodyFraming::kUntilClose);
    in_ = In::kTunnel;
    close_ = true;
    return;
  }
  AddedFields added;
  BodyFraming framing = BodyFraming::kLength;
  const std::optional<uint64_t> length = FindContentLength(response.headers);
  if (response.status == 204 || response.status == 304) {
    framing = BodyFraming::kNone;
  } else if (!length) {
    if (end && !is_head_) {
      added.length = AddedFields::Length::kZero;
    } else if (http10_) {
      framing = BodyFraming::kUntilClose;
      close_ |= !end;
    } else {
      framing = BodyFraming::kChunked;
      added.length = AddedFields::Length::kChunked;
    }
  }
  // Before the request's end, what follows on the connection is the rest of it.
  if (response.close || in_ != In::kComplete || upgrade_) close_ = true;
  if (close_) {
    added.connection = AddedFields::Connection::kClose;
  } else if (http10_) {
    added.connection = AddedFields::Connection::kKeepAlive;
  }
  WriteResponseHead(response.status, response.headers, added, out_);
  writer_ = BodyWriter(is_head_ ? BodyFraming::kNone : framing, length.value_or(0));
  if (end) EndResponse({});
}

size_t H1ServerCodec::SendData(StreamKey stream, ByteSpan bytes, bool end) {
  if (!Current(stream) || response_ != Out::kHead) return bytes.size();
  writer_.Send(bytes, out_);
  if (end) EndResponse({});
  return bytes.size();
}

void H1ServerCodec::SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) {
  if (!Current(stream) || response_ != Out::kHead) return;
  EndResponse(options_->trailers ? trailers : std::span<const HeaderView>());
}

void H1ServerCodec::EndResponse(std::span<const HeaderView> trailers) {
  if (!writer_.End(trailers, out_)) close_ = true;
  response_ = Out::kComplete;
  EndExchange();
}

// Goes on to the next request, or ends, if both sides of this one are complete.
void H1ServerCodec::EndExchange() {
  if (response_ != Out::kComplete) return;
  if (in_ == In::kTunnel) return;
  if (close_) {
    in_ = In::kDone;
  } else if (in_ == In::kComplete) {
    in_ = In::kIdle;
  } else {
    return;
  }
  DropHead();
}

// Gives back what an idle connection does not need.
void H1ServerCodec::DropHead() {
  pool_->Give(std::move(head_));
  pool_->Give(LineGuard::Kind::kRequest, std::move(parser_));
}

void H1ServerCodec::Reset(StreamKey stream, ResetReason /*reason*/) {
  if (!Current(stream)) return;
  DropHead();
  in_ = In::kDone;
}

void H1ServerCodec::Drain() {
  close_ = true;
  if (!idle()) return;
  DropHead();
  in_ = In::kDone;
}

StreamKey H1ServerCodec::Refuse() {
  if (in_ == In::kDone || response_ == Out::kHead) return 0;
  if (in_ == In::kIdle) ++stream_;
  if (in_ == In::kIdle || in_ == In::kHead) {
    response_ = Out::kNone;
    http10_ = false;
    is_head_ = head_ != nullptr && head_->method == "HEAD";
  }
  DropHead();
  in_ = In::kRefused;
  close_ = true;
  return stream_;
}

}  // namespace postern
