// The forms that names in a configuration must have: DNS names and their wildcards, IP addresses,
// labels, header names (validation.md 0.3 and 0.4). What a host pattern matches is for
// lib/match/host_pattern; which field must have which form is for lib/validate.

#ifndef POSTERN_MATCH_NAMES_H_
#define POSTERN_MATCH_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

namespace postern {

// A DomainProblem is why a text is no domain name.
struct DomainProblem {
  enum class Kind {
    kTooLong,  // More than 255 bytes.
    kEmpty,
    kFirstLabel,  // The first label, where a wildcard may stand, is malformed.
    kLabel,       // Another label is.
    kNumericTop,  // The last label is a number, as in an IP address.
    kSniForm,     // It begins with "outbound_" and is not "outbound_.<port>_<subset>_.<host>".
  };

  Kind kind;
  std::string_view label;  // The label at fault; a piece of the text that was checked.

  // Clause returns the problem as the end of a sentence about the name: "is longer than 255 bytes".
  std::string Clause() const;
};

// IsDnsLabel accepts 1 to 63 letters, digits and inner hyphens.
bool IsDnsLabel(std::string_view text);

// CheckFqdn returns the first problem of `text` as a name without wildcards. A final dot and a
// single label are fine; IP addresses are not.
std::optional<DomainProblem> CheckFqdn(std::string_view text);

// CheckWildcardDomain allows, for the first label, "*", "*label" and "*-label" as well.
std::optional<DomainProblem> CheckWildcardDomain(std::string_view text);

// CheckSniDomain is CheckWildcardDomain that also takes the names that Istio generates for its
// AUTO_PASSTHROUGH gateways: "outbound_.80_._.reviews.default.svc.cluster.local".
std::optional<DomainProblem> CheckSniDomain(std::string_view text);

// IsIpLiteral accepts an IPv4 or IPv6 address alone: no port, no brackets, no prefix length; an
// IPv6 zone is fine.
bool IsIpLiteral(std::string_view text);

// IsCidr accepts an IP address, "/", and a prefix length; bits of the host may be set.
bool IsCidr(std::string_view text);

// IsLabelKey and IsLabelValue accept the keys and values of Kubernetes labels; values may be of
// any length, as in Istio.
bool IsLabelKey(std::string_view key);
bool IsLabelValue(std::string_view value);

// IsHeaderName accepts what Istio takes for the name of a header: what RFC 9110 section 5.6.2 calls
// a token, and commas.
bool IsHeaderName(std::string_view name);

// IsJwtClaimKey accepts "@request.auth.claims.name" and "@request.auth.claims[name]", the keys of
// a header match that stand for claims of a token.
bool IsJwtClaimKey(std::string_view key);

// IsMatchHeaderName accepts the keys of a header match: header names, the claims of a token, and
// the pseudo-headers of requests and responses.
bool IsMatchHeaderName(std::string_view key);

}  // namespace postern

#endif  // POSTERN_MATCH_NAMES_H_
