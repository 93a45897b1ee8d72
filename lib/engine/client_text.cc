#include "lib/engine/client_text.h"

#include <utility>

#include "lib/http/forwarded.h"

namespace postern {

ClientText::ClientText(const PeerInfo& peer, std::string certificate_element)
    : remote_ip_(IpText(peer.remote)),
      local_ip_(IpText(peer.local)),
      certificate_element_(certificate_element.empty() ? nullptr
                                                       : std::make_unique<const std::string>(
                                                             std::move(certificate_element))) {}

}  // namespace postern
