#include "lib/http/h1_parser.h"

#include <algorithm>
#include <utility>

#include "lib/base/strings.h"
#include "lib/http/field_rules.h"

namespace postern {
namespace {

constexpr std::string_view kCodecError = "http1.codec_error";
constexpr size_t kLongestMethod = 16;

}  // namespace

// H1Callbacks is what llhttp calls, with pieces of the message's own text. 0: go on.
struct H1Callbacks {
  static H1Parser& Self(llhttp_t* llhttp) { return *static_cast<H1Parser*>(llhttp->data); }

  static int OnUrl(llhttp_t* llhttp, const char* at, size_t size) {
    H1Parser& self = Self(llhttp);
    if (self.request_ == nullptr || size == 0) return 0;
    RequestMessage& request = *self.request_;
    if (!IsTarget({at, size})) return self.Refuse(400, kCodecError);
    request.path = request.headers.text().Join(request.path, {at, size});
    return 0;
  }

  static int OnReason(llhttp_t* llhttp, const char* at, size_t size) {
    return IsFieldValue({at, size}) || Self(llhttp).Refuse(400, kCodecError) ? 0 : HPE_USER;
  }

  static int OnVersion(llhttp_t* llhttp, const char* at, size_t size) {
    H1Parser& self = Self(llhttp);
    for (size_t i = 0; i < size && self.version_size_ < sizeof(self.version_); ++i) {
      self.version_[self.version_size_++] = at[i];
    }
    return 0;
  }

  static int OnName(llhttp_t* llhttp, const char* at, size_t size) {
    H1Parser& self = Self(llhttp);
    // It stands in the message's text, which is ours to write to.
    if (LowerToken(const_cast<char*>(at), size) != size) {
      self.Refuse(400, kCodecError);
      return HPE_USER;
    }
    self.name_ = self.fields_->text().Join(self.name_, {at, size});
    return 0;
  }

  static int OnNameEnd(llhttp_t* llhttp) {
    // What a field says of framing is for message_rules alone: to llhttp it is one like any other.
    llhttp->header_state = 0;
    return Self(llhttp).EndName() ? 0 : HPE_USER;
  }

  static int OnValue(llhttp_t* llhttp, const char* at, size_t size) {
    H1Parser& self = Self(llhttp);
    if (size > 0) self.value_ = self.fields_->text().Join(self.value_, {at, size});
    return 0;
  }

  static int OnValueEnd(llhttp_t* llhttp) { return Self(llhttp).EndValue() ? 0 : HPE_USER; }

  static int OnHeadersComplete(llhttp_t* llhttp) {
    H1Parser& self = Self(llhttp);
    self.complete_ = true;
    if (self.response_ != nullptr) self.response_->status = llhttp->status_code;
    return HPE_PAUSED;
  }
};

namespace {

const llhttp_settings_t* Settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_url = H1Callbacks::OnUrl;
    s.on_status = H1Callbacks::OnReason;
    s.on_version = H1Callbacks::OnVersion;
    s.on_header_field = H1Callbacks::OnName;
    s.on_header_field_complete = H1Callbacks::OnNameEnd;
    s.on_header_value = H1Callbacks::OnValue;
    s.on_header_value_complete = H1Callbacks::OnValueEnd;
    s.on_headers_complete = H1Callbacks::OnHeadersComplete;
    return s;
  }();
  return &settings;
}

}  // namespace

void H1Parser::Start(HeaderList* fields, const CodecOptions& options) {
  options_ = &options;
  refusal_ = {};
  fields_ = fields;
  name_ = value_ = {};
  bytes_ = count_ = 0;
  complete_ = false;
  version_size_ = 0;
  llhttp_init(&llhttp_, response_ != nullptr ? HTTP_RESPONSE : HTTP_REQUEST, Settings());
  llhttp_.lenient_flags = LENIENT_VERSION;  // ReadRequest has an answer to each.
  llhttp_.data = this;
}

void H1Parser::Begin(RequestMessage* message, const CodecOptions& options) {
  request_ = message;
  response_ = nullptr;
  Start(&message->headers, options);
  guard_.Begin();
}

void H1Parser::Begin(ResponseMessage* message, const CodecOptions& options) {
  request_ = nullptr;
  response_ = message;
  Start(&message->headers, options);
  guard_.Begin();
}

void H1Parser::BeginTrailers(HeaderList* fields, const CodecOptions& options) {
  request_ = nullptr;
  response_ = nullptr;
  Start(fields, options);
  guard_.BeginFields();
  Execute("GET / HTTP/1.1\r\n");  // To llhttp the trailers are the fields of one more request.
}

bool H1Parser::Refuse(int status, std::string_view detail) {
  refusal_ = {.status = status, .detail = detail, .codec_error = true};
  return false;
}

// Reads the method off `text`. llhttp knows fewer than we take, and is told of GET and CONNECT
// alone: only for these does the target have another form.
bool H1Parser::ReadMethod(std::string_view* text) {
  const size_t end = text->find(' ');
  const std::string_view part = text->substr(0, end);
  const bool whole = name_.empty() && end != std::string_view::npos;
  if (whole && (part == "GET" || part == "CONNECT")) {
    request_->method = part == "GET" ? "GET" : "CONNECT";
    return true;
  }
  if (!part.empty() && !IsToken(part)) return Refuse(400, kCodecError);
  name_ = fields_->text().Extend(name_, part);
  if (name_.size() > kLongestMethod) return Refuse(400, kCodecError);
  text->remove_prefix(part.size());
  if (text->empty()) return true;
  if (!IsRegisteredMethod(name_)) return Refuse(400, kCodecError);
  request_->method = std::exchange(name_, {});
  return Execute(request_->method == "CONNECT" ? "CONNECT" : "GET");
}

bool H1Parser::EndName() {
  if (++count_ > options_->header_count) return Refuse(431, "http1.too_many_headers");
  if (name_.empty() || name_.size() > kLongestName) return Refuse(400, kCodecError);
  if (options_->reject_underscores && name_.find('_') != std::string_view::npos) {
    return Refuse(400, "http1.unexpected_underscore");
  }
  return true;
}

bool H1Parser::EndValue() {
  const std::string_view value = TrimBlanks(std::exchange(value_, {}));
  if (!IsFieldValue(value)) return Refuse(400, "http1.invalid_characters");
  fields_->Add(std::exchange(name_, {}), value);
  return true;
}

bool H1Parser::Execute(std::string_view text) {
  if (text.empty()) return true;
  // Copied as it is, once: the parts of the message are pieces of the copy.
  text = fields_->text().Copy(text);
  const llhttp_errno_t error = llhttp_execute(&llhttp_, text.data(), text.size());
  if (refusal_.status != 0) return false;
  return error == HPE_OK || (error == HPE_PAUSED && complete_) || Refuse(400, kCodecError);
}

H1Parser::Result H1Parser::Parse(std::string_view* input) {
  // llhttp would skip an empty line.
  if (response_ != nullptr && bytes_ == 0 && !input->empty() && input->front() != 'H') {
    Refuse(400, kCodecError);
  }
  while (!input->empty() && refusal_.status == 0) {
    // A byte over the limit is refused when it comes, and never looked at.
    const size_t room = options_->header_bytes - bytes_;
    std::string_view rest = input->substr(0, std::min(room, input->size()));
    if (rest.empty()) {
      const bool trailers = request_ == nullptr && response_ == nullptr;
      Refuse(431, trailers ? "http1.trailers_too_large" : "http1.headers_too_large");
      break;
    }
    const size_t before = rest.size();
    const LineGuard::Piece piece = guard_.Next(&rest);
    const size_t used = before - rest.size();
    input->remove_prefix(used);
    bytes_ += used;
    std::string_view text = piece.text;
    if (request_ != nullptr && request_->method.empty() && !ReadMethod(&text)) break;
    if (!Execute(text)) break;
    if (piece.then == LineGuard::Piece::Then::kBad) Refuse(400, kCodecError);
    if (piece.then == LineGuard::Piece::Then::kEnd) {
      if (complete_) return Result::kDone;
      Refuse(400, kCodecError);
    }
  }
  return refusal_.status == 0 ? Result::kMore : Result::kRefused;
}

}  // namespace postern
