#include "lib/engine/sniffer.h"

#include <string_view>
#include <utility>
#include <vector>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"

namespace postern {

Sniffer::Sniffer(ClientConnection& client)
    : client_(client), parser_(client.core().limits().client_hello_bytes) {}

bool Sniffer::OnBytes(ByteSpan* bytes) {
  const ByteSpan next = std::exchange(*bytes, {});
  if (next.empty()) return false;
  seen_ += AsText(next);
  const ClientHelloParser::Result result = parser_.Parse(next);
  switch (result) {
    case ClientHelloParser::Result::kIncomplete:
      return false;
    case ClientHelloParser::Result::kMalformed:
      // Not even a name to choose a chain by: closed without an alert (dataplane.md 2.4).
      client_.Refuse("tls_inspector_error", CloseMode::kReset);
      return false;
    case ClientHelloParser::Result::kNotTls:
      client_.Unread(std::move(seen_));
      client_.Inspected(false, {}, {}, {});
      return false;
    case ClientHelloParser::Result::kClientHello:
      break;
  }
  const ClientHello& hello = parser_.hello();
  const std::vector<std::string_view> alpn(hello.alpn.begin(), hello.alpn.end());
  client_.Unread(std::move(seen_));
  client_.Inspected(true, hello.server_name, alpn, hello.ja4);
  return false;
}

void Sniffer::OnEnd() { client_.Refuse("downstream_remote_disconnect", CloseMode::kClose); }

void Sniffer::OnTimer() {
  // Of a client that has said something a part is unread (observed.md 1.3).
  client_.Refuse("downstream_pre_cx_timeout",
                 seen_.empty() ? CloseMode::kClose : CloseMode::kReset);
}

void Sniffer::OnDrain() { client_.Refuse("draining", CloseMode::kClose); }

void Sniffer::OnBroken(const absl::Status& /*why*/) {
  client_.outcome().detail = "downstream_remote_disconnect";
}

}  // namespace postern
