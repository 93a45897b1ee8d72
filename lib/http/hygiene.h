// What a proxy removes from a message and adds to it, as pure functions on header lists, in the
// order that Envoy has (observed.md 1.1). The addresses of x-forwarded-for are left to
// lib/http/forwarded.h, certificates to lib/http/client_cert_field.h.

#ifndef POSTERN_HTTP_HYGIENE_H_
#define POSTERN_HTTP_HYGIENE_H_

#include <string_view>

#include "lib/http/headers.h"

namespace postern {

// RemoveHopByHop removes from a request what concerns the client's connection only: what its
// Connection fields nominate, the connection fields themselves, Upgrade, HTTP2-Settings, and of TE
// all but `trailers`. With `upgrade` the request asks for an upgrade that it may have, and keeps
// Connection and Upgrade.
void RemoveHopByHop(bool upgrade, HeaderList* headers);

// RemoveInternal removes from an external request the fields by which a mesh speaks to itself:
// x-envoy-* controls, early-data, and a Referer that is not one. (engine.md 3.5)
void RemoveInternal(HeaderList* headers);

// RemoveConnectionFields removes from a response what concerns its connection only. With `upgrade`,
// of a 101, Connection and Upgrade stay.
void RemoveConnectionFields(bool upgrade, HeaderList* headers);

// SanitizeResponse removes from an upstream's response what concerns its connection only, and what
// the mesh says to itself. With `upgrade`, of a 101, Connection and Upgrade stay.
void SanitizeResponse(bool upgrade, HeaderList* headers);

// FinishResponse adds `date` if there is none, and writes `server` over what is there; an empty
// `server` leaves it. It must be the last change to a response.
void FinishResponse(std::string_view date, std::string_view server, HeaderList* headers);

// JoinCookies makes one field of all cookie crumbs, "; " between them (RFC 9113 section 8.2.3).
void JoinCookies(HeaderList* headers);

}  // namespace postern

#endif  // POSTERN_HTTP_HYGIENE_H_
