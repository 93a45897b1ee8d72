// A TLS client at an Engine in memory: the test TLS client on one side, a connection of the harness
// on the other, and the bytes carried between them.

#ifndef POSTERN_TESTS_SUPPORT_TLS_PEER_H_
#define POSTERN_TESTS_SUPPORT_TLS_PEER_H_

#include <string>
#include <string_view>

#include "postern/decision.h"
#include "tests/support/engine_harness.h"
#include "tests/support/tls_client.h"

namespace postern {

// A TlsPeer is one client, from its accepted connection to its end.
class TlsPeer {
 public:
  TlsPeer(EngineHarness& harness, const ListenerKey& listener, const TlsClient::Options& options,
          std::string_view remote = "192.0.2.1:1234");
  TlsPeer(EngineHarness& harness, uint16_t port, const TlsClient::Options& options)
      : TlsPeer(harness, ListenerKey{"", port}, options) {}

  // Pump carries what waits in either direction until nothing does.
  void Pump();

  // Send encrypts `plaintext` and pumps; before the handshake is done it does nothing.
  void Send(std::string_view plaintext);

  // Close says close_notify, and nothing about the connection beneath.
  void Close();

  // Take returns the plaintext that has come, and forgets it.
  std::string Take();

  ConnectionId id() const { return id_; }
  TlsClient& tls() { return tls_; }
  // sent returns all bytes that went to the engine, received all that came.
  const std::string& sent() const { return sent_; }
  const std::string& received() const { return received_; }

 private:
  EngineHarness& harness_;
  TlsClient tls_;
  ConnectionId id_;
  std::string sent_, received_;
  size_t taken_ = 0;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_TLS_PEER_H_
