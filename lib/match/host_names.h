// Istio's algebra of host names as they stand in a configuration: byte strings, compared with
// their case. HostPattern is the same for programs that hold checked names; what form a name must
// have is for lib/match/names.

#ifndef POSTERN_MATCH_HOST_NAMES_H_
#define POSTERN_MATCH_HOST_NAMES_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postern {

// IsWildcardHost returns whether `host` begins with "*". The rest is then a suffix, without any
// further boundary: "*foo.com" names "barfoo.com", "*.foo.com" does not name "foo.com".
inline bool IsWildcardHost(std::string_view host) { return host.starts_with('*'); }

// HostsOverlap returns whether some host fits both (Istio's Matches).
bool HostsOverlap(std::string_view a, std::string_view b);

// HostIsSubset returns whether every host of `a` is one of `b` (Istio's SubsetOf).
bool HostIsSubset(std::string_view a, std::string_view b);

// HostPrecedes returns whether `a` is tried before `b`: exact before wildcard, longer before
// shorter, then by bytes. As in Istio, an empty name precedes another empty one.
bool HostPrecedes(std::string_view a, std::string_view b);

// ResolveServerHosts returns the `hosts` of a server of a Gateway in `gateway_namespace` with
// "./" made into that namespace and "*/" taken off. "*/*" makes the whole list ["*"].
std::vector<std::string> ResolveServerHosts(std::span<const std::string> hosts,
                                            std::string_view gateway_namespace);

// ServerNames returns what a server's filter chain matches by SNI: `hosts`, resolved or not,
// without prefixes and repeats, sorted by bytes.
std::vector<std::string> ServerNames(std::span<const std::string> hosts);

// ResolveGatewayName returns "namespace/name" for an entry of `gateways` in a VirtualService of
// namespace `ns`: "gw", "./gw", "other/gw", and the legacy "gw.other" and
// "gw.other.svc.cluster.local". "mesh" is for the caller to leave out.
std::string ResolveGatewayName(std::string_view name, std::string_view ns);

// ResolveShortHost returns `host`, made a full name of the cluster if it has no dot and is neither
// empty, "*" nor an IP address: "reviews" becomes "reviews.<ns>.svc.<domain>". Without a namespace
// or a domain, their parts are left out.
std::string ResolveShortHost(std::string_view host, std::string_view ns, std::string_view domain);

}  // namespace postern

#endif  // POSTERN_MATCH_HOST_NAMES_H_
