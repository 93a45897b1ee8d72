// The callbacks by which BoringSSL asks a Session. They are in lib/tls/session_callbacks.cc;
// putting a context's policy together is left to lib/tls/tls_policy.

#ifndef POSTERN_TLS_SESSION_CALLBACKS_H_
#define POSTERN_TLS_SESSION_CALLBACKS_H_

#include <openssl/base.h>

namespace postern {

// InstallSessionCallbacks makes the SSLs of `context` ask the Session that they belong to for the
// time, protocol, certificate, ticket keys and the verdict on their peer.
void InstallSessionCallbacks(SSL_CTX* context, bool server);

}  // namespace postern

#endif  // POSTERN_TLS_SESSION_CALLBACKS_H_
