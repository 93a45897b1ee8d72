// What a Connection field says. Removing what it nominates is left to lib/http/hygiene.h.

#ifndef POSTERN_HTTP_CONNECTION_FIELD_H_
#define POSTERN_HTTP_CONNECTION_FIELD_H_

#include <span>

#include "postern/decision.h"

namespace postern {

// A ConnectionField is the options of all Connection and Proxy-Connection fields of a message.
struct ConnectionField {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;  // Connection only.
};

// ReadConnection reads the options of `fields`.
ConnectionField ReadConnection(std::span<const HeaderView> fields);

// MayNominate returns whether the client may ask for the removal of what the options of `fields`
// name: less than ten options, none that names a field which framing, routing or trust rests upon,
// and TE only if it is shorter than 256 bytes (engine.md 1.5, 9.2 row 14).
bool MayNominate(std::span<const HeaderView> fields);

}  // namespace postern

#endif  // POSTERN_HTTP_CONNECTION_FIELD_H_
