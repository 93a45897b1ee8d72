#include "tests/scenarios/scenario.h"

#include <initializer_list>
#include <string_view>

#include "lib/base/strings.h"

namespace postern {
namespace {

// KnownKeys complains about the keys of `node` that are not among `known`.
void KnownKeys(const CaseNode& node, std::initializer_list<std::string_view> known,
               std::vector<std::string>* problems) {
  if (!node.IsMap() && !node.IsNull()) {
    problems->push_back(StrCat(node.Where(), ": not a map"));
    return;
  }
  for (const auto& [key, value] : node.fields) {
    bool found = false;
    for (const std::string_view name : known) found = found || key == name;
    if (!found) problems->push_back(StrCat(value.Where(), ": unknown key ", key));
  }
}

SnapshotOptions ReadProxy(const CaseNode& proxy, std::vector<std::string>* problems) {
  KnownKeys(proxy, {"labels", "namespace", "secrets", "numTrustedProxies", "path_normalization"},
            problems);
  SnapshotOptions options;
  options.misdirected = SnapshotOptions::Misdirected::kIstio404;
  options.labels = {{"istio", "ingressgateway"}};
  if (const CaseNode* labels = proxy.Find("labels")) {
    options.labels.clear();
    for (const auto& [key, value] : labels->fields) options.labels[key] = value.Text();
  }
  options.ns = proxy["namespace"].Text("istio-system");
  options.num_trusted_proxies = static_cast<uint32_t>(proxy["numTrustedProxies"].Int());

  using Level = SnapshotOptions::PathNormalization;
  const std::map<std::string, Level> kLevels = {
      {"NONE", Level::kNone},
      {"BASE", Level::kBase},
      {"DEFAULT", Level::kBase},
      {"MERGE_SLASHES", Level::kMergeSlashes},
      {"DECODE_AND_MERGE_SLASHES", Level::kDecodeAndMergeSlashes},
  };
  const std::string level = proxy["path_normalization"].Text("BASE");
  if (const auto found = kLevels.find(level); found != kLevels.end()) {
    options.path_normalization = found->second;
  } else {
    problems->push_back(StrCat(proxy.Where(), ": unknown path_normalization ", level));
  }
  return options;
}

ScenarioProbe::Tls ReadTls(const CaseNode& node, std::vector<std::string>* problems) {
  using Certificate = ScenarioProbe::ClientCertificate;
  KnownKeys(node, {"sni", "alpn", "client_cert"}, problems);
  ScenarioProbe::Tls tls;
  tls.sni = node["sni"].Text();
  tls.alpn = node["alpn"].Texts();
  const std::string certificate = node["client_cert"].Text("none");
  if (certificate == "valid") {
    tls.certificate = Certificate::kValid;
  } else if (certificate == "untrusted") {
    tls.certificate = Certificate::kUntrusted;
  } else if (certificate != "none") {
    problems->push_back(StrCat(node.Where(), ": unknown client_cert ", certificate));
  }
  return tls;
}

ScenarioProbe::Http ReadHttp(const CaseNode& node, std::vector<std::string>* problems) {
  KnownKeys(node, {"method", "authority", "path", "headers", "version"}, problems);
  ScenarioProbe::Http http;
  http.method = node["method"].Text("GET");
  http.authority = node["authority"].Text();
  http.path = node["path"].Text("/");
  for (const auto& [name, value] : node["headers"].fields) {
    // A list is one line each.
    for (const std::string& line : value.Texts()) http.headers.emplace_back(AsciiLower(name), line);
  }
  const std::string version = node["version"].Text("1.1");
  http.http_10 = version == "1.0";
  if (version != "1.0" && version != "1.1") {
    problems->push_back(StrCat(node.Where(), ": unknown version ", version));
  }
  return http;
}

ScenarioProbe ReadProbe(const CaseNode& node, size_t number, std::vector<std::string>* problems) {
  KnownKeys(node, {"name", "port", "bind", "client_ip", "tls", "http", "expect"}, problems);
  ScenarioProbe probe;
  probe.title = StrCat("probe ", number, ", ", node.Where());
  if (const CaseNode* name = node.Find("name")) StrAppend(&probe.title, ": ", name->Text());
  probe.listener = {node["bind"].Text(), static_cast<uint16_t>(node["port"].Int())};
  probe.client_ip = node["client_ip"].Text("192.0.2.1");
  if (const CaseNode* tls = node.Find("tls")) probe.tls = ReadTls(*tls, problems);
  if (const CaseNode* http = node.Find("http")) probe.http = ReadHttp(*http, problems);
  probe.expect = node["expect"];
  if (probe.expect.fields.empty()) {
    problems->push_back(StrCat(node.Where(), ": a probe without expectation"));
  }
  return probe;
}

}  // namespace

Scenario Scenario::Read(const std::string& file, std::vector<std::string>* problems) {
  const CaseNode node = ReadCaseFile(file);
  KnownKeys(node, {"name", "source", "rejected_servers", "proxy", "resources", "probes"}, problems);
  Scenario scenario;
  scenario.name = node["name"].Text();
  if (node.Has("rejected_servers")) scenario.rejected_servers = node["rejected_servers"].Int();
  scenario.options = ReadProxy(node["proxy"], problems);
  for (const auto& [name, value] : node["proxy"]["secrets"].fields) {
    const std::string state = value.Text();
    if (state == "missing") {
      scenario.secrets[name] = Secret::kMissing;
    } else if (state == "invalid") {
      scenario.secrets[name] = Secret::kInvalid;
    } else {
      problems->push_back(StrCat(value.Where(), ": unknown state of a secret ", state));
    }
  }
  scenario.resources = node["resources"].Text();
  const std::vector<CaseNode>& probes = node["probes"].items;
  for (size_t i = 0; i < probes.size(); ++i) {
    scenario.probes.push_back(ReadProbe(probes[i], i + 1, problems));
  }
  if (scenario.probes.empty()) problems->push_back(StrCat(file, ": no probes"));
  return scenario;
}

}  // namespace postern
