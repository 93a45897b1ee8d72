// The enums of the model and their spelling in Istio's YAML, one table each. Which numbers without
// a name are acceptable is for lib/validate; the protocols of ports are in lib/model/protocol.h.

#ifndef POSTERN_MODEL_NAMES_H_
#define POSTERN_MODEL_NAMES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/strings.h"
#include "postern/destination_rule.h"
#include "postern/gateway.h"
#include "postern/service_entry.h"
#include "postern/virtual_service.h"

namespace postern {

// An EnumName is one value of an enum and how Istio spells it.
template <typename E>
struct EnumName {
  E value;
  std::string_view name;
};

// EnumNames returns the names of all values of the enum `E`, in the order of their numbers.
template <typename E>
std::span<const EnumName<E>> EnumNames();

template <>
std::span<const EnumName<ServerTlsSettings::TlsMode>> EnumNames();
template <>
std::span<const EnumName<ServerTlsSettings::TlsProtocol>> EnumNames();
template <>
std::span<const EnumName<HttpRedirect::RedirectPortSelection>> EnumNames();
template <>
std::span<const EnumName<CorsPolicy::UnmatchedPreflights>> EnumNames();
template <>
std::span<const EnumName<LoadBalancerSettings::SimpleLb>> EnumNames();
template <>
std::span<const EnumName<ConnectionPoolSettings::HttpSettings::H2UpgradePolicy>> EnumNames();
template <>
std::span<const EnumName<ClientTlsSettings::TlsMode>> EnumNames();
template <>
std::span<const EnumName<TrafficPolicy::ProxyProtocol::Version>> EnumNames();
template <>
std::span<const EnumName<ServiceEntry::Location>> EnumNames();
template <>
std::span<const EnumName<ServiceEntry::Resolution>> EnumNames();

// NameOf returns the name of `value`: "AUTO_PASSTHROUGH"; empty for a number without a name.
template <typename E>
std::string_view NameOf(E value) {
  for (const EnumName<E>& known : EnumNames<E>()) {
    if (known.value == value) return known.name;
  }
  return {};
}

// NameOrNumberOf returns the name of `value`, or its number in decimal if it has none.
template <typename E>
std::string NameOrNumberOf(E value) {
  const std::string_view name = NameOf(value);
  return name.empty() ? StrCat(static_cast<int32_t>(value)) : std::string(name);
}

// EnumOf returns the value whose name is `name`, in exactly this case.
template <typename E>
std::optional<E> EnumOf(std::string_view name) {
  for (const EnumName<E>& known : EnumNames<E>()) {
    if (known.name == name) return known.value;
  }
  return std::nullopt;
}

}  // namespace postern

#endif  // POSTERN_MODEL_NAMES_H_
