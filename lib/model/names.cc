#include "lib/model/names.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;
using TlsProtocol = ServerTlsSettings::TlsProtocol;
using PortSelection = HttpRedirect::RedirectPortSelection;
using Preflights = CorsPolicy::UnmatchedPreflights;
using SimpleLb = LoadBalancerSettings::SimpleLb;
using UpgradePolicy = ConnectionPoolSettings::HttpSettings::H2UpgradePolicy;
using ClientTlsMode = ClientTlsSettings::TlsMode;
using ProxyVersion = TrafficPolicy::ProxyProtocol::Version;
using Location = ServiceEntry::Location;
using Resolution = ServiceEntry::Resolution;

constexpr EnumName<TlsMode> kTlsModes[] = {
    {TlsMode::kPassthrough, "PASSTHROUGH"},
    {TlsMode::kSimple, "SIMPLE"},
    {TlsMode::kMutual, "MUTUAL"},
    {TlsMode::kAutoPassthrough, "AUTO_PASSTHROUGH"},
    {TlsMode::kIstioMutual, "ISTIO_MUTUAL"},
    {TlsMode::kOptionalMutual, "OPTIONAL_MUTUAL"},
};
constexpr EnumName<TlsProtocol> kTlsProtocols[] = {
    {TlsProtocol::kAuto, "TLS_AUTO"}, {TlsProtocol::kTls10, "TLSV1_0"},
    {TlsProtocol::kTls11, "TLSV1_1"}, {TlsProtocol::kTls12, "TLSV1_2"},
    {TlsProtocol::kTls13, "TLSV1_3"},
};
constexpr EnumName<PortSelection> kPortSelections[] = {
    {PortSelection::kFromProtocolDefault, "FROM_PROTOCOL_DEFAULT"},
    {PortSelection::kFromRequestPort, "FROM_REQUEST_PORT"},
};
constexpr EnumName<Preflights> kPreflights[] = {
    {Preflights::kUnspecified, "UNSPECIFIED"},
    {Preflights::kForward, "FORWARD"},
    {Preflights::kIgnore, "IGNORE"},
};
constexpr EnumName<SimpleLb> kSimpleLbs[] = {
    {SimpleLb::kUnspecified, "UNSPECIFIED"}, {SimpleLb::kLeastConn, "LEAST_CONN"},
    {SimpleLb::kRandom, "RANDOM"},           {SimpleLb::kPassthrough, "PASSTHROUGH"},
    {SimpleLb::kRoundRobin, "ROUND_ROBIN"},  {SimpleLb::kLeastRequest, "LEAST_REQUEST"},
};
constexpr EnumName<UpgradePolicy> kUpgradePolicies[] = {
    {UpgradePolicy::kDefault, "DEFAULT"},
    {UpgradePolicy::kDoNotUpgrade, "DO_NOT_UPGRADE"},
    {UpgradePolicy::kUpgrade, "UPGRADE"},
};
constexpr EnumName<ClientTlsMode> kClientTlsModes[] = {
    {ClientTlsMode::kDisable, "DISABLE"},
    {ClientTlsMode::kSimple, "SIMPLE"},
    {ClientTlsMode::kMutual, "MUTUAL"},
    {ClientTlsMode::kIstioMutual, "ISTIO_MUTUAL"},
};
constexpr EnumName<ProxyVersion> kProxyVersions[] = {
    {ProxyVersion::kV1, "V1"},
    {ProxyVersion::kV2, "V2"},
};
constexpr EnumName<Location> kLocations[] = {
    {Location::kMeshExternal, "MESH_EXTERNAL"},
    {Location::kMeshInternal, "MESH_INTERNAL"},
};
constexpr EnumName<Resolution> kResolutions[] = {
    {Resolution::kNone, "NONE"},
    {Resolution::kStatic, "STATIC"},
    {Resolution::kDns, "DNS"},
    {Resolution::kDnsRoundRobin, "DNS_ROUND_ROBIN"},
    {Resolution::kDynamicDns, "DYNAMIC_DNS"},
};

}  // namespace

template <>
std::span<const EnumName<TlsMode>> EnumNames() {
  return kTlsModes;
}
template <>
std::span<const EnumName<TlsProtocol>> EnumNames() {
  return kTlsProtocols;
}
template <>
std::span<const EnumName<PortSelection>> EnumNames() {
  return kPortSelections;
}
template <>
std::span<const EnumName<Preflights>> EnumNames() {
  return kPreflights;
}
template <>
std::span<const EnumName<SimpleLb>> EnumNames() {
  return kSimpleLbs;
}
template <>
std::span<const EnumName<UpgradePolicy>> EnumNames() {
  return kUpgradePolicies;
}
template <>
std::span<const EnumName<ClientTlsMode>> EnumNames() {
  return kClientTlsModes;
}
template <>
std::span<const EnumName<ProxyVersion>> EnumNames() {
  return kProxyVersions;
}
template <>
std::span<const EnumName<Location>> EnumNames() {
  return kLocations;
}
template <>
std::span<const EnumName<Resolution>> EnumNames() {
  return kResolutions;
}

}  // namespace postern
