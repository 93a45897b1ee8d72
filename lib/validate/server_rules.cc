#include "lib/validate/server_rules.h"

#include "lib/match/names.h"
#include "lib/model/protocol.h"
#include "lib/validate/port_rules.h"
#include "lib/validate/server_host_rules.h"
#include "lib/validate/server_tls_rules.h"
#include "lib/validate/unix_path.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;

constexpr Rule kHostsRequired = {
    .id = "server-hosts-required",
    .what = "a server has no hosts",
    .why = "no VirtualService could attach to it",
    .istio = "GW-SRV-03",
    .text = "server config must contain at least one host",
};
constexpr Rule kBindPathEmpty = {
    .id = "server-bind-path-required",
    .what = "`bind` is \"unix://\" without a path",
    .why = "there is nothing to bind to",
    .istio = "GW-BIND-01",
    .text = "unix address must not be empty",
};
constexpr Rule kBindPathRelative = {
    .id = "server-bind-path-malformed",
    .what =
        "the Unix socket of `bind` is neither abstract (\"@name\") nor an absolute path to a file",
    .why = "a relative path would depend on the folder the server was started in",
    .istio = "GW-BIND-02",
    .text = "<rest> is not an absolute path to a file",
};
constexpr Rule kBindPort = {
    .id = "server-bind-port-superfluous",
    .what = "`bind` is a Unix socket and the port number is not 0",
    .why = "a Unix socket has no port",
    .istio = "GW-BIND-03",
    .text = "port number must be 0 for unix domain socket: <port>",
};
constexpr Rule kBindAddress = {
    .id = "server-bind-address-malformed",
    .what = "`bind` is neither an IP address nor a Unix socket",
    .why = "names are not resolved, and prefixes and ports have no place there",
    .istio = "GW-BIND-04",
    .text = "<bind> is not a valid IP",
};
constexpr Rule kTlsRequired = {
    .id = "server-tls-required",
    .what = "the protocol is HTTPS or TLS and the server has no `tls`",
    .why = "whether to terminate, and with which certificate, would be open",
    .istio = "GW-PROTO-01",
    .text = "server must have TLS settings for HTTPS/TLS protocols",
};
constexpr Rule kTlsOnPlainHttp = {
    .id = "server-tls-on-plain-http",
    .what = "a plaintext HTTP server has a `tls` that terminates or names certificates",
    .why = "the port would serve plaintext while it looks protected; httpsRedirect alone is fine",
    .istio = "GW-PROTO-02",
    .text = "server cannot have TLS settings for plain text HTTP ports",
};
constexpr Rule kTlsOnPlainTcp = {
    .id = "server-tls-on-plain-tcp",
    .what = "a server of TCP, UDP, MONGO, REDIS or MYSQL has a `tls`, be it empty",
    .why = "the port would serve plaintext while it looks protected: its protocol must be TLS",
    .istio = "GW-PROTO-03",
    .text = "server cannot have TLS settings for non HTTPS/TLS ports",
};
constexpr Rule kRedirectWithoutHttp = {
    .id = "server-tls-redirect-without-http",
    .what = "`tls.httpsRedirect` is set on a server that does not speak plaintext HTTP",
    .why = "there is no request to redirect, the setting does nothing",
    .istio = "GW-PROTO-04",
    .text = "tls.httpsRedirect should only be used with http servers",
    .severity = Severity::kWarning,
};

constexpr const Rule* kRules[] = {
    &kHostsRequired,  &kBindPathEmpty, &kBindPathRelative,
    &kBindPort,       &kBindAddress,   &kTlsRequired,
    &kTlsOnPlainHttp, &kTlsOnPlainTcp, &kRedirectWithoutHttp,
};

void CheckBind(const Server& server, const FieldPath& path, const FindingSink& sink) {
  if (server.bind.empty()) return;
  const FieldPath bind = path.Field("bind");
  const std::optional<std::string_view> socket = UnixPath(server.bind);
  if (!socket) {
    if (!IsIpLiteral(server.bind)) {
      sink.Report(kBindAddress, bind, "\"bind\" ", Quote(server.bind), " is not an IP address");
    }
    return;
  }
  if (socket->empty()) {
    sink.Report(kBindPathEmpty, bind, "\"bind\" ", Quote(server.bind), " names no path");
  } else if (!IsSocketPath(*socket)) {
    sink.Report(kBindPathRelative, bind, Quote(*socket), " is not an absolute path to a file");
  }
  if (server.port && server.port->number != 0) {
    const FieldPath port = path.Field("port");
    sink.ReportAgainst(kBindPort, port.Field("number"), bind, "port number ", server.port->number,
                       " has no meaning for the Unix socket ", Quote(server.bind));
  }
}

bool TerminatesOrNamesFiles(const ServerTlsSettings& tls) {
  return (tls.mode != TlsMode::kPassthrough && tls.mode != TlsMode::kAutoPassthrough) ||
         !tls.ca_certificates.empty() || !tls.private_key.empty() ||
         !tls.server_certificate.empty();
}

void CheckHttpsRedirect(const Server& server, const FieldPath& tls, const FindingSink& sink) {
  if (!server.tls || !server.tls->https_redirect) return;
  if (IsHttpFamily(ParseProtocol(server.port->protocol))) return;
  sink.Report(kRedirectWithoutHttp, tls.Field("httpsRedirect"),
              "\"httpsRedirect\" does nothing on a server of protocol ",
              Quote(server.port->protocol));
}

void CheckProtocolAgainstTls(const Server& server, const FieldPath& tls, const FindingSink& sink) {
  const Protocol protocol = ParseProtocol(server.port->protocol);
  const std::string_view written = server.port->protocol;
  if (IsTlsFamily(protocol)) {
    if (!server.tls) {
      sink.Report(kTlsRequired, tls, "\"tls\" is required for protocol ", Quote(written));
    }
  } else if (IsHttpFamily(protocol)) {
    if (server.tls && TerminatesOrNamesFiles(*server.tls)) {
      sink.Report(kTlsOnPlainHttp, tls, "\"tls\" on a plaintext server of protocol ",
                  Quote(written), " may hold a redirect only");
    }
  } else if (server.tls) {
    sink.Report(kTlsOnPlainTcp, tls, "\"tls\" has no place on a server of protocol ",
                Quote(written));
  }
}

}  // namespace

void CheckServer(const Server& server, const FieldPath& path, const FindingSink& sink) {
  if (server.hosts.empty()) {
    sink.Report(kHostsRequired, path.Field("hosts"), "\"hosts\" must not be empty");
  }
  CheckServerHosts(server.hosts, path.Field("hosts"), sink);
  const bool port_is_fine = CheckServerPort(server, path, sink);
  CheckBind(server, path, sink);
  const FieldPath tls = path.Field("tls");
  if (server.tls) CheckServerTls(*server.tls, tls, sink);
  if (server.port) CheckHttpsRedirect(server, tls, sink);
  if (port_is_fine) CheckProtocolAgainstTls(server, tls, sink);
}

RuleList ServerRules() { return kRules; }

}  // namespace postern
