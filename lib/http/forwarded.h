// Whose request it is: x-forwarded-for, -proto, -port and x-envoy-external-address, by Envoy's
// rules for a proxy that trusts its peer's address (engine.md 3.4, dataplane.md 2.8). Other fields
// are left to lib/http/hygiene.h.

#ifndef POSTERN_HTTP_FORWARDED_H_
#define POSTERN_HTTP_FORWARDED_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/http/headers.h"
#include "postern/address.h"

namespace postern {

// A ForwardedBy is what is known of the client's connection. Everything is borrowed.
struct ForwardedBy {
  std::string_view remote = {};  // The peer's IP, as text; empty if it is not known.
  std::string_view local = {};   // Our own IP on that connection.
  bool tls = false;
  uint16_t port = 0;          // The listener's.
  uint32_t trusted_hops = 0;  // Proxies before us whose fields are believed.
  bool add_port = false;      // Send x-forwarded-port.
};

// TrustedAddress returns the address that is trusted to be the client's, as text: the peer's,
// `remote`, or if `trusted_hops` are believed, what they say in `received`, all x-forwarded-for.
std::string_view TrustedAddress(std::string_view received, uint32_t trusted_hops,
                                std::string_view remote);

// AddForwarded changes the fields of a request, and returns the address that is trusted to be the
// client's, as text. Views of `by` must outlive `headers`.
std::string_view AddForwarded(const ForwardedBy& by, HeaderList* headers);

// IpText returns the IP of `address` as text, without port; empty if it has none.
std::string IpText(const Address& address);

// RequestId returns the text of a random UUID (RFC 9562 section 5.4) made of `random`.
std::array<char, 36> RequestId(const std::array<uint8_t, 16>& random);

}  // namespace postern

#endif  // POSTERN_HTTP_FORWARDED_H_
