#include "lib/http/h2_request_rules.h"

#include "lib/base/strings.h"
#include "lib/http/field_rules.h"
#include "lib/http/hygiene.h"
#include "lib/http/message_rules.h"

namespace postern {
namespace {

Refusal Refuse(int status, std::string_view detail, bool codec_error = false) {
  return {.status = status, .detail = detail, .codec_error = codec_error, .close = false};
}

// Makes Host and :authority one; they must not differ (engine.md 9.2 row 13).
bool ReadAuthority(RequestMessage* message) {
  const std::optional<std::string_view> host = message->headers.Find("host");
  if (host) {
    if (message->authority.empty()) message->authority = *host;
    if (!EqualsIgnoreCase(message->authority, *host)) return false;
    message->headers.Remove("host");
  }
  return IsAuthority(message->authority);
}

}  // namespace

std::optional<Refusal> ReadH2Request(std::string_view protocol, const CodecOptions& options,
                                     RequestMessage* message) {
  HeaderList& headers = message->headers;
  if (options.reject_underscores) {
    for (const HeaderView& field : headers.fields()) {
      if (field.name.find('_') != std::string_view::npos) {
        return Refuse(400, "http2.unexpected_underscore", true);
      }
    }
  }
  if (!IsRegisteredMethod(message->method)) {
    return Refuse(400, "http2.violation.of.messaging.rule", true);
  }
  if (!ReadAuthority(message)) return Refuse(400, "invalid_authority");
  const bool connect = message->method == "CONNECT" && protocol.empty();
  if (!connect) {
    message->scheme = headers.text().Copy(AsciiLower(message->scheme));
    if (message->scheme != "http" && message->scheme != "https") {
      return Refuse(400, "http2.invalid_scheme", true);
    }
    if (message->path == "*") return Refuse(404, "absolute_path_rejected");
    // What a path may not hold is escaped before it is routed; the query goes as it comes.
    const size_t query = message->path.find('?');
    if (query != std::string_view::npos && !IsTarget(message->path.substr(query))) {
      return Refuse(400, "http2.violation.of.messaging.rule", true);
    }
  }
  if (const auto length = headers.Find("content-length")) {
    message->content_length = ParseContentLength(*length);
    if (!message->content_length) return Refuse(400, "http2.violation.of.messaging.rule", true);
    CanonicalizeLength(*length, &headers);
  }
  if (!ExpectsContinueOnly(headers)) return Refuse(417, "expectation_failed");
  if (IsQueryOfNothing(*message)) return Refuse(400, "query_missing_content_type");
  headers.Remove("http2-settings");
  JoinCookies(&headers);
  if (!protocol.empty()) {  // RFC 8441: to the engine it is the upgrade that HTTP/1.1 has.
    message->method = "GET";
    message->upgrade = headers.text().Copy(AsciiLower(protocol));
    headers.Add("connection", "upgrade");
    headers.Add("upgrade", message->upgrade);
  }
  return std::nullopt;
}

}  // namespace postern
