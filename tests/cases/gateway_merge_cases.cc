#include "tests/cases/gateway_merge_cases.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "lib/base/strings.h"
#include "lib/compile/merge.h"
#include "lib/compile/select.h"
#include "lib/compile/server_class.h"
#include "lib/match/host_names.h"
#include "lib/model/names.h"
#include "postern/config.h"

namespace postern {
namespace {

// A Comparison collects the differences of one row.
class Comparison {
 public:
  void Equal(std::string_view what, const std::string& expected, const std::string& actual) {
    if (expected != actual) {
      differences_.push_back(StrCat(what, ": expected ", expected, ", is ", actual));
    }
  }

  // OnlyKeys objects to a key of `node` that is not known.
  void OnlyKeys(const CaseNode& node, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : node.fields) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        differences_.push_back(StrCat(value.Where(), ": unknown key ", key));
      }
    }
  }

  std::vector<std::string> differences() && { return std::move(differences_); }

 private:
  std::vector<std::string> differences_;
};

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) StrAppend(&joined, joined.empty() ? "" : " ", text);
  return StrCat("[", joined, "]");
}

std::string NameOf(const Gateway& gateway) {
  return StrCat(gateway.metadata.ns, "/", gateway.metadata.name);
}

std::string ServerText(const MergedServer& server) {
  const Server& declared = server.ref.server();
  std::string text =
      StrCat("{", NameOf(*server.ref.gateway), " ", Joined(server.hosts), " ", declared.port->name);
  if (declared.tls) {
    StrAppend(&text, " sni ", Joined(ServerNames(server.hosts)), " routes ", server.route_name);
  }
  return text + "}";
}

std::string ServerText(const CaseNode& server) {
  std::string text = StrCat("{", server["gateway"].Text(), " ", Joined(server["hosts"].Texts()),
                            " ", server["port_name"].Text());
  if (server.Has("sni_hosts")) {
    StrAppend(&text, " sni ", Joined(server["sni_hosts"].Texts()), " routes ",
              server["tls_route_name"].Text());
  }
  return text + "}";
}

void CompareListeners(const CaseNode& row, const MergeResult& merged, Comparison& compare) {
  // The order of listeners means nothing.
  std::vector<std::string> actual;
  for (const MergedListener& listener : merged.listeners) {
    std::string text = StrCat(listener.bind, " ", listener.port, " ", listener.protocol);
    for (const MergedServer& server : listener.servers) StrAppend(&text, " ", ServerText(server));
    actual.push_back(std::move(text));
  }
  std::vector<std::string> expected;
  for (const CaseNode& listener : row["listeners"].items) {
    // Not compared: route_name, by which Istio's proxy asks for the routes.
    compare.OnlyKeys(listener, {"bind", "number", "protocol", "route_name", "servers"});
    std::string text = StrCat(listener["bind"].Text(), " ", listener["number"].Text(), " ",
                              listener["protocol"].Text());
    for (const CaseNode& server : listener["servers"].items) {
      compare.OnlyKeys(server, {"gateway", "hosts", "port_name", "sni_hosts", "tls_route_name"});
      StrAppend(&text, " ", ServerText(server));
    }
    expected.push_back(std::move(text));
  }
  std::sort(actual.begin(), actual.end());
  std::sort(expected.begin(), expected.end());
  compare.Equal("listeners", Joined(expected), Joined(actual));
  compare.Equal("listener_keys", row["listener_keys"].Text(), StrCat(merged.listeners.size()));
}

Server ReadServer(const CaseNode& node, Comparison& compare) {
  compare.OnlyKeys(node, {"port", "tls", "hosts", "name"});
  Server server;
  if (const CaseNode* port = node.Find("port")) {
    compare.OnlyKeys(*port, {"number", "protocol", "name"});
    server.port = Port{static_cast<uint32_t>((*port)["number"].Int()), (*port)["protocol"].Text(),
                       (*port)["name"].Text()};
  }
  if (const CaseNode* tls = node.Find("tls")) {
    compare.OnlyKeys(*tls, {"mode", "httpsRedirect", "credentialName"});
    server.tls.emplace();
    server.tls->https_redirect = (*tls)["httpsRedirect"].Bool();
    server.tls->credential_name = (*tls)["credentialName"].Text();
    if (const CaseNode* mode = tls->Find("mode")) {
      const auto value = EnumOf<ServerTlsSettings::TlsMode>(mode->Text());
      compare.Equal("mode", mode->Text(), value ? mode->Text() : "unknown");
      if (value) server.tls->mode = *value;
    }
  }
  return server;
}

}  // namespace

std::vector<std::string> CheckGatewayMerge(const CaseNode& row) {
  Comparison compare;
  // The last three are about references that the Kubernetes Gateway API grants, which Postern
  // leaves out (dataplane.md section 0): a credential is read in the namespace of the proxy or not
  // at all.
  compare.OnlyKeys(
      row, {"name", "source", "kind", "since", "yaml", "listener_keys", "merged_servers",
            "gateway_server_count", "servers_by_route_name", "listeners", "rejected_gateways",
            "auto_passthrough", "auto_passthrough_sni_hosts", "proxy_identity", "reference_policy",
            "verified_certificate_count"});
  DecodeOptions options;
  options.default_namespace = "";
  const Config config = Config::FromYaml(row["yaml"].Text(), options);
  compare.Equal("decode", "", config.findings.empty() ? "" : config.findings.front().ToString());
  std::vector<const Gateway*> gateways;
  size_t server_count = 0;
  for (const Gateway& gateway : config.gateways) {
    gateways.push_back(&gateway);
    server_count += gateway.servers.size();
  }
  const MergeResult merged = MergeGateways(gateways, PortMap(config, {}));

  CompareListeners(row, merged, compare);
  size_t accepted = 0;
  std::map<std::string, int> by_route_name;
  std::set<std::string> auto_passthrough;
  for (const MergedListener& listener : merged.listeners) {
    accepted += listener.servers.size();
    for (const MergedServer& server : listener.servers) {
      if (!server.route_name.empty()) ++by_route_name[server.route_name];
      const Boxed<ServerTlsSettings>& tls = server.ref.server().tls;
      if (tls && tls->mode == ServerTlsSettings::TlsMode::kAutoPassthrough) {
        auto_passthrough.insert(server.hosts.begin(), server.hosts.end());
      }
    }
  }
  compare.Equal("merged_servers", row["merged_servers"].Text(), StrCat(accepted));
  // A server without a port is none in Istio's count.
  size_t without_port = 0;
  std::vector<std::string> rejected;
  for (const Rejection& rejection : merged.rejections) {
    rejected.push_back(NameOf(*rejection.ref.gateway));
    without_port += rejection.rule == &kServerPortMissing;
  }
  compare.Equal("gateway_server_count", row["gateway_server_count"].Text(),
                StrCat(server_count - without_port));
  compare.Equal("rejected_gateways", Joined(row["rejected_gateways"].Texts()), Joined(rejected));
  std::string expected_names;
  std::map<std::string, std::string> expected_by_name;
  for (const auto& [name, count] : row["servers_by_route_name"].fields) {
    expected_by_name[name] = count.Text();
  }
  for (const auto& [name, count] : expected_by_name) {
    StrAppend(&expected_names, name, "=", count, " ");
  }
  std::string actual_names;
  for (const auto& [name, count] : by_route_name) StrAppend(&actual_names, name, "=", count, " ");
  compare.Equal("servers_by_route_name", expected_names, actual_names);
  compare.Equal("auto_passthrough", row["auto_passthrough"].Text(),
                auto_passthrough.empty() ? "false" : "true");
  compare.Equal("auto_passthrough_sni_hosts", Joined(row["auto_passthrough_sni_hosts"].Texts()),
                Joined({auto_passthrough.begin(), auto_passthrough.end()}));
  return std::move(compare).differences();
}

std::vector<std::string> CheckGatewayStrictMergeFilter(const CaseNode& row) {
  Comparison compare;
  compare.OnlyKeys(row, {"name", "source", "kind", "since", "in", "expected_kept"});
  std::vector<Gateway> gateways;
  for (const CaseNode& node : row["in"].items) {
    compare.OnlyKeys(node, {"namespace", "name", "gateway_api", "service_account"});
    Gateway& gateway = gateways.emplace_back();
    gateway.metadata.ns = node["namespace"].Text();
    gateway.metadata.name = node["name"].Text();
    if (node["gateway_api"].Bool()) {
      gateway.metadata.annotations["internal.istio.io/gateway-semantics"] = "gateway";
    }
    if (const std::string account = node["service_account"].Text(); !account.empty()) {
      gateway.metadata.annotations["internal.istio.io/service-account-name"] = account;
    }
  }
  std::vector<const Gateway*> given;
  for (const Gateway& gateway : gateways) given.push_back(&gateway);
  std::vector<std::string> kept;
  for (const Gateway* gateway : FilterStrictly(given)) kept.push_back(NameOf(*gateway));
  compare.Equal("expected_kept", Joined(row["expected_kept"].Texts()), Joined(kept));
  return std::move(compare).differences();
}

std::vector<std::string> CheckGatewayRouteNameParse(const CaseNode& row) {
  Comparison compare;
  compare.OnlyKeys(
      row, {"name", "source", "kind", "since", "input", "port_number", "port_name", "gateway"});
  const RouteNameParts parts = ParseRouteName(row["input"].Text());
  compare.Equal("port_number", row["port_number"].Text(), StrCat(parts.port));
  compare.Equal("port_name", row["port_name"].Text(), parts.port_name);
  compare.Equal("gateway", row["gateway"].Text(), parts.gateway);
  return std::move(compare).differences();
}

std::vector<std::string> CheckServerClass(const CaseNode& row) {
  Comparison compare;
  compare.OnlyKeys(row, {"name", "source", "kind", "since", "predicate", "server", "expected"});
  const Server server = ReadServer(row["server"], compare);
  const std::map<std::string, bool (*)(const Server&)> predicates = {
      {"is_tls_server", IsTlsServer},
      {"is_http_server", IsHttpServer},
      {"is_passthrough_server", IsPassthroughServer},
      {"is_https_with_tls_termination", IsTerminatedHttps},
      {"is_tcp_server_with_tls_termination",
       [](const Server& server) {
         return server.tls && !IsPassthroughServer(server) && !IsHttpServer(server);
       }},
  };
  const auto predicate = predicates.find(row["predicate"].Text());
  if (predicate == predicates.end()) {
    compare.Equal("predicate", row["predicate"].Text(), "unknown");
  } else {
    compare.Equal("expected", row["expected"].Text(), predicate->second(server) ? "true" : "false");
  }
  return std::move(compare).differences();
}

}  // namespace postern
