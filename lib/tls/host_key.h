// Private keys that the host keeps: what BoringSSL wants signed is put to the session concerned.
// Waiting until the host has answered is left to lib/tls/session.

#ifndef POSTERN_TLS_HOST_KEY_H_
#define POSTERN_TLS_HOST_KEY_H_

#include <openssl/base.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace postern {

// A HostSignature is one signature asked for, and the answer once there is one.
struct HostSignature {
  uint16_t algorithm = 0;  // TLS SignatureScheme.
  std::string input;
  std::optional<absl::StatusOr<std::string>> answer;
};

// HostKeyMethod returns the method of keys that sign through the HostSignature of their SSL.
const SSL_PRIVATE_KEY_METHOD* HostKeyMethod();

// SetHostSignature says where what `ssl` wants signed is put; it must outlive the handshake.
void SetHostSignature(SSL* ssl, std::optional<HostSignature>* place);

}  // namespace postern

#endif  // POSTERN_TLS_HOST_KEY_H_
