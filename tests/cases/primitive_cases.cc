// Cases of single values: names, addresses, ports, durations, protocols.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/strings.h"
#include "lib/match/names.h"
#include "lib/model/protocol.h"
#include "lib/validate/cipher_suites.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/header_value.h"
#include "lib/validate/server_host_rules.h"
#include "lib/validate/value_rules.h"
#include "postern/config.h"
#include "tests/cases/case_kinds.h"
#include "tests/cases/istio_text.h"

namespace postern {
namespace {

void RunFqdn(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  EXPECT_EQ(row["valid"].Bool(), !CheckFqdn(row["input"].Text()));
}

void RunWildcardDomain(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  EXPECT_EQ(row["valid"].Bool(), !CheckWildcardDomain(row["input"].Text()));
}

void RunGatewayDomain(const CaseNode& row) {
  ExpectKeys(row, {"input", "sni", "valid", "error_contains"});
  const std::string input = row["input"].Text();
  const auto problem = row["sni"].Bool() ? CheckSniDomain(input) : CheckWildcardDomain(input);
  EXPECT_EQ(row["valid"].Bool(), !problem);
}

// A Findings is what the rules say of a value that stands in some resource.
struct Findings {
  Metadata metadata;
  SourceMap source;
  FindingList list{std::vector<Diagnostic>()};
  FindingSink sink{"Test", metadata, source, &list};
  FieldPath path{"spec"};
};

void RunGatewayHost(const CaseNode& row) {
  ExpectKeys(row, {"input", "gateway_semantics", "valid", "errors", "error_contains"});
  Findings findings;
  if (row["gateway_semantics"].Bool()) {
    findings.metadata.annotations["internal.istio.io/gateway-semantics"] = "gateway";
  }
  CheckServerHosts({row["input"].Text()}, findings.path, findings.sink);
  const std::vector<Diagnostic> found = std::move(findings.list).Build();
  EXPECT_EQ(row["valid"].Bool(), ToStatus(found).ok());
  const std::vector<std::string> errors = row["errors"].Texts();
  EXPECT_EQ(std::vector<std::string>(), UnexplainedTexts(errors, Severity::kError, found));
}

void RunIpAddress(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  EXPECT_EQ(row["valid"].Bool(), IsIpLiteral(row["input"].Text()));
}

void RunSubnet(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  Findings findings;
  CheckSubnet(row["input"].Text(), findings.path, findings.sink);
  EXPECT_EQ(row["valid"].Bool(), std::move(findings.list).Build().empty());
}

void RunPortNumber(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  const int64_t input = row["input"].Int();
  if (input < 0) {  // No field of a port could hold it: refused while reading.
    EXPECT_FALSE(row["valid"].Bool());
    return;
  }
  Findings findings;
  CheckPortNumber(static_cast<uint32_t>(input), findings.path, findings.sink);
  EXPECT_EQ(row["valid"].Bool(), std::move(findings.list).Build().empty());
}

void RunDuration(const CaseNode& row) {
  ExpectKeys(row, {"input", "stage", "valid", "error_contains"});
  std::string quoted = row["input"].Text();
  for (size_t at = 0; (at = quoted.find('\'', at)) != std::string::npos; at += 2) {
    quoted.insert(at, 1, '\'');
  }
  const Config config = Config::FromYaml(StrCat(
      "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: t}, spec: "
      "{hosts: [a.com], http: [{route: [{destination: {host: a.b}}], timeout: '",
      quoted, "'}]}}"));
  EXPECT_EQ(row["valid"].Bool(), ToStatus(Validate(config)).ok());
  if (row["stage"].Text() == "decode") {
    EXPECT_FALSE(ToStatus(config.findings).ok());
  } else {
    EXPECT_TRUE(ToStatus(config.findings).ok());
  }
}

void RunLabelMap(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  std::map<std::string, std::string> labels;
  for (const auto& [key, value] : row["input"].fields) labels[key] = value.Text();
  Findings findings;
  CheckLabels(labels, findings.path, findings.sink);
  EXPECT_EQ(row["valid"].Bool(), std::move(findings.list).Build().empty());
}

void RunProtocol(const CaseNode& row) {
  ExpectKeys(row, {"input", "parsed", "is_http", "is_tls", "is_tcp", "supported"});
  const Protocol protocol = ParseProtocol(row["input"].Text());
  EXPECT_EQ(ParseProtocol(row["parsed"].Text()), protocol);
  EXPECT_EQ(row["is_http"].Bool(), IsHttpFamily(protocol));
  EXPECT_EQ(row["is_tls"].Bool(), IsTlsFamily(protocol));
  EXPECT_EQ(row["is_tcp"].Bool(), IsTcpFamily(protocol));
  EXPECT_EQ(row["supported"].Bool(), protocol != Protocol::kUnsupported);
}

void RunCipherSuite(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid"});
  EXPECT_EQ(row["valid"].Bool(), IsKeptCipherSuite(row["input"].Text()));
}

void RunHeaderValue(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  const std::string input = row["input"].Text();
  EXPECT_EQ(row["valid"].Bool(), !HasControlByte(input) && !CheckHeaderFormat(input));
}

void RunMatchHeaderName(const CaseNode& row) {
  ExpectKeys(row, {"input", "valid", "error_contains"});
  EXPECT_EQ(row["valid"].Bool(), IsMatchHeaderName(row["input"].Text()));
}

constexpr CaseKind kKinds[] = {
    {"fqdn", RunFqdn},
    {"wildcard_domain", RunWildcardDomain},
    {"vs_gateway_domain", RunGatewayDomain},
    {"gateway_host", RunGatewayHost},
    {"ip_address", RunIpAddress},
    {"ip_subnet", RunSubnet},
    {"port_number", RunPortNumber},
    {"duration", RunDuration},
    {"label_map", RunLabelMap},
    {"protocol", RunProtocol},
    {"cipher_suite", RunCipherSuite},
    {"header_value", RunHeaderValue},
    {"match_header_name", RunMatchHeaderName},
};

}  // namespace

std::span<const CaseKind> PrimitiveCases() { return kKinds; }

}  // namespace postern
