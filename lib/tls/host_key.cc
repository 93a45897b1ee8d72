#include "lib/tls/host_key.h"

#include <algorithm>

#include "postern/bytes.h"

namespace postern {
namespace {

using Place = std::optional<HostSignature>;

int PlaceIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

Place* PlaceOf(SSL* ssl) { return static_cast<Place*>(SSL_get_ex_data(ssl, PlaceIndex())); }

ssl_private_key_result_t Sign(SSL* ssl, uint8_t* /*out*/, size_t* /*out_len*/, size_t /*max_out*/,
                              uint16_t algorithm, const uint8_t* in, size_t in_len) {
  Place* place = PlaceOf(ssl);
  if (place == nullptr) return ssl_private_key_failure;
  place->emplace(HostSignature{algorithm, std::string(AsText({in, in_len})), std::nullopt});
  return ssl_private_key_retry;
}

// No question but that for a signature exists: RSA key exchange is never offered with such a key.
ssl_private_key_result_t Decrypt(SSL* /*ssl*/, uint8_t* /*out*/, size_t* /*out_len*/,
                                 size_t /*max_out*/, const uint8_t* /*in*/, size_t /*in_len*/) {
  return ssl_private_key_failure;
}

ssl_private_key_result_t Complete(SSL* ssl, uint8_t* out, size_t* out_len, size_t max_out) {
  Place* place = PlaceOf(ssl);
  if (place == nullptr || !place->has_value()) return ssl_private_key_failure;
  if (!(*place)->answer.has_value()) return ssl_private_key_retry;
  const absl::StatusOr<std::string> answer = *std::move((*place)->answer);
  place->reset();
  if (!answer.ok() || answer->size() > max_out) return ssl_private_key_failure;
  std::copy(answer->begin(), answer->end(), reinterpret_cast<char*>(out));
  *out_len = answer->size();
  return ssl_private_key_success;
}

}  // namespace

const SSL_PRIVATE_KEY_METHOD* HostKeyMethod() {
  static constexpr SSL_PRIVATE_KEY_METHOD kMethod = {Sign, Decrypt, Complete};
  return &kMethod;
}

void SetHostSignature(SSL* ssl, std::optional<HostSignature>* place) {
  SSL_set_ex_data(ssl, PlaceIndex(), place);
}

}  // namespace postern
