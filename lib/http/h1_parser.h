// An H1Parser reads heads and trailers of HTTP/1 with llhttp, behind a LineGuard and with our own
// checks around it. What the fields together mean (length, Host, upgrade) is left to
// lib/http/message_rules.h, bodies to the codecs.

#ifndef POSTERN_HTTP_H1_PARSER_H_
#define POSTERN_HTTP_H1_PARSER_H_

#include <cstdint>
#include <string_view>

#include "lib/http/codec.h"
#include "lib/http/codec_options.h"
#include "lib/http/line_guard.h"
#include "lib/http/message.h"
#include "llhttp.h"

namespace postern {

// An H1Parser reads one head at a time. It gives only what stands on single lines; names come in
// lower case, values without blanks around them, as views into the message's own text. Of a head
// that it refuses it gives the method and the fields that were complete.
class H1Parser {
 public:
  explicit H1Parser(LineGuard::Kind kind) : guard_(kind) {}

  H1Parser(const H1Parser&) = delete;
  H1Parser& operator=(const H1Parser&) = delete;

  // Begin begins a head, whose parts go to `message`, or trailers, which go to `fields`. Both, and
  // `options`, must last until Parse has returned kDone or kRefused, or another Begin.
  void Begin(RequestMessage* message, const CodecOptions& options);
  void Begin(ResponseMessage* message, const CodecOptions& options);
  void BeginTrailers(HeaderList* fields, const CodecOptions& options);

  enum class Result : uint8_t { kMore, kDone, kRefused };

  // Parse removes from `input` what it has used. kRefused: see refusal(). Its answer does not
  // depend on how the input is split.
  Result Parse(std::string_view* input);

  const Refusal& refusal() const { return refusal_; }

  // begun returns whether more has come than an empty line before the head.
  bool begun() const { return guard_.begun(); }

  // bytes returns how long the head was so far.
  uint64_t bytes() const { return bytes_; }

  // version returns the version text of the head: "1.1".
  std::string_view version() const { return {version_, version_size_}; }

 private:
  friend struct H1Callbacks;

  void Start(HeaderList* fields, const CodecOptions& options);
  bool Execute(std::string_view text);
  bool Refuse(int status, std::string_view detail);
  bool ReadMethod(std::string_view* text);
  bool EndName();
  bool EndValue();

  llhttp_t llhttp_;
  LineGuard guard_;
  const CodecOptions* options_ = nullptr;
  RequestMessage* request_ = nullptr;
  ResponseMessage* response_ = nullptr;
  HeaderList* fields_ = nullptr;
  std::string_view name_, value_;  // Of the field under way; `name_` of the method, before.
  uint64_t bytes_ = 0;
  uint32_t count_ = 0;
  bool complete_ = false;
  uint8_t version_size_ = 0;
  char version_[3] = {};
  Refusal refusal_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H1_PARSER_H_
