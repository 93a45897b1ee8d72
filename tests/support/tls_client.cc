#include "tests/support/tls_client.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pool.h>
#include <openssl/ssl.h>

#include <cstdlib>

#include "postern/bytes.h"

namespace postern {
namespace {

void Must(bool ok) {
  if (!ok) std::abort();
}

void TellTime(const SSL* /*ssl*/, timeval* out) {
  out->tv_sec = kTestWallTime.time_since_epoch() / std::chrono::seconds(1);
  out->tv_usec = 0;
}

}  // namespace

int TlsClient::KeepTicket(SSL* ssl, SSL_SESSION* session) {
  auto* client = static_cast<TlsClient*>(SSL_get_app_data(ssl));
  client->session_.reset(session);
  ++client->tickets_;
  return 1;
}

TlsClient::TlsClient(const Options& options) : context_(SSL_CTX_new(TLS_method())) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_current_time_cb(context, TellTime);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
  SSL_CTX_sess_set_new_cb(context, KeepTicket);
  Must(SSL_CTX_set_min_proto_version(context, options.min_version) &&
       SSL_CTX_set_max_proto_version(context, options.max_version));
  if (!options.curves.empty()) Must(SSL_CTX_set1_curves_list(context, options.curves.c_str()));
  if (!options.ciphers.empty()) {
    Must(SSL_CTX_set_strict_cipher_list(context, options.ciphers.c_str()));
  }
  if (!options.signature_algorithms.empty()) {
    Must(SSL_CTX_set_verify_algorithm_prefs(context, options.signature_algorithms.data(),
                                            options.signature_algorithms.size()));
  }
  if (options.certificate != nullptr) {
    const auto in = [](const std::string& pem) {
      return bssl::UniquePtr<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    const bssl::UniquePtr<X509> leaf(
        PEM_read_bio_X509(in(options.certificate->certificate).get(), nullptr, nullptr, nullptr));
    const bssl::UniquePtr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(in(options.certificate->key).get(), nullptr, nullptr, nullptr));
    Must(SSL_CTX_use_certificate(context, leaf.get()) &&
         SSL_CTX_use_PrivateKey(context, key.get()));
  }
  ssl_.reset(SSL_new(context));
  SSL* ssl = ssl_.get();
  SSL_set_app_data(ssl, this);
  if (!options.sni.empty()) Must(SSL_set_tlsext_host_name(ssl, options.sni.c_str()));
  std::string wire;
  for (const std::string& protocol : options.alpn) {
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  if (!wire.empty()) Must(SSL_set_alpn_protos(ssl, AsBytes(wire).data(), wire.size()) == 0);
  if (options.session != nullptr) Must(SSL_set_session(ssl, options.session));
  bssl::UniquePtr<BIO> in(BIO_new(BIO_s_mem())), out(BIO_new(BIO_s_mem()));
  BIO_set_mem_eof_return(in.get(), -1);
  SSL_set_bio(ssl, in.release(), out.release());
  SSL_set_connect_state(ssl);
  Step();
}

TlsClient::~TlsClient() = default;

void TlsClient::NoteError(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return;
  if (error == SSL_ERROR_ZERO_RETURN) {
    closed_ = true;
    return;
  }
  failed_ = true;
  const int reason = ERR_GET_REASON(ERR_peek_error());
  if (reason >= SSL_AD_REASON_OFFSET) alert_ = reason - SSL_AD_REASON_OFFSET;
  ERR_clear_error();
}

void TlsClient::Step() {
  ERR_clear_error();
  if (failed_ || closed_) return;
  if (!connected_) {
    const int done = SSL_do_handshake(ssl_.get());
    if (done != 1) return NoteError(done);
    connected_ = true;
  }
  char buffer[4096];
  int got = 0;
  while ((got = SSL_read(ssl_.get(), buffer, sizeof(buffer))) > 0) {
    plaintext_.append(buffer, static_cast<size_t>(got));
  }
  NoteError(got);
}

void TlsClient::Receive(std::string_view bytes) {
  if (!bytes.empty()) {
    Must(BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size())) ==
         static_cast<int>(bytes.size()));
  }
  Step();
}

void TlsClient::Send(std::string_view plaintext) {
  while (!plaintext.empty()) {
    const int put = SSL_write(ssl_.get(), plaintext.data(), static_cast<int>(plaintext.size()));
    Must(put > 0);
    plaintext.remove_prefix(static_cast<size_t>(put));
  }
}

void TlsClient::Close() { SSL_shutdown(ssl_.get()); }

std::string TlsClient::TakeOutput() {
  const uint8_t* data = nullptr;
  size_t size = 0;
  Must(BIO_mem_contents(SSL_get_wbio(ssl_.get()), &data, &size));
  std::string bytes(AsText({data, size}));
  BIO_reset(SSL_get_wbio(ssl_.get()));
  return bytes;
}

bool TlsClient::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::string TlsClient::alpn() const {
  const uint8_t* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &protocol, &size);
  return std::string(AsText({protocol, size}));
}

std::string TlsClient::cipher() const { return SSL_get_cipher(ssl_.get()); }

int TlsClient::curve() const { return SSL_get_curve_id(ssl_.get()); }

std::string TlsClient::server_certificate() const {
  const STACK_OF(CRYPTO_BUFFER)* chain = SSL_get0_peer_certificates(ssl_.get());
  if (chain == nullptr || sk_CRYPTO_BUFFER_num(chain) == 0) return "";
  const CRYPTO_BUFFER* leaf = sk_CRYPTO_BUFFER_value(chain, 0);
  return std::string(AsText({CRYPTO_BUFFER_data(leaf), CRYPTO_BUFFER_len(leaf)}));
}

}  // namespace postern
