#include "lib/snapshot/clean_request.h"

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

void SetClientCert(SnapshotOptions::ForwardClientCert mode, std::string_view element,
                   HeaderList* headers) {
  using Mode = SnapshotOptions::ForwardClientCert;
  constexpr std::string_view kName = "x-forwarded-client-cert";
  if (mode == Mode::kAlwaysForwardOnly) return;
  if (element.empty() || mode == Mode::kSanitize) {
    headers->Remove(kName);
    return;
  }
  if (mode == Mode::kForwardOnly) return;
  if (mode == Mode::kAppendForward) {
    const std::string_view received = headers->Joined(kName);
    if (!received.empty()) element = headers->text().Concat({received, ",", element});
  }
  headers->Set(kName, element);
}

}  // namespace postern
