#include "lib/compile/server_class.h"

#include "lib/model/protocol.h"

namespace postern {
namespace {

Protocol ProtocolOf(const Server& server) {
  return server.port ? ParseProtocol(server.port->protocol) : Protocol::kUnsupported;
}

}  // namespace

bool IsTlsServer(const Server& server) { return server.tls && !IsHttpFamily(ProtocolOf(server)); }

bool IsHttpServer(const Server& server) {
  const Protocol protocol = ProtocolOf(server);
  return IsHttpFamily(protocol) || (protocol == Protocol::kHttps && !IsPassthroughServer(server));
}

bool IsPassthroughServer(const Server& server) {
  return server.tls && (server.tls->mode == ServerTlsSettings::TlsMode::kPassthrough ||
                        server.tls->mode == ServerTlsSettings::TlsMode::kAutoPassthrough);
}

bool IsTerminatedHttps(const Server& server) {
  return server.tls && ProtocolOf(server) == Protocol::kHttps && !IsPassthroughServer(server);
}

}  // namespace postern
