// The fields of a request as it is decided, and as it goes on from there: the order of the steps is
// Envoy's (observed.md 1.1). The steps are those of lib/http/hygiene.h and its neighbours.

#ifndef POSTERN_SNAPSHOT_CLEAN_REQUEST_H_
#define POSTERN_SNAPSHOT_CLEAN_REQUEST_H_

#include <cstdint>
#include <string_view>

#include "lib/http/headers.h"
#include "postern/snapshot.h"

namespace postern {

// A RequestOrigin is what is known of a request besides its fields. Everything is borrowed.
struct RequestOrigin {
  std::string_view remote = {};  // The client's IP, as text; empty if it is not known.
  std::string_view local = {};   // Our own IP on that connection.
  bool tls = false;
  uint16_t port = 0;                          // The listener's.
  bool upgrade = false;                       // It asks for an upgrade that it may have.
  std::string_view certificate_element = {};  // See SetClientCert.
  std::string_view request_id = {};           // Its x-request-id; empty: as the client has it.
};

// CleanRequest removes what concerns the client's connection only and what a client may not say,
// and sets what the proxy says of the client. Views of `origin` must outlive `headers`.
void CleanRequest(const SnapshotOptions& options, const RequestOrigin& origin, HeaderList* headers);

// SetClientCert does to x-forwarded-client-cert what `mode` says. `element` is empty if the client
// has shown no certificate; it must outlive `headers`.
void SetClientCert(SnapshotOptions::ForwardClientCert mode, std::string_view element,
                   HeaderList* headers);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_CLEAN_REQUEST_H_
