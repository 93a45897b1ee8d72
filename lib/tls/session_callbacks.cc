#include "lib/tls/session_callbacks.h"

#include "lib/tls/tls_time.h"

namespace postern {

void InstallSessionCallbacks(SSL_CTX* context, bool /*server*/) { UseTlsTime(context); }

}  // namespace postern
