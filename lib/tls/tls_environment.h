// What all TLS sessions of one engine share. Keeping it up to date is left to the engine.

#ifndef POSTERN_TLS_TLS_ENVIRONMENT_H_
#define POSTERN_TLS_TLS_ENVIRONMENT_H_

#include "lib/tls/ticket_keys.h"
#include "postern/time.h"

namespace postern {

// A TlsEnvironment outlives its sessions.
struct TlsEnvironment {
  WallTime now;  // Of the input method under way: set it before a session is called.
  TicketKeys ticket_keys;
};

}  // namespace postern

#endif  // POSTERN_TLS_TLS_ENVIRONMENT_H_
