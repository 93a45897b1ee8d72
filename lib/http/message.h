// The heads of requests and responses as the codecs give them to the engine and take them from it.
// How they stand on the wire is left to the codecs.

#ifndef POSTERN_HTTP_MESSAGE_H_
#define POSTERN_HTTP_MESSAGE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lib/http/headers.h"
#include "postern/decision.h"

namespace postern {

// A RequestMessage is the head of a request that was received. Its views point into
// headers.text(). The fields are as received, in their order, but for Host, which is `authority`,
// and Transfer-Encoding, which said what has_body says; a content-length is canonical.
struct RequestMessage {
  HttpVersion version = HttpVersion::kHttp11;
  std::string_view method;
  std::string_view scheme;     // HTTP/2: as sent, lower case. HTTP/1: empty, or the scheme of an
                               // absolute target.
  std::string_view authority;  // Host or :authority as sent.
  std::string_view path;       // As sent, with query and fragment.
  std::string_view upgrade;    // The protocol asked for: "websocket"; empty: none. In lower case.
  HeaderList headers;
  std::optional<uint64_t> content_length;
  bool has_body = false;
  uint64_t wire_bytes = 0;  // Of the head.

  // head returns the request as routing takes it; it borrows.
  RequestHead head() const { return {version, method, scheme, authority, path, headers.fields()}; }

  void Clear();
};

// A ResponseMessage is the head of a response that was received, likewise.
struct ResponseMessage {
  int status = 0;
  HeaderList headers;
  std::optional<uint64_t> content_length;  // Also where no body follows: HEAD, 304.
  bool has_body = false;
  uint64_t wire_bytes = 0;

  void Clear();
};

// A RequestOut is the head of a request to send. Fields go out in their order after Host; the codec
// adds what frames the body: unless a content-length is among them, transfer-encoding for a body,
// or content-length: 0 where the method lets one expect a body and there is none.
struct RequestOut {
  std::string_view method = {};
  std::string_view scheme = {};  // HTTP/2 only.
  std::string_view authority = {};
  std::string_view path = {};
  std::span<const HeaderView> headers = {};
  bool upgrade = false;  // `headers` ask for an upgrade: 101 is an answer.
};

// A ResponseOut is the head of a response to send. Fields go out in their order; the codec adds
// `connection: close` if the connection ends with this response, and then what frames the body.
struct ResponseOut {
  int status = 200;
  std::span<const HeaderView> headers = {};
  bool close = false;  // End the connection whatever else. HTTP/2 ignores it.
};

// ReasonPhrase returns Envoy's reason phrase of `status`; "Unknown" where it has none (102, 418).
std::string_view ReasonPhrase(int status);

}  // namespace postern

#endif  // POSTERN_HTTP_MESSAGE_H_
