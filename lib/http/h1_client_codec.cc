#include "lib/http/h1_client_codec.h"

#include <optional>
#include <utility>

#include "lib/http/h1_writer.h"

namespace postern {
namespace {

using Kind = CodecEvent::Kind;

// ExpectsBody returns whether requests with `method` usually have a body; an empty one then says
// content-length: 0.
bool ExpectsBody(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "DELETE" && method != "TRACE" &&
         method != "CONNECT";
}

}  // namespace

H1ClientCodec::H1ClientCodec(const CodecOptions* options, MessagePool* pool, OutputSink* out)
    : options_(options), pool_(pool), out_(out) {}

StreamKey H1ClientCodec::SendRequest(const RequestOut& request, bool end) {
  ++stream_;
  in_ = In::kHead;
  to_ = {.head = request.method == "HEAD", .upgrade = request.upgrade};
  request_sent_ = false;
  interims_ = 0;
  AddedFields added;
  BodyFraming framing = BodyFraming::kLength;
  const std::optional<uint64_t> length = FindContentLength(request.headers);
  if (!length) {
    framing = end ? BodyFraming::kNone : BodyFraming::kChunked;
    if (framing == BodyFraming::kChunked) {
      added.length = AddedFields::Length::kChunked;
    } else if (ExpectsBody(request.method) && !request.upgrade) {
      added.length = AddedFields::Length::kZero;
    }
  }
  WriteRequestHead(request, added, out_);
  writer_ = BodyWriter(framing, length.value_or(0));
  if (end) EndRequest({});
  return stream_;
}

size_t H1ClientCodec::SendData(StreamKey stream, ByteSpan bytes, bool end) {
  if (!Current(stream) || request_sent_) return bytes.size();
  writer_.Send(bytes, out_);
  if (end) EndRequest({});
  return bytes.size();
}

void H1ClientCodec::SendTrailers(StreamKey stream, std::span<const HeaderView> trailers) {
  if (!Current(stream) || request_sent_) return;
  EndRequest(options_->trailers ? trailers : std::span<const HeaderView>());
}

void H1ClientCodec::EndRequest(std::span<const HeaderView> trailers) {
  request_sent_ = true;
  if (!writer_.End(trailers, out_)) in_ = In::kDone;  // The upstream would wait for the rest.
  if (in_ == In::kTunnelEnd) in_ = In::kDone;
}

CodecEvent H1ClientCodec::Next(ByteSpan* input) {
  std::string_view text = AsText(*input);
  CodecEvent event = Read(&text);
  *input = AsBytes(text);
  if (event.kind == Kind::kNone && peer_ended_ && input->empty()) event = AtEnd();
  return event;
}

CodecEvent H1ClientCodec::Read(std::string_view* input) {
  switch (in_) {
    case In::kHead:
      return input->empty() ? CodecEvent() : Head(input);
    case In::kBody:
      return Body(input);
    case In::kTunnel:
      if (input->empty()) return {};
      return {.kind = Kind::kData, .stream = stream_, .data = AsBytes(std::exchange(*input, {}))};
    case In::kIdle:
      return input->empty() ? CodecEvent() : Failed("http1.extraneous_data");
    case In::kTunnelEnd:
    case In::kDone:
      *input = {};
      return {};
  }
  return {};
}

CodecEvent H1ClientCodec::Head(std::string_view* input) {
  while (true) {
    if (head_ == nullptr) {
      if (input->empty()) return {};
      head_ = pool_->TakeResponse();
      if (parser_ == nullptr) parser_ = pool_->TakeParser(LineGuard::Kind::kResponse);
      parser_->Begin(head_.get(), *options_);
    }
    const H1Parser::Result result = parser_->Parse(input);
    head_->wire_bytes = parser_->bytes();
    if (result == H1Parser::Result::kMore) return {};
    if (result == H1Parser::Result::kRefused) return Failed(parser_->refusal().detail);

    ResponseFraming framing = ResponseFraming::kNoBody;
    bool keep = false;
    const std::string_view fault =
        ReadResponse(parser_->version(), to_, head_.get(), &framing, &keep);
    if (!fault.empty()) return Failed(fault);
    if (head_->status < 200 && head_->status != 101) {
      if (++interims_ > kMostInterims) return Failed("http1.too_many_interim_responses");
      if (!IsForwardedInterim(head_->status)) {
        pool_->Give(std::move(head_));
        continue;
      }
      return {.kind = Kind::kInterim, .stream = stream_, .response = std::move(head_)};
    }
    // What follows a request to change the protocol may be of the new one.
    keep_ &= keep && !to_.upgrade;
    CodecEvent event = {.kind = Kind::kResponse, .stream = stream_};
    event.end = framing == ResponseFraming::kNoBody;
    if (framing == ResponseFraming::kTunnel) {
      in_ = In::kTunnel;
      writer_ = BodyWriter(BodyFraming::kUntilClose);
      request_sent_ = false;
    } else if (event.end) {
      EndResponse();
    } else {
      in_ = In::kBody;
      reader_.Begin(framing == ResponseFraming::kChunked  ? BodyFraming::kChunked
                    : framing == ResponseFraming::kLength ? BodyFraming::kLength
                                                          : BodyFraming::kUntilClose,
                    head_->content_length.value_or(0));
    }
    event.response = std::move(head_);
    return event;
  }
}

CodecEvent H1ClientCodec::Body(std::string_view* input) {
  CodecEvent event = reader_.Next(input, parser_.get(), *options_);
  event.stream = stream_;
  if (event.kind == Kind::kRefused) return Failed(event.refusal.detail);
  if (event.kind == Kind::kEnd) EndResponse();
  return event;
}

// Goes on to the next request, if this one may have one after it. A response that came before its
// request was sent leaves the upstream in the middle of a message.
void H1ClientCodec::EndResponse() {
  if (!request_sent_) keep_ = false;
  in_ = keep_ ? In::kIdle : In::kDone;
  pool_->Give(LineGuard::Kind::kResponse, std::move(parser_));
}

// Gives back what an idle connection does not need.
void H1ClientCodec::DropHead() {
  pool_->Give(std::move(head_));
  pool_->Give(LineGuard::Kind::kResponse, std::move(parser_));
}

CodecEvent H1ClientCodec::AtEnd() {
  switch (in_) {
    case In::kIdle:
      in_ = In::kDone;
      return {};
    case In::kHead: {
      // The engine tells an answer that broke off from a connection that closed before one.
      const bool begun = head_ != nullptr;
      CodecEvent event = Failed(begun ? "http1.codec_error" : "connection_termination");
      event.reason = begun ? ResetReason::kProtocolError : ResetReason::kConnectionLost;
      return event;
    }
    case In::kBody: {
      if (!reader_.EndsWithInput()) return Failed("http1.codec_error");
      in_ = In::kDone;
      return {.kind = Kind::kEnd, .stream = stream_};
    }
    case In::kTunnel: {
      in_ = request_sent_ ? In::kDone : In::kTunnelEnd;
      return {.kind = Kind::kEnd, .stream = stream_};
    }
    case In::kTunnelEnd:
    case In::kDone:
      return {};
  }
  return {};
}

CodecEvent H1ClientCodec::Failed(std::string_view detail) {
  DropHead();
  in_ = In::kDone;
  return {.kind = Kind::kFailed,
          .stream = stream_,
          .reason = ResetReason::kProtocolError,
          .detail = detail};
}

void H1ClientCodec::Reset(StreamKey stream, ResetReason /*reason*/) {
  if (!Current(stream)) return;
  DropHead();
  in_ = In::kDone;
}

void H1ClientCodec::Drain() {
  keep_ = false;
  if (in_ == In::kIdle) in_ = In::kDone;
}

}  // namespace postern
