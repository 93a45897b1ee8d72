#include "lib/tls/tls_time.h"

#include <openssl/ssl.h>

#include <chrono>
#include <utility>

namespace postern {
namespace {

// The one variable of the library that is not in an object: see the header.
thread_local WallTime current_time;

void TellTime(const SSL* /*ssl*/, timeval* out) {
  out->tv_sec = static_cast<time_t>(
      std::chrono::floor<std::chrono::seconds>(current_time).time_since_epoch().count());
  out->tv_usec = 0;
}

}  // namespace

TlsTimeScope::TlsTimeScope(WallTime now) : before_(std::exchange(current_time, now)) {}
TlsTimeScope::~TlsTimeScope() { current_time = before_; }

void UseTlsTime(SSL_CTX* context) { SSL_CTX_set_current_time_cb(context, TellTime); }

}  // namespace postern
