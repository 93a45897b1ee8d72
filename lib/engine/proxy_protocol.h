// The header of the PROXY protocol, versions 1 and 2 (HAProxy, "The PROXY protocol", 2.3). When one
// is due, and what its addresses mean, is for the engine.

#ifndef POSTERN_ENGINE_PROXY_PROTOCOL_H_
#define POSTERN_ENGINE_PROXY_PROTOCOL_H_

#include <cstddef>
#include <optional>

#include "postern/address.h"
#include "postern/bytes.h"

namespace postern {

// A ProxyHeader is one header: its size, and the addresses in it. LOCAL and UNKNOWN give none: the
// socket's hold.
struct ProxyHeader {
  size_t size = 0;
  PeerInfo peer;
};

// A ProxyParse is what the first bytes of a connection are.
struct ProxyParse {
  enum class Result { kMore, kHeader, kNone };

  Result result = Result::kMore;
  ProxyHeader header;  // Of kHeader.
};

// ParseProxyHeader reads the header at the start of `bytes`. kNone: there is none, and no more
// bytes can make one. At most 107 bytes are a version 1 header, and 16 + 65535 a version 2 one.
ProxyParse ParseProxyHeader(ByteSpan bytes);

}  // namespace postern

#endif  // POSTERN_ENGINE_PROXY_PROTOCOL_H_
