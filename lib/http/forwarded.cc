#include "lib/http/forwarded.h"

#include <charconv>
#include <cstring>
#include <optional>

#include "lib/base/strings.h"
#include "lib/match/ip.h"

namespace postern {
namespace {

// Reads an entry of x-forwarded-for, "192.0.2.1", "192.0.2.1:80", "2001:db8::1" or
// "[2001:db8::1]:80", and returns the address in it.
std::optional<std::string_view> ReadEntry(std::string_view entry) {
  entry = TrimBlanks(entry);
  if (entry.starts_with('[')) {
    const size_t end = entry.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    entry = entry.substr(1, end - 1);
  } else if (const size_t colon = entry.find(':');
             colon != std::string_view::npos && entry.rfind(':') == colon) {
    entry = entry.substr(0, colon);
  }
  if (!ParseIp(entry)) return std::nullopt;
  return entry;
}

// Returns the address of the `n`-th entry from the right, counted from 1, if there is one.
std::optional<std::string_view> NthFromRight(std::string_view list, uint32_t n) {
  while (true) {
    const size_t comma = list.rfind(',');
    const std::string_view entry = comma == std::string_view::npos ? list : list.substr(comma + 1);
    if (n == 1) return ReadEntry(entry);
    if (comma == std::string_view::npos) return std::nullopt;
    list = list.substr(0, comma);
    --n;
  }
}

std::string_view PortText(uint16_t port, TextStore* text) {
  char* const begin = text->Reserve(5);
  return text->Commit(static_cast<size_t>(std::to_chars(begin, begin + 5, port).ptr - begin));
}

}  // namespace

std::string_view TrustedAddress(std::string_view received, uint32_t trusted_hops,
                                std::string_view remote) {
  if (trusted_hops == 0 || received.empty()) return remote;
  return NthFromRight(received, trusted_hops).value_or(remote);
}

std::string_view AddForwarded(const ForwardedBy& by, HeaderList* headers) {
  const std::string_view received = headers->Joined("x-forwarded-for");
  const std::string_view trusted = TrustedAddress(received, by.trusted_hops, by.remote);
  if (!by.remote.empty()) {
    const bool self = by.remote == "127.0.0.1" || by.remote == "::1";
    const std::string_view peer = self && !by.local.empty() ? by.local : by.remote;
    headers->Set("x-forwarded-for",
                 received.empty() ? peer : headers->text().Concat({received, ",", peer}));
  }
  const size_t protos = by.trusted_hops == 0 ? 0 : headers->Count("x-forwarded-proto");
  if (protos == 0) {
    headers->Set("x-forwarded-proto", by.tls ? "https" : "http");
  } else if (protos > 1) {
    headers->Set("x-forwarded-proto", headers->Joined("x-forwarded-proto"));
  }
  if (by.add_port && (by.trusted_hops == 0 || headers->Count("x-forwarded-port") == 0)) {
    headers->Set("x-forwarded-port", PortText(by.port, &headers->text()));
  }
  if (!trusted.empty()) headers->Set("x-envoy-external-address", trusted);
  return trusted;
}

std::string IpText(const Address& address) {
  switch (address.family) {
    case Address::Family::kIpv4:
      return FormatIp(false, address.ip);
    case Address::Family::kIpv6:
      return FormatIp(true, address.ip);
    case Address::Family::kNone:
    case Address::Family::kUnix:
      return {};
  }
  return {};
}

std::array<char, 36> RequestId(const std::array<uint8_t, 16>& random) {
  static constexpr auto kDigits = [] {
    std::array<std::array<char, 2>, 256> digits = {};
    for (size_t byte = 0; byte < 256; ++byte) {
      digits[byte] = {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 0xf]};
    }
    return digits;
  }();
  std::array<uint8_t, 16> bytes = random;
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  std::array<char, 36> text;
  size_t at = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text[at++] = '-';
    std::memcpy(&text[at], &kDigits[bytes[i]], 2);
    at += 2;
  }
  return text;
}

}  // namespace postern
