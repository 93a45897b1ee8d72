// A TLS client made straight from BoringSSL, as no code of the library under test: what a server
// really sends is judged by somebody else. It speaks through strings.

#ifndef POSTERN_TESTS_SUPPORT_TLS_CLIENT_H_
#define POSTERN_TESTS_SUPPORT_TLS_CLIENT_H_

#include <openssl/base.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_certificates.h"

namespace postern {

// A TlsClient does one connection. It believes every certificate.
class TlsClient {
 public:
  struct Options {
    std::string sni = {};
    std::vector<std::string> alpn = {};
    uint16_t min_version = 0x303;
    uint16_t max_version = 0x304;
    const TestCertificate* certificate = nullptr;
    std::vector<uint16_t> signature_algorithms = {};  // Empty: the library's.
    std::string curves = {};                          // Empty: the library's.
    std::string ciphers = {};                         // Empty: the library's.
    SSL_SESSION* session = nullptr;                   // To resume.
  };

  explicit TlsClient(const Options& options);
  ~TlsClient();

  // Receive takes bytes of the server and does what follows from them.
  void Receive(std::string_view bytes);
  // Send encrypts.
  void Send(std::string_view plaintext);
  void Close();
  // TakeOutput returns the bytes for the server, and forgets them.
  std::string TakeOutput();

  bool connected() const { return connected_; }
  bool closed() const { return closed_; }  // The server said close_notify.
  int alert() const { return alert_; }     // Received; -1: none.
  bool failed() const { return failed_; }
  const std::string& plaintext() const { return plaintext_; }
  bool resumed() const;
  std::string alpn() const;
  std::string cipher() const;
  int curve() const;
  std::string server_certificate() const;  // DER of the leaf.
  // session returns the last ticket, nullptr if there was none yet.
  SSL_SESSION* session() const { return session_.get(); }
  int tickets() const { return tickets_; }

 private:
  static int KeepTicket(SSL* ssl, SSL_SESSION* session);

  void Step();
  void NoteError(int result);

  bssl::UniquePtr<SSL_CTX> context_;
  bssl::UniquePtr<SSL> ssl_;
  bssl::UniquePtr<SSL_SESSION> session_;
  std::string plaintext_;
  int tickets_ = 0;
  int alert_ = -1;
  bool connected_ = false;
  bool closed_ = false;
  bool failed_ = false;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_TLS_CLIENT_H_
