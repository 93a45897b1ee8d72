#include "lib/http/clean_request.h"

#include "lib/http/client_cert_field.h"
#include "lib/http/forwarded.h"
#include "lib/http/hygiene.h"

namespace postern {

void CleanRequest(const SnapshotOptions& options, const RequestOrigin& origin,
                  HeaderList* headers) {
  RemoveHopByHop(origin.upgrade, headers);
  RemoveInternal(headers);
  ForwardedBy by;
  by.remote = origin.remote;
  by.local = origin.local;
  by.tls = origin.tls;
  by.port = origin.port;
  by.trusted_hops = options.num_trusted_proxies;
  by.add_port = options.x_forwarded_port;
  AddForwarded(by, headers);
  SetClientCert(options.forward_client_cert, origin.certificate_element, headers);
  if (!origin.request_id.empty()) headers->Set("x-request-id", origin.request_id);
}

}  // namespace postern
