#include "lib/engine/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "lib/base/strings.h"

namespace postern {
namespace {

using Result = ProxyParse::Result;

constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr size_t kMost1 = 107;  // With CR LF.

ProxyParse None() { return {.result = Result::kNone, .header = {}}; }

// Begins returns whether `bytes` begins with `signature`, as far as it goes.
bool Begins(ByteSpan bytes, std::string_view signature) {
  const size_t size = std::min(bytes.size(), signature.size());
  return AsText(bytes.first(size)) == signature.substr(0, size);
}

std::optional<Address> ReadAddress(std::string_view ip, std::string_view port, bool v6) {
  const auto number = ParseDecimal<uint16_t>(port);
  if (!number.has_value() || ip.empty()) return std::nullopt;
  auto address = Address::Parse(v6 ? StrCat("[", ip, "]:", *number) : StrCat(ip, ":", *number));
  if (!address.ok()) return std::nullopt;
  const auto family = v6 ? Address::Family::kIpv6 : Address::Family::kIpv4;
  if (address->family != family) return std::nullopt;
  return *std::move(address);
}

ProxyParse ParseText(ByteSpan bytes) {
  const std::string_view text = AsText(bytes.first(std::min(bytes.size(), kMost1)));
  const size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return bytes.size() >= kMost1 ? None() : ProxyParse();
  ProxyParse parse{.result = Result::kHeader, .header = {.size = end + 2, .peer = {}}};
  const std::vector<std::string_view> words = Split(text.substr(0, end), ' ');
  if (words.size() >= 2 && words[1] == "UNKNOWN") return parse;
  if (words.size() != 6 || (words[1] != "TCP4" && words[1] != "TCP6")) return None();
  const bool v6 = words[1] == "TCP6";
  const auto remote = ReadAddress(words[2], words[4], v6);
  const auto local = ReadAddress(words[3], words[5], v6);
  if (!remote.has_value() || !local.has_value()) return None();
  parse.header.peer = {*remote, *local};
  return parse;
}

template <size_t kSize>
std::array<uint8_t, kSize> Take(ByteSpan bytes, size_t at) {
  std::array<uint8_t, kSize> out;
  std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), kSize, out.begin());
  return out;
}

uint16_t Big16(ByteSpan bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

ProxyParse ParseBinary(ByteSpan bytes) {
  if (bytes.size() < 16) return {};
  const uint8_t version = bytes[12] >> 4, command = bytes[12] & 15;
  const uint8_t family = bytes[13] >> 4, transport = bytes[13] & 15;
  const size_t length = Big16(bytes, 14);
  if (version != 2 || command > 1) return None();
  if (bytes.size() < 16 + length) return {};
  ProxyParse parse{.result = Result::kHeader, .header = {.size = 16 + length, .peer = {}}};
  if (command == 0 || family == 0 || transport == 0) return parse;
  const ByteSpan body = bytes.subspan(16, length);
  if (transport != 1) return None();  // Datagrams.
  if (family == 1 && length >= 12) {
    parse.header.peer = {Address::Ipv4(Take<4>(body, 0), Big16(body, 8)),
                         Address::Ipv4(Take<4>(body, 4), Big16(body, 10))};
  } else if (family == 2 && length >= 36) {
    parse.header.peer = {Address::Ipv6(Take<16>(body, 0), Big16(body, 32)),
                         Address::Ipv6(Take<16>(body, 16), Big16(body, 34))};
  } else if (family != 3) {
    return None();
  }
  return parse;
}

}  // namespace

ProxyParse ParseProxyHeader(ByteSpan bytes) {
  if (Begins(bytes, kSignature2)) {
    return bytes.size() < kSignature2.size() ? ProxyParse() : ParseBinary(bytes);
  }
  if (Begins(bytes, kSignature1)) {
    return bytes.size() < kSignature1.size() ? ProxyParse() : ParseText(bytes);
  }
  return None();
}

}  // namespace postern
