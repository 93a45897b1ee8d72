#include "lib/http/message_rules.h"

#include <algorithm>
#include <array>

#include "lib/base/find_header.h"
#include "lib/base/strings.h"
#include "lib/http/connection_field.h"
#include "lib/http/field_rules.h"

namespace postern {
namespace {

// The fields that frame or direct a message, collected in one pass.
struct Framing {
  int hosts = 0;
  std::string_view host;
  int lengths = 0;
  std::string_view length;
  int encodings = 0;
  std::string_view encoding;
  bool connection = false;
};

Framing Collect(const HeaderList& headers) {
  Framing framing;
  for (const HeaderView& field : headers.fields()) {
    switch (field.name.size()) {
      case 4:
        if (field.name == "host") ++framing.hosts, framing.host = field.value;
        break;
      case 10:
        if (field.name == "connection") framing.connection = true;
        break;
      case 14:
        if (field.name == "content-length") ++framing.lengths, framing.length = field.value;
        break;
      case 16:
        if (field.name == "proxy-connection") framing.connection = true;
        break;
      case 17:
        if (field.name == "transfer-encoding") ++framing.encodings, framing.encoding = field.value;
        break;
      default:
        break;
    }
  }
  return framing;
}

// Unparsable is found by the codec, Unacceptable once the head is read: their answers differ.
Refusal Unparsable(int status, std::string_view detail) {
  return {.status = status, .detail = detail, .codec_error = true};
}

Refusal Unacceptable(int status, std::string_view detail) {
  return {.status = status, .detail = detail};
}

bool IsChunked(const Framing& framing) {
  return framing.encodings == 1 && EqualsIgnoreCase(framing.encoding, "chunked");
}

// Reads how long a request's body is.
std::optional<Refusal> ReadLength(const Framing& framing, RequestMessage* message,
                                  Persistence* persistence) {
  const bool connect = message->method == "CONNECT";
  if (framing.encodings > 0) {
    if (framing.lengths > 0) {
      return Unparsable(400, "http1.content_length_and_chunked_not_allowed");
    }
    if (message->version == HttpVersion::kHttp10) return Unparsable(400, "http1.codec_error");
    if (connect || !IsChunked(framing)) return Unparsable(501, "http1.invalid_transfer_encoding");
    persistence->chunked = message->has_body = true;
    message->headers.Remove("transfer-encoding");
    return std::nullopt;
  }
  if (framing.lengths == 0) return std::nullopt;
  const std::optional<uint64_t> length = ParseContentLength(framing.length);
  if (framing.lengths > 1 || !length) return Unparsable(400, "http1.codec_error");
  if (connect && *length != 0) return Unparsable(400, "http1.body_disallowed");
  message->content_length = length;
  message->has_body = *length > 0;
  CanonicalizeLength(framing.length, &message->headers);
  return std::nullopt;
}

// Splits an absolute target, whose scheme ends at `colon`, into scheme, authority and path.
std::optional<Refusal> ReadAbsolute(size_t colon, bool tls, RequestMessage* message) {
  const std::string_view target = message->path;
  const std::string_view scheme = target.substr(0, colon);
  const bool https = EqualsIgnoreCase(scheme, "https");
  if (!https && !EqualsIgnoreCase(scheme, "http")) return Unparsable(400, "http1.invalid_scheme");
  if (https && !tls) return Unparsable(403, "http1.https_url_on_plaintext_connection");
  const std::string_view rest = target.substr(colon + 3);
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  message->scheme = https ? "https" : "http";
  message->authority = rest.substr(0, end);
  message->path = rest.substr(end);
  if (!message->path.starts_with('/')) {
    message->path = message->headers.text().Concat({"/", message->path});
  }
  return std::nullopt;
}

// Reads for whom a request is: its target and its Host (RFC 9112 sections 3.2 and 3.3).
std::optional<Refusal> ReadTarget(const Framing& framing, bool tls, RequestMessage* message) {
  const std::string_view target = message->path;
  message->authority = framing.host;
  if (target == "*") {
    if (message->method != "OPTIONS") return Unparsable(400, "http1.invalid_url");
  } else if (message->method == "CONNECT") {
    const size_t colon = target.rfind(':');
    const bool port = colon != std::string_view::npos && target.find(']', colon) == target.npos;
    if (!port || !IsAuthority(target)) return Unparsable(400, "http1.invalid_url");
    message->authority = target;
    message->path = {};
  } else if (!target.starts_with('/')) {
    const size_t colon = target.find("://");
    if (colon == std::string_view::npos || target.find_first_of("/?#") < colon) {
      return Unparsable(400, "http1.invalid_url");
    }
    if (auto refusal = ReadAbsolute(colon, tls, message)) return refusal;
    if (!IsAuthority(message->authority)) return Unparsable(400, "http1.invalid_url");
  }
  if (framing.hosts == 0) return Unacceptable(400, "missing_host_header");
  if (framing.hosts > 1 || !IsAuthority(framing.host)) {
    return Unparsable(400, "http.invalid_authority");
  }
  message->headers.Remove("host");
  if (target == "*") {
    Refusal refusal = Unacceptable(404, "absolute_path_rejected");
    refusal.close = false;
    return refusal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> ReadRequest(std::string_view version, const CodecOptions& options,
                                   RequestMessage* message, Persistence* persistence) {
  if (version.empty()) return Unparsable(400, "http1.codec_error");
  if (version == "1.0") {
    message->version = HttpVersion::kHttp10;
  } else if (version != "1.1") {
    return Unparsable(505, "http1.codec_error");
  }
  const Framing framing = Collect(message->headers);
  ConnectionField connection;
  if (framing.connection) connection = ReadConnection(message->headers.fields());
  persistence->keep =
      !connection.close && (message->version == HttpVersion::kHttp11 || connection.keep_alive);
  if (auto refusal = ReadLength(framing, message, persistence)) return refusal;
  if (framing.connection && !MayNominate(message->headers.fields())) {
    return Unparsable(400, "http1.connection_header_rejected");
  }
  if (message->version == HttpVersion::kHttp10 && !options.accept_http10) {
    return Unparsable(426, "low_version");
  }
  if (auto refusal = ReadTarget(framing, options.tls, message)) return refusal;
  if (!ExpectsContinueOnly(message->headers)) return Unacceptable(417, "expectation_failed");
  if (IsQueryOfNothing(*message)) return Unacceptable(400, "query_missing_content_type");
  if (connection.upgrade) {
    // Several lines are a list, and so no protocol that is known.
    const std::string_view upgrade = message->headers.Joined("upgrade");
    if (!EqualsIgnoreCase(upgrade, "h2c")) {
      message->upgrade = message->headers.text().Copy(AsciiLower(upgrade));
    }
  }
  return std::nullopt;
}

std::string_view ReadResponse(std::string_view version, const ResponseTo& to,
                              ResponseMessage* message, ResponseFraming* framing, bool* keep) {
  if (version.empty()) return "http1.codec_error";
  const int status = message->status;
  if (status < 100 || status > 599) return "http1.codec_error";
  const Framing fields = Collect(message->headers);
  const bool interim = status < 200;
  const bool bodiless = interim || status == 204;
  if (fields.encodings > 0) {
    if (fields.lengths > 0) return "http1.content_length_and_chunked_not_allowed";
    if (version == "1.0") return "http1.codec_error";
    if (bodiless) return "http1.transfer_encoding_not_allowed";
    if (!IsChunked(fields)) return "http1.invalid_transfer_encoding";
    message->headers.Remove("transfer-encoding");
  }
  if (fields.lengths > 0) {
    message->content_length = ParseContentLength(fields.length);
    if (fields.lengths > 1 || !message->content_length) return "http1.codec_error";
    if (bodiless && *message->content_length != 0) return "http1.content_length_not_allowed";
    CanonicalizeLength(fields.length, &message->headers);
  }
  if (bodiless) message->headers.Remove("content-length");

  ConnectionField connection;
  if (fields.connection) connection = ReadConnection(message->headers.fields());
  // Another version than these is read as 1.1, once.
  *keep = !connection.close && (version == "1.1" || (version == "1.0" && connection.keep_alive));
  if (status == 101) {
    if (!to.upgrade) return "http1.codec_error";
    *framing = ResponseFraming::kTunnel;
    *keep = false;
  } else if (bodiless || to.head || status == 304) {
    *framing = ResponseFraming::kNoBody;
  } else if (fields.encodings > 0) {
    *framing = ResponseFraming::kChunked;
  } else if (message->content_length) {
    *framing = *message->content_length == 0 ? ResponseFraming::kNoBody : ResponseFraming::kLength;
  } else {
    *framing = ResponseFraming::kUntilClose;
    *keep = false;
  }
  message->has_body = *framing != ResponseFraming::kNoBody;
  return {};
}

bool IsForwardedInterim(int status) {
  return status == 100 || status == 102 || status == 103 || status == 104;
}

bool IsQueryOfNothing(const RequestMessage& message) {
  return message.method == "QUERY" && message.headers.Count("content-type") == 0;
}

bool ExpectsContinueOnly(const HeaderList& headers) {
  if (!headers.may_hold(NameMark("expect"))) return true;
  for (const HeaderView& field : headers.fields()) {
    if (field.name == "expect" && !EqualsIgnoreCase(field.value, "100-continue")) return false;
  }
  return true;
}

void CanonicalizeLength(std::string_view digits, HeaderList* headers) {
  if (digits.size() < 2 || digits.front() != '0') return;
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  headers->Set("content-length", digits);
}

std::optional<uint64_t> FindContentLength(std::span<const HeaderView> headers) {
  const auto length = FindHeader(headers, "content-length");
  if (!length) return std::nullopt;
  return ParseContentLength(*length).value_or(0);
}

bool MayBeTrailer(std::string_view name) {
  static constexpr std::array<std::string_view, 15> kNever = {
      "authorization", "connection", "content-encoding", "content-length",      "content-type",
      "cookie",        "host",       "keep-alive",       "proxy-authorization", "proxy-connection",
      "set-cookie",    "te",         "trailer",          "transfer-encoding",   "upgrade"};
  return !name.starts_with(':') && !name.starts_with("x-forwarded-") &&
         !name.starts_with("x-envoy-") && !std::binary_search(kNever.begin(), kNever.end(), name);
}

}  // namespace postern
