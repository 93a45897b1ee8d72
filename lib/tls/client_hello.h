// The first bytes of a connection: whether they are TLS, and what the ClientHello asks for. The
// bytes themselves stay with the engine, which replays them to lib/tls/session or an upstream.

#ifndef POSTERN_TLS_CLIENT_HELLO_H_
#define POSTERN_TLS_CLIENT_HELLO_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "postern/bytes.h"

namespace postern {

// A ClientHello is what routing and logs need of one.
struct ClientHello {
  std::string server_name;        // As sent; empty if none, or an IP address, which is no name.
  std::vector<std::string> alpn;  // As sent, in the client's order.
  std::string ja4;                // "t13d1516h2_8daaf6152771_b186095e22b6".
};

// A ClientHelloParser takes bytes in pieces of any size and says, as soon as it can, what they are:
// records are put together, however small, and nothing is kept beyond the ClientHello.
class ClientHelloParser {
 public:
  enum class Result {
    kIncomplete,   // Wants more bytes.
    kNotTls,       // The bytes are not TLS.
    kClientHello,  // See hello().
    kMalformed,    // Begins as TLS and goes wrong; see alert().
  };

  // `max_bytes` bounds the ClientHello, up to 16 KiB, beyond which BoringSSL takes none.
  explicit ClientHelloParser(size_t max_bytes = 16 << 10);

  // Parse takes the bytes that follow those of earlier calls. Once it has returned anything but
  // kIncomplete, it returns the same for ever.
  Result Parse(ByteSpan bytes);

  const ClientHello& hello() const { return hello_; }

  // alert returns what TLS answers in kMalformed: an AlertDescription.
  uint8_t alert() const { return alert_; }

 private:
  Result Malformed(uint8_t alert);
  Result TakeRecordHeader();
  Result TakeFragment(ByteSpan fragment);
  Result ParseMessage();

  const size_t max_bytes_;
  Result result_ = Result::kIncomplete;
  uint8_t alert_ = 0;
  uint8_t header_[5] = {};  // Of the record under way, ...
  size_t header_size_ = 0;  // ... how much of it has come, ...
  size_t record_left_ = 0;  // ... and how much of the record's body has not.
  int empty_records_ = 0;
  int warnings_ = 0;
  std::string message_;  // The handshake message, with its header.
  ClientHello hello_;
};

}  // namespace postern

#endif  // POSTERN_TLS_CLIENT_HELLO_H_
