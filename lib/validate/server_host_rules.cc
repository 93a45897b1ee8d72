#include "lib/validate/server_host_rules.h"

#include <algorithm>
#include <string_view>

#include "lib/match/names.h"
#include "lib/validate/metadata_rules.h"

namespace postern {
namespace {

constexpr Rule kShortName = {
    .id = "server-host-name-short",
    .what = "a host has no dot and is not \"*\"; an IPv6 address counts as such",
    .why = "short names would mean another host in each namespace",
    .istio = "GW-HOST-01, GW-HOST-10",
    .text = "short names (non FQDN) are not allowed",
};
constexpr Rule kEmpty = {
    .id = "server-host-name-required",
    .what = "a host is empty",
    .why = "it would match no request",
    .istio = "GW-HOST-02",
    .text = "empty domain name not allowed",
    .also = "short names (non FQDN) are not allowed",
};
constexpr Rule kTooLong = {
    .id = "server-host-name-too-long",
    .what = "the name of a host is longer than 255 bytes",
    .why = "DNS knows no such name",
    .istio = "GW-HOST-03",
    .text = "domain name \"<name>\" too long (max 255)",
};
constexpr Rule kFirstLabel = {
    .id = "server-host-first-label-malformed",
    .what = "the first label of a host is neither \"*\" nor one of a DNS name",
    .why = "no client could ask for it",
    .istio = "GW-HOST-04",
    .text = "domain name \"<name>\" invalid (label \"<label>\" invalid)",
};
constexpr Rule kLabel = {
    .id = "server-host-label-malformed",
    .what =
        "a label of a host, other than the first, is not one of a DNS name; \"*\" stands first "
        "only",
    .why = "no client could ask for it",
    .istio = "GW-HOST-05",
    .text = "domain name \"<rest>\" invalid (label \"<label>\" invalid)",
};
constexpr Rule kNumeric = {
    .id = "server-host-top-label-numeric",
    .what = "the last label of a host is a number, and the host is no IP address",
    .why = "it is a mistyped address most likely",
    .istio = "GW-HOST-06",
    .text = "domain name \"<rest>\" invalid (top level domain \"<label>\" cannot be all-numeric)",
};
constexpr Rule kPartialWildcard = {
    .id = "server-host-wildcard-partial",
    .what = "a \"*\" stands anywhere but alone or in front of a dot",
    .why = "a server name in TLS is matched by whole labels",
    .istio = "GW-HOST-07",
    .text = "partial wildcard \"<name>\" not allowed",
};
constexpr Rule kPartEmpty = {
    .id = "server-host-part-required",
    .what = "a host has a \"/\" with nothing before or after it",
    .why = "which namespace, or which name, would be open",
    .istio = "GW-HOST-08",
    .text = "config namespace and dnsName in host entry cannot be empty",
    .also =
        "invalid namespace value \"\" in gateway\n"
        "short names (non FQDN) are not allowed\n"
        "empty domain name not allowed",
};
constexpr Rule kNamespace = {
    .id = "server-host-namespace-malformed",
    .what = "the namespace of a host is neither \"*\", \".\" nor a DNS label",
    .why = "no VirtualService could be in it",
    .istio = "GW-HOST-09",
    .text = "invalid namespace value \"<ns>\" in gateway",
};
constexpr Rule kHiddenByAny = {
    .id = "server-hosts-hidden-by-any",
    .what = "a list of hosts has \"*/*\" and other entries",
    .why = "the whole list is read as \"*\", the other entries are lost",
    .severity = Severity::kWarning,
};
constexpr Rule kUpperCase = {
    .id = "server-host-name-upper-case",
    .what = "a host has upper-case letters",
    .why =
        "VirtualServices attach to it only if they write it in the same case, although requests "
        "match in any",
    .severity = Severity::kWarning,
};

constexpr const Rule* kRules[] = {
    &kShortName,       &kEmpty,     &kTooLong,   &kFirstLabel,  &kLabel,     &kNumeric,
    &kPartialWildcard, &kPartEmpty, &kNamespace, &kHiddenByAny, &kUpperCase,
};

const Rule& RuleOf(DomainProblem::Kind kind) {
  switch (kind) {
    case DomainProblem::Kind::kTooLong:
      return kTooLong;
    case DomainProblem::Kind::kEmpty:
      return kEmpty;
    case DomainProblem::Kind::kNumericTop:
      return kNumeric;
    case DomainProblem::Kind::kLabel:
      return kLabel;
    case DomainProblem::Kind::kFirstLabel:
    case DomainProblem::Kind::kSniForm:
      break;
  }
  return kFirstLabel;
}

void CheckName(std::string_view name, const FieldPath& path, const FindingSink& sink) {
  if (name != "*" && !name.empty() && name.find('.') == std::string_view::npos) {
    sink.Report(kShortName, path, "host name ", Quote(name), " has no dot");
  }
  if (const auto problem = CheckWildcardDomain(name); problem && !IsIpLiteral(name)) {
    sink.Report(RuleOf(problem->kind), path, "host name ", Quote(name), " ", problem->Clause());
  }
  if (name.size() > 1 && name.find('*') != std::string_view::npos && !name.starts_with("*.")) {
    sink.Report(kPartialWildcard, path, "host name ", Quote(name),
                " has a \"*\" that is no whole first label");
  }
  if (std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    sink.Report(kUpperCase, path, "host name ", Quote(name), " has upper-case letters");
  }
}

void CheckNamespace(std::string_view ns, const FieldPath& path, const FindingSink& sink) {
  if (ns == "*" || ns == "." || IsDnsLabel(ns)) return;
  if (ns == "~" &&
      HasAnnotation(sink.metadata(), "internal.istio.io/gateway-semantics", "gateway")) {
    return;
  }
  sink.Report(kNamespace, path, Quote(ns), " cannot be the namespace of a host");
}

}  // namespace

void CheckServerHosts(const std::vector<std::string>& hosts, const FieldPath& path,
                      const FindingSink& sink) {
  for (size_t i = 0; i < hosts.size(); ++i) {
    const std::string_view host = hosts[i];
    const size_t slash = host.find('/');
    if (slash == std::string_view::npos) {
      CheckName(host, path.Element(i), sink);
      continue;
    }
    const std::string_view ns = host.substr(0, slash);
    const std::string_view name = host.substr(slash + 1);
    if (ns.empty() || name.empty()) {
      sink.Report(kPartEmpty, path.Element(i), "host ", Quote(host),
                  " must have both a namespace and a name");
    }
    if (!ns.empty()) CheckNamespace(ns, path.Element(i), sink);
    if (!name.empty()) CheckName(name, path.Element(i), sink);
    if (host == "*/*" && hosts.size() > 1) {
      sink.Report(kHiddenByAny, path.Element(i), "\"*/*\" hides all other hosts of this server");
    }
  }
}

RuleList ServerHostRules() { return kRules; }

}  // namespace postern
