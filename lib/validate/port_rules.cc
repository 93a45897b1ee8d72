#include "lib/validate/port_rules.h"

#include "lib/model/protocol.h"
#include "lib/validate/unix_path.h"
#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kRequired = {
    .id = "server-port-required",
    .what = "a server has no `port`",
    .why = "there is nothing to listen on",
    .istio = "GW-PORT-01",
    .text = "port is required",
};
constexpr Rule kProtocol = {
    .id = "server-port-protocol-unknown",
    .what =
        "`port.protocol` is none of HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, HTTP_PROXY, TCP, TLS, "
        "UDP, MONGO, REDIS and MYSQL, in any case",
    .why = "how to read the bytes of a connection would be open",
    .istio = "GW-PORT-02",
    .text = "invalid protocol \"<protocol>\", supported protocols are <list>",
};
constexpr Rule kTargetPort = {
    .id = "server-port-target-superfluous",
    .what = "`port.targetPort` is set",
    .why = "a gateway listens on `number`; the field has never had a meaning here",
    .istio = "GW-PORT-04",
    .text = "targetPort has no impact on Gateways",
};
constexpr Rule kName = {
    .id = "server-port-name-required",
    .what = "`port.name` is empty",
    .why = "the name of an HTTPS server's route table is made from it",
    .istio = "GW-PORT-05",
    .text = "port name must be set: <port>",
};

constexpr const Rule* kRules[] = {&kRequired, &kProtocol, &kTargetPort, &kName};

}  // namespace

bool CheckServerPort(const Server& server, const FieldPath& path, const FindingSink& sink) {
  const FieldPath port = path.Field("port");
  if (!server.port) {
    sink.Report(kRequired, port, "\"port\" is required");
    return false;
  }
  bool is_fine = true;
  if (ParseProtocol(server.port->protocol) == Protocol::kUnsupported) {
    is_fine = false;
    sink.Report(kProtocol, port.Field("protocol"), "protocol ", Quote(server.port->protocol),
                " is not known");
  }
  if (server.port->number != 0 || !UnixPath(server.bind)) {
    is_fine = CheckPortNumber(server.port->number, port.Field("number"), sink) && is_fine;
  }
  if (server.port->target_port > 0) {
    is_fine = false;
    sink.Report(kTargetPort, port.Field("targetPort"), "\"targetPort\" ", server.port->target_port,
                " has no meaning for a Gateway");
  }
  if (server.port->name.empty()) {
    is_fine = false;
    sink.Report(kName, port.Field("name"), "\"name\" of the port must not be empty");
  }
  return is_fine;
}

RuleList PortRules() { return kRules; }

}  // namespace postern
