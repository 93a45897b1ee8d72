#include "lib/engine/client_handshake.h"

#include <memory>
#include <string>
#include <utility>

#include "lib/engine/client_connection.h"
#include "lib/engine/core.h"
#include "lib/engine/stats_book.h"
#include "lib/engine/tls_transport.h"
#include "lib/snapshot/tables.h"

namespace postern {

void StartTls(ClientConnection& client) {
  const SnapshotParts& parts = client.parts();
  const uint32_t server = parts.shared->chains[client.chain().chain].tls_server;
  const std::shared_ptr<const ServerContext>& context = parts.contexts[server];
  if (context == nullptr) return client.Refuse("secret_not_ready", CloseMode::kClose);
  auto session = Session::Accept(context, &client.core().tls_environment(), &client.link());
  if (!session.ok()) return client.Refuse("tls_handshake_failure", CloseMode::kClose);
  client.SetTransport(std::make_unique<TlsTransport>(client, *std::move(session)));
  client.SetHandler(std::make_unique<ClientHandshake>(client));
}

void ClientHandshake::OnEnd() { client_.Refuse("downstream_remote_disconnect", CloseMode::kClose); }

void ClientHandshake::OnTimer() { client_.Refuse("tls_handshake_timeout", CloseMode::kClose); }

void ClientHandshake::OnDrain() { client_.Refuse("draining", CloseMode::kClose); }

void ClientHandshake::OnBroken(const absl::Status& why) {
  const Transport* transport = client_.transport();
  const bool tls = transport != nullptr && !transport->failure().ok();
  client_.outcome().detail = tls ? "tls_handshake_failure" : "downstream_remote_disconnect";
  if (tls) client_.outcome().tls_failure = std::make_unique<std::string>(why.message());
  client_.core().stats().Handshake(client_.info().listener, false, false);
}

}  // namespace postern
