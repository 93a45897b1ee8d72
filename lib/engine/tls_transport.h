// TLS between the wire and a connection's handler: a session of lib/tls, and what the engine must
// do around it. Handshakes end in Connection::OnSecured; who may resume what is lib/tls's.

#ifndef POSTERN_ENGINE_TLS_TRANSPORT_H_
#define POSTERN_ENGINE_TLS_TRANSPORT_H_

#include <memory>
#include <string>

#include "lib/base/chunk_list.h"
#include "lib/engine/transport.h"
#include "lib/tls/session.h"
#include "postern/ids.h"

namespace postern {

class Connection;
class Core;

// A TlsTransport gathers what one frame writes and encrypts it when that is done, so that a head
// and its body share records.
class TlsTransport final : public Transport, private OutputSink {
 public:
  TlsTransport(Connection& connection, std::unique_ptr<Session> session);

  // Transport.
  size_t Receive(ByteSpan bytes) override;
  ByteSpan Plaintext() override;
  void Take(size_t size) override;
  bool ended() const override { return session_->peer_closed(); }
  const absl::Status& failure() const override { return session_->problem(); }
  OutputSink& sink() override { return *this; }
  void SendEnd() override;
  std::string certificate_element() const override;
  void Gone() override;
  void Trim() override { pending_.Trim(); }

  // Signed brings the answer to OnSign.
  void Signed(const absl::StatusOr<std::string>& signature);

 private:
  // OutputSink.
  char* Prepare(size_t size) override;
  void Commit(size_t size) override;
  void Lend(ByteSpan bytes) override;

  void EncryptSoon();
  static void EncryptOn(Connection& connection);
  void Encrypt();
  void AfterRead();

  Connection& connection_;
  Core& core_;
  std::unique_ptr<Session> session_;
  ByteSpan fresh_;     // Plaintext in the core's scratch, of the Receive just made.
  ChunkList plain_;    // What the handler left of it.
  ChunkList pending_;  // To be encrypted.
  OperationId signing_;
  bool secured_ = false;
  bool encrypt_queued_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_TLS_TRANSPORT_H_
