#include "lib/validate/traffic_policy_rules.h"

#include <cstdint>

#include "lib/match/names.h"
#include "lib/model/names.h"
#include "lib/validate/client_tls_rules.h"
#include "lib/validate/connection_pool_rules.h"
#include "lib/validate/load_balancer_rules.h"
#include "lib/validate/outlier_rules.h"

namespace postern {
namespace {

constexpr Rule kEmpty = {
    .id = "traffic-policy-setting-required",
    .what = "a traffic policy is empty",
    .why = "it would do nothing",
    .istio = "DR-TP-01",
    .text = "traffic policy must have at least one field",
};
constexpr Rule kTunnelAndProxy = {
    .id = "traffic-policy-tunnel-with-proxy-protocol",
    .what = "a traffic policy has both `tunnel` and `proxyProtocol`",
    .why = "both want to send the first bytes of a connection",
    .istio = "DR-TP-02",
    .text = "tunnel and proxyProtocol must not be set together",
};
constexpr Rule kTunnelProtocol = {
    .id = "tunnel-protocol-unknown",
    .what = "`tunnel.protocol` is neither \"CONNECT\" nor \"POST\"",
    .why = "these are the methods that open a tunnel",
    .istio = "DR-TP-03",
    .text = "tunnel protocol must be \"CONNECT\" or \"POST\"",
};
constexpr Rule kTunnelHost = {
    .id = "tunnel-target-host-malformed",
    .what = "`tunnel.targetHost` is neither a domain name nor an IP address",
    .why = "the proxy at the other end could not connect to it",
    .istio = "DR-TP-04",
    .text = "tunnel target host must be valid FQDN or IP address: <why>",
};
constexpr Rule kTunnelPort = {
    .id = "tunnel-target-port-range",
    .what = "`tunnel.targetPort` is not in the range 1 to 65535",
    .why = "no socket can have that port",
    .istio = "DR-TP-05",
    .text = "tunnel target port is invalid: port number <n> must be in the range 1..65535",
};
constexpr Rule kProxyVersion = {
    .id = "proxy-protocol-version-unknown",
    .what = "`proxyProtocol.version` is neither V1 nor V2",
    .why = "there is no other version",
    .istio = "DR-TP-06",
    .text = "proxy protocol version is invalid: <n>",
};
constexpr Rule kPortRequired = {
    .id = "port-policy-port-required",
    .what = "an entry of `portLevelSettings` has no `port`",
    .why = "it would apply to nothing",
    .istio = "DR-TP-08",
    .text = "portTrafficPolicy must have valid port",
};
constexpr Rule kPortEmpty = {
    .id = "port-policy-setting-required",
    .what =
        "an entry of `portLevelSettings` has none of `outlierDetection`, `connectionPool`, "
        "`loadBalancer` and `tls`",
    .why = "it would undo the policy around it for this port, which is better said openly",
    .istio = "DR-TP-09",
    .text = "port traffic policy must have at least one field",
};

constexpr const Rule* kRules[] = {&kEmpty,      &kTunnelAndProxy, &kTunnelProtocol, &kTunnelHost,
                                  &kTunnelPort, &kProxyVersion,   &kPortRequired,   &kPortEmpty};

// CheckParts checks what a policy and one for a port have in common.
template <typename Policy>
void CheckParts(const Policy& policy, const FieldPath& path, const FindingSink& sink) {
  if (policy.outlier_detection) {
    CheckOutlierDetection(*policy.outlier_detection, path.Field("outlierDetection"), sink);
  }
  if (policy.connection_pool) {
    CheckConnectionPool(*policy.connection_pool, path.Field("connectionPool"), sink);
  }
  if (policy.load_balancer) {
    CheckLoadBalancer(*policy.load_balancer, policy.outlier_detection.has_value(),
                      path.Field("loadBalancer"), sink);
  }
  if (policy.tls) CheckClientTls(*policy.tls, path.Field("tls"), sink);
}

void CheckPortPolicy(const TrafficPolicy::PortTrafficPolicy& policy, const FieldPath& path,
                     const FindingSink& sink) {
  if (!policy.port) sink.Report(kPortRequired, path.Field("port"), "\"port\" is required");
  if (!policy.outlier_detection && !policy.connection_pool && !policy.load_balancer &&
      !policy.tls) {
    sink.Report(kPortEmpty, path, "the settings of a port must not be empty");
  }
  CheckParts(policy, path, sink);
}

void CheckTunnel(const TrafficPolicy::TunnelSettings& tunnel, const FieldPath& path,
                 const FindingSink& sink) {
  if (!tunnel.protocol.empty() && tunnel.protocol != "CONNECT" && tunnel.protocol != "POST") {
    sink.Report(kTunnelProtocol, path.Field("protocol"), "protocol ", Quote(tunnel.protocol),
                " is neither \"CONNECT\" nor \"POST\"");
  }
  if (const auto problem = CheckFqdn(tunnel.target_host);
      problem && !IsIpLiteral(tunnel.target_host)) {
    sink.Report(kTunnelHost, path.Field("targetHost"), "host ", Quote(tunnel.target_host), " ",
                problem->Clause());
  }
  if (tunnel.target_port < 1 || tunnel.target_port > 65535) {
    sink.Report(kTunnelPort, path.Field("targetPort"), "port number ", tunnel.target_port,
                " is not in the range 1 to 65535");
  }
}

}  // namespace

void CheckTrafficPolicy(const TrafficPolicy& policy, const FieldPath& path,
                        const FindingSink& sink) {
  if (policy == TrafficPolicy()) {
    sink.Report(kEmpty, path, "a traffic policy must not be empty");
    return;
  }
  if (policy.tunnel && policy.proxy_protocol) {
    sink.ReportAgainst(kTunnelAndProxy, path.Field("proxyProtocol"), path.Field("tunnel"),
                       "\"proxyProtocol\" cannot stand together with \"tunnel\"");
  }
  CheckParts(policy, path, sink);
  for (size_t i = 0; i < policy.port_level_settings.size(); ++i) {
    CheckPortPolicy(policy.port_level_settings[i], path.Field("portLevelSettings", i), sink);
  }
  if (policy.tunnel) CheckTunnel(*policy.tunnel, path.Field("tunnel"), sink);
  if (policy.proxy_protocol && NameOf(policy.proxy_protocol->version).empty()) {
    const FieldPath proxy_protocol = path.Field("proxyProtocol");
    sink.Report(kProxyVersion, proxy_protocol.Field("version"), "version ",
                static_cast<int32_t>(policy.proxy_protocol->version), " is neither V1 nor V2");
  }
}

RuleList TrafficPolicyRules() { return kRules; }

}  // namespace postern
