#include "postern/address.h"

#include <algorithm>
#include <optional>

#include "lib/base/strings.h"
#include "lib/match/ip.h"

namespace postern {
namespace {

constexpr std::string_view kUnixScheme = "unix://";

absl::Status NoAddress(std::string_view text) {
  return InvalidArgument("not an IP address and port, nor a unix:// path: ", Quote(text));
}

// ReadPort reads a decimal number without sign or leading zeros.
std::optional<uint16_t> ReadPort(std::string_view text) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return ParseDecimal<uint16_t>(text);
}

}  // namespace

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  Address address;
  if (text.starts_with(kUnixScheme)) {
    const std::string_view path = text.substr(kUnixScheme.size());
    if (path.size() < 2 || (path.front() != '/' && path.front() != '@')) return NoAddress(text);
    address.family = Family::kUnix;
    address.path = path;
    return address;
  }

  // "[v6]:port"; else a port follows the only colon.
  std::string_view host = text;
  std::optional<std::string_view> port;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const size_t close = text.find("]:");
    if (close == std::string_view::npos) return NoAddress(text);
    host = text.substr(1, close - 1);
    port = text.substr(close + 2);
  } else if (const size_t colon = text.find(':');
             colon != std::string_view::npos && text.find(':', colon + 1) == text.npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }

  const std::optional<Ip> ip = ParseIp(host);
  if (!ip || (bracketed && !ip->v6)) return NoAddress(text);
  address.family = ip->v6 ? Family::kIpv6 : Family::kIpv4;
  address.ip = ip->bytes;
  if (!ip->zone.empty()) {
    // Only the system knows the numbers of names such as "eth0".
    const std::optional<uint32_t> scope = ParseDecimal<uint32_t>(ip->zone);
    if (!scope) return NoAddress(text);
    address.scope_id = *scope;
  }
  if (port) {
    const std::optional<uint16_t> number = ReadPort(*port);
    if (!number) return NoAddress(text);
    address.port = *number;
  }
  return address;
}

Address Address::Ipv4(const std::array<uint8_t, 4>& bytes, uint16_t port) {
  Address address;
  address.family = Family::kIpv4;
  address.port = port;
  std::copy(bytes.begin(), bytes.end(), address.ip.begin());
  return address;
}

Address Address::Ipv6(const std::array<uint8_t, 16>& bytes, uint16_t port, uint32_t scope_id) {
  Address address;
  address.family = Family::kIpv6;
  address.port = port;
  address.scope_id = scope_id;
  address.ip = bytes;
  return address;
}

std::string Address::ToString() const {
  switch (family) {
    case Family::kNone:
      return "";
    case Family::kUnix:
      return StrCat(kUnixScheme, path);
    case Family::kIpv4: {
      std::string text = FormatIp(false, ip);
      if (port != 0) StrAppend(&text, ":", port);
      return text;
    }
    case Family::kIpv6: {
      std::string text = FormatIp(true, ip);
      if (scope_id != 0) StrAppend(&text, "%", scope_id);
      return port == 0 ? text : StrCat("[", text, "]:", port);
    }
  }
  return "";
}

}  // namespace postern
