// IP addresses and networks as text, read without any system library. Sockets' addresses, with a
// port, are in postern/address.h.

#ifndef POSTERN_MATCH_IP_H_
#define POSTERN_MATCH_IP_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "postern/address.h"

namespace postern {

// An Ip is an IPv4 or IPv6 address.
struct Ip {
  bool v6 = false;
  std::array<uint8_t, 16> bytes = {};  // Network byte order; IPv4 uses the first four.
  std::string_view zone;               // Of IPv6, without "%"; a piece of the text that was read.
};

// ParseIp reads "192.0.2.1", four parts without leading zeros, or an IPv6 address, which may end
// in an IPv4 address and in a "%zone". nullopt for anything else: a port, brackets, a prefix.
std::optional<Ip> ParseIp(std::string_view text);

// FormatIp returns the text of an address: dotted, or RFC 5952's for IPv6, without a zone.
std::string FormatIp(bool v6, const std::array<uint8_t, 16>& bytes);

// A Cidr is a network: the addresses that share their first bits.
class Cidr {
 public:
  // Parse reads "192.0.2.0/24" and "2001:db8::/32"; bits of the host may be set and do not count.
  // InvalidArgument for anything else, an address alone or with a zone too.
  static absl::StatusOr<Cidr> Parse(std::string_view text);

  // Contains returns whether `address` is in the network. IPv4 addresses are in no IPv6 network.
  bool Contains(const Address& address) const;

  // ToString returns the network with its host bits cleared: "192.0.2.0/24".
  std::string ToString() const;

 private:
  Cidr(const Ip& ip, int bits);

  bool v6_;
  int bits_;
  std::array<uint8_t, 16> bytes_;  // Host bits are zero.
};

}  // namespace postern

#endif  // POSTERN_MATCH_IP_H_
