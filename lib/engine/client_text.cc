#include "lib/engine/client_text.h"

#include "lib/http/client_cert_field.h"
#include "lib/http/forwarded.h"

namespace postern {

ClientText::ClientText(const ConnectionInfo& info)
    : remote_ip_(IpText(info.peer->remote)), local_ip_(IpText(info.peer->local)) {
  const PeerCertificate* shown = info.certificate;
  if (shown == nullptr) return;
  ClientCertFacts facts;
  facts.sha256 = shown->sha256;
  facts.subject = shown->subject;
  facts.uris = shown->uris;
  facts.dns_names = shown->dns_names;
  certificate_element_ = std::make_unique<const std::string>(ClientCertElement(facts));
}

}  // namespace postern
