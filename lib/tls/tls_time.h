// The calendar time that BoringSSL sees: that of the call under way, as its callback is not told
// whose time it asks for. What time it is, the caller knows.

#ifndef POSTERN_TLS_TLS_TIME_H_
#define POSTERN_TLS_TLS_TIME_H_

#include <openssl/base.h>

#include "postern/time.h"

namespace postern {

// A TlsTimeScope makes `now` the time of this thread's calls into BoringSSL while it lives.
class TlsTimeScope {
 public:
  explicit TlsTimeScope(WallTime now);
  TlsTimeScope(const TlsTimeScope&) = delete;
  TlsTimeScope& operator=(const TlsTimeScope&) = delete;
  ~TlsTimeScope();

 private:
  const WallTime before_;
};

// UseTlsTime makes `context` ask for the time of the innermost scope on its thread.
void UseTlsTime(SSL_CTX* context);

}  // namespace postern

#endif  // POSTERN_TLS_TLS_TIME_H_
