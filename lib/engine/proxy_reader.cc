#include "lib/engine/proxy_reader.h"

#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/proxy_protocol.h"

namespace postern {

bool ProxyReader::OnBytes(ByteSpan* bytes) {
  seen_ += AsText(*bytes);
  *bytes = {};
  if (seen_.empty()) return false;
  const ProxyParse parse = ParseProxyHeader(AsBytes(seen_));
  if (parse.result == ProxyParse::Result::kMore) return false;
  if (parse.result == ProxyParse::Result::kNone) {
    client_.Refuse("proxy_protocol_error", CloseMode::kReset);
    return false;
  }
  if (seen_.size() > parse.header.size) client_.Unread(seen_.substr(parse.header.size));
  client_.Proxied(parse.header.peer);
  return false;
}

void ProxyReader::OnEnd() { client_.Refuse("downstream_remote_disconnect", CloseMode::kClose); }

void ProxyReader::OnTimer() { client_.Refuse("downstream_pre_cx_timeout", CloseMode::kClose); }

void ProxyReader::OnDrain() { client_.Refuse("draining", CloseMode::kClose); }

void ProxyReader::OnBroken(const absl::Status& /*why*/) {
  client_.outcome().detail = "downstream_remote_disconnect";
}

}  // namespace postern
