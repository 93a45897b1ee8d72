// Cases of kind analyzer: several resources, and what one of Istio's analyzers says of them. The
// Pods of a case are the proxies that the resources are judged for, beside the ingress gateway that
// every case of Istio's has.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "lib/compile/cross_report.h"
#include "lib/compile/report_rules.h"
#include "lib/validate/rules.h"
#include "postern/config.h"
#include "tests/cases/case_kinds.h"

namespace postern {
namespace {

// A Message is one of Istio's that a finding of ours stands for.
struct Message {
  std::string_view analyzer;
  std::string_view
      rule;  // Of ours; "VS-UNR-01" and the like stand for the rules that carry it out.
  std::string_view code;
  bool both_ends = false;      // It is said of each of the two servers that clash, once.
  std::string_view path = {};  // Only of findings whose path holds this.
};

// The certificates of Istio's own cases are judged by the day on which its answers were taken.
constexpr WallTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);

constexpr std::string_view kPorts = "gateway.IngressGatewayPortAnalyzer";
constexpr std::string_view kSecrets = "gateway.SecretAnalyzer";
constexpr std::string_view kConflicts = "gateway.ConflictingGatewayAnalyzer";
constexpr std::string_view kGateways = "virtualservice.GatewayAnalyzer";
constexpr std::string_view kHosts = "virtualservice.DestinationHostAnalyzer";
constexpr std::string_view kCa = "destinationrule.CaCertificateAnalyzer";
constexpr std::string_view kRules = "destinationrule.SubsetSelectPodAnalyzer";
constexpr std::string_view kSchemaOf = "schema validation of ";
constexpr std::string_view kSchema = "schema validation of VirtualService";

const Message kMessages[] = {
    {kPorts, kGatewaySelectorUnmatched.id, "IST0101"},
    {kPorts, kServerPortUnserved.id, "IST0162"},
    {kSecrets, kGatewaySelectorUnmatched.id, "IST0101"},
    {kSecrets, kServerCredentialNotReady.id, "IST0101"},
    {kSecrets, kServerCredentialUnused.id, "IST0101"},
    {kSecrets, kServerCredentialInvalid.id, "IST0161"},
    {kSecrets, kServerCertificateExpired.id, "IST0161"},
    {kSecrets, kServerCertificateEarly.id, "IST0161"},
    {kConflicts, kServerHostTaken.id, "IST0145", true},
    {kConflicts, kServerProtocolConflict.id, "IST0145", true},
    {kConflicts, kServerPortNameTaken.id, "IST0145", true},
    {kConflicts, kListenerChainDuplicate.id, "IST0145", true},
    {"gateway.CertificateAnalyzer", kGatewayCredentialShared.id, "IST0138"},
    {"virtualservice.ConflictingMeshGatewayHostsAnalyzer", kVirtualServiceMeshHostTaken.id,
     "IST0109"},
    {kHosts, kDestinationHostUnknown.id, "IST0101"},
    {kHosts, kDestinationPortUnknown.id, "IST0101"},
    {kHosts, "route-destination-required", "IST0101"},
    {kHosts, kDestinationPortAmbiguous.id, "IST0112"},
    {kHosts, kDestinationSubsetElsewhere.id, "IST0140"},
    {"virtualservice.DestinationRuleAnalyzer", kDestinationSubsetUnknown.id, "IST0101"},
    // Of a Gateway that is not there Istio also says that it has none of the hosts.
    {kGateways, kVirtualServiceGatewayUnknown.id, "IST0101"},
    {kGateways, kVirtualServiceGatewayUnknown.id, "IST0132"},
    {kGateways, kVirtualServiceGatewayHostless.id, "IST0132"},
    {kGateways, kVirtualServiceGatewayInternal.id, "IST0165"},
    {"virtualservice.JWTClaimRouteAnalyzer", kHttpMatchClaimUnverified.id, "IST0149"},
    {kCa, kDestinationRuleTlsUnverified.id, "IST0128", false, "trafficPolicy.tls"},
    {kCa, kDestinationRuleTlsUnverified.id, "IST0129", false, "portLevelSettings"},
    {kRules, kDestinationRuleHostUnknown.id, "IST0174"},
    {kRules, kDestinationRuleSubsetPodless.id, "IST0173"},
    {"deprecation.DeprecationAnalyzer", kHttpFaultDelayPercentDeprecated.id, "IST0002"},
    {kSchema, "VS-UNR-01", "IST0130"},
    {kSchema, "VS-UNR-02", "IST0130"},
    {kSchema, "VS-UNR-04", "IST0130"},
    // Of a rule all of whose matches are repeated Istio also names each match.
    {kSchema, "route-matches-all-duplicate", "IST0131"},
    {kSchema, "VS-UNR-03", "IST0131"},
    {kSchema, "VS-UNR-05", "IST0131"},
    {"serviceentry.ProtocolAddressesAnalyzer", kServiceEntryAddressesUnset.id, "IST0134"},
    {"serviceentry.ConflictingServiceEntryProtocolAnalyzer", kServiceEntryProtocolConflict.id,
     "IST0177"},
};

bool StandsFor(const Diagnostic& finding, const Message& message) {
  if (!message.path.empty() && finding.path.find(message.path) == std::string::npos) return false;
  if (finding.rule == message.rule) return true;
  const Rule* rule = FindRule(finding.rule);
  return rule != nullptr && message.rule.starts_with("VS-") &&
         rule->istio.find(message.rule) != std::string_view::npos;
}

// NameOf returns "Gateway web" for "Gateway /web": an absent namespace is the empty one.
std::string NameOf(std::string_view resource) {
  const size_t slash = resource.find(" /");
  if (slash == std::string_view::npos) return std::string(resource);
  return StrCat(resource.substr(0, slash + 1), resource.substr(slash + 2));
}

// IsOfCertificate returns whether a finding about credentials is about the certificate that a
// `credentialName` names. Istio's analyzer looks at nothing else: at no files or CA, not at the
// mesh's own identity, and not at a key that is there.
bool IsOfCertificate(const Diagnostic& finding, const Config& config) {
  const auto says = [&finding](std::string_view words) {
    return finding.message.find(words) != std::string::npos;
  };
  if (says("CA of ") || says("CA bundle") || says("private key")) return false;
  for (const Gateway& gateway : config.gateways) {
    const Metadata& metadata = gateway.metadata;
    if (finding.resource != StrCat("Gateway ", metadata.ns, "/", metadata.name)) continue;
    for (size_t i = 0; i < gateway.servers.size(); ++i) {
      if (finding.path != StrCat("spec.servers[", i, "].tls")) continue;
      const std::string& name = gateway.servers[i].tls->credential_name;
      // A Secret of another namespace is there, though no proxy gets it.
      const auto is_named = [&name](const Secret& secret) {
        return StrCat(secret.metadata.ns, "/", secret.metadata.name) == name;
      };
      const std::vector<Secret>& secrets = config.secrets;
      return !name.empty() && !(says("is of another namespace") &&
                                std::any_of(secrets.begin(), secrets.end(), is_named));
    }
  }
  return true;
}

// AddSchemaMessage adds what the schema check of `kind` says, but for what has a message of its
// own.
void AddSchemaMessage(const Diagnostic& finding, std::string_view kind,
                      std::multiset<std::string>* messages) {
  const Rule* rule = FindRule(finding.rule);
  if (rule == nullptr || rule->istio.empty() || !finding.resource.starts_with(StrCat(kind, " ")) ||
      rule->istio.find("VS-UNR-") != std::string_view::npos) {
    return;
  }
  const bool error = finding.severity == Severity::kError;
  messages->insert(StrCat(error ? "IST0106 " : "IST0133 ", NameOf(finding.resource)));
}

bool IsKnownAnalyzer(std::string_view analyzer) {
  return analyzer.starts_with(kSchemaOf) ||
         std::any_of(std::begin(kMessages), std::end(kMessages),
                     [analyzer](const Message& known) { return known.analyzer == analyzer; });
}

// AddMessages adds what of `analyzer` the finding stands for: of one that is not known here, every
// message of a code in `codes`. `seen` knows the ends said already.
void AddMessages(const Diagnostic& finding, std::string_view analyzer,
                 const std::set<std::string>& codes, std::set<std::string>* seen,
                 std::multiset<std::string>* messages) {
  if (analyzer.starts_with(kSchemaOf)) {
    AddSchemaMessage(finding, analyzer.substr(kSchemaOf.size()), messages);
  }
  const bool known = IsKnownAnalyzer(analyzer);
  std::set<std::string_view> said;  // Two analyzers may have one message.
  for (const Message& message : kMessages) {
    const bool asked =
        known ? message.analyzer == analyzer
              : codes.contains(std::string(message.code)) && !said.contains(message.code);
    if (!asked || !StandsFor(finding, message)) continue;
    // Of one Gateway Istio does not say that its servers clash.
    if (message.both_ends && finding.other && finding.other->resource == finding.resource) continue;
    said.insert(message.code);
    if (!message.both_ends || !finding.other) {
      // What has no line of its own, and the same text, Istio says once.
      if ((message.code == "IST0002" || message.code == "IST0162") &&
          !seen->insert(StrCat(message.code, " ", finding.resource, " ", finding.message)).second) {
        continue;
      }
      messages->insert(StrCat(message.code, " ", NameOf(finding.resource)));
      continue;
    }
    for (const auto& [resource, path] : {std::pair(finding.resource, finding.path),
                                         std::pair(finding.other->resource, finding.other->path)}) {
      if (!seen->insert(StrCat(resource, " ", path)).second) continue;
      messages->insert(StrCat(message.code, " ", NameOf(resource)));
    }
  }
}

// AddIngress adds the gateway that Istio's analysis takes for granted.
void AddIngress(Config* config, std::vector<ProxyIdentity>* proxies) {
  const std::map<std::string, std::string> labels = {{"istio", "ingressgateway"}};
  proxies->push_back({labels, "istio-system", /*is_pod=*/true});
  KubernetesService& service = config->services.emplace_back();
  service.metadata.name = "istio-ingressgateway";
  service.metadata.ns = "istio-system";
  service.selector = labels;
  for (const uint32_t port : {80, 443, 15443, 31400}) {
    service.ports.push_back({StrCat("tcp-", port), port, "", "TCP", ""});
  }
}

// PodsOf returns the proxies that the Pods among the documents of `yaml` are.
std::vector<ProxyIdentity> PodsOf(const std::string& yaml, const std::string& file) {
  std::vector<ProxyIdentity> pods;
  size_t begin = 0;
  while (begin < yaml.size()) {
    size_t end = yaml.find("\n---\n", begin);
    if (end == std::string::npos) end = yaml.size();
    const CaseNode document = ReadCaseText(yaml.substr(begin, end - begin), file);
    begin = std::min(yaml.size(), end + 5);
    if (document["kind"].Text() != "Pod") continue;
    ProxyIdentity& pod = pods.emplace_back();
    pod.ns = document["metadata"]["namespace"].Text();
    pod.is_pod = true;
    for (const auto& [key, value] : document["metadata"]["labels"].fields) {
      pod.labels[key] = value.Text();
    }
  }
  return pods;
}

// AllocatesAddresses returns whether the mesh gives ServiceEntries addresses.
bool AllocatesAddresses(const std::string& mesh_config, const std::string& file) {
  if (mesh_config.empty()) return false;
  const CaseNode mesh = ReadCaseText(mesh_config, file);
  const CaseNode& metadata = mesh["defaultConfig"]["proxyMetadata"];
  return metadata["ISTIO_META_DNS_AUTO_ALLOCATE"].Text() == "true";
}

std::multiset<std::string> Expected(const CaseNode& row) {
  const CaseNode* ours = row.Find("postern");
  if (ours != nullptr) {
    ExpectKeys(*ours, {"expected", "why"});
    EXPECT_FALSE((*ours)["why"].Text().empty()) << row.Where() << ": a reason is missing";
  }
  std::multiset<std::string> messages;
  for (const CaseNode& message : (ours != nullptr ? *ours : row)["expected"].items) {
    messages.insert(StrCat(message["code"].Text(), " ", message["resource"].Text()));
  }
  return messages;
}

void RunAnalyzer(const CaseNode& row) {
  ExpectKeys(row, {"analyzer", "yaml", "mesh_config", "expected", "valid"});
  const std::string analyzer = row["analyzer"].Text();
  const std::string yaml = row["yaml"].Text();
  Config config =
      Config::FromYaml(yaml, {.mode = DecodeOptions::Mode::kLenient, .default_namespace = ""});
  std::vector<ProxyIdentity> proxies = PodsOf(yaml, row.file);
  AddIngress(&config, &proxies);

  std::vector<Diagnostic> findings = Validate(config);
  const auto credentials = MakeConfigCredentials(config);
  const bool allocates = AllocatesAddresses(row["mesh_config"].Text(), row.file);
  for (Diagnostic& finding : FindAcross(config, proxies, *credentials, kNow, allocates)) {
    if (analyzer == kSecrets && !IsOfCertificate(finding, config)) continue;
    findings.push_back(std::move(finding));
  }
  const std::multiset<std::string> expected = Expected(row);
  std::set<std::string> codes;
  for (const std::string& message : expected) codes.insert(message.substr(0, message.find(' ')));
  std::multiset<std::string> messages;
  std::set<std::string> seen;
  std::string print;
  for (const Diagnostic& finding : findings) {
    AddMessages(finding, analyzer, codes, &seen, &messages);
    StrAppend(&print, "  ", finding.ToString(), "\n");
  }
  // Levels are Istio's: an error of ours would keep Snapshot::Build from succeeding.
  EXPECT_EQ(expected, messages) << print;
  EXPECT_EQ(row["valid"].Bool(), row["expected"].items.empty()) << row.Where();
}

constexpr CaseKind kKinds[] = {{"analyzer", RunAnalyzer}};

}  // namespace

std::span<const CaseKind> AnalyzerCases() { return kKinds; }

}  // namespace postern
