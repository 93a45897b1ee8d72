#include "lib/upstream/request_hash.h"

#include <algorithm>
#include <bit>

#include "absl/container/inlined_vector.h"
#include "lib/base/find_header.h"
#include "lib/base/strings.h"
#include "lib/match/path.h"
#include "lib/upstream/xx_hash.h"

namespace postern {
namespace {

std::optional<uint64_t> HashHeader(std::string_view name, const RequestHead& head) {
  if (name == ":authority" || name == "host") return XxHash64(head.authority);
  if (name == ":path") return XxHash64(head.path);
  if (name == ":method") return XxHash64(head.method);
  if (name == ":scheme") return XxHash64(head.scheme);
  absl::InlinedVector<std::string_view, 4> values;
  std::string storage;
  if (IsJoinedField(name)) {
    const auto joined = JoinHeader(head.headers, name, &storage);
    if (joined) values.push_back(*joined);
  } else {
    for (const HeaderView& field : head.headers) {
      if (field.name == name) values.push_back(field.value);
    }
  }
  if (values.empty()) return std::nullopt;
  // Their order does not count.
  std::sort(values.begin(), values.end());
  uint64_t hash = 0;
  for (const std::string_view value : values) hash = XxHash64(value, hash);
  return hash;
}

// CookieValue returns the value of the first cookie called `name`, without quotes around it; empty
// if there is none.
std::string_view CookieValue(std::string_view name, std::span<const HeaderView> headers) {
  for (const HeaderView& field : headers) {
    if (field.name != "cookie") continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      const std::string_view value = pair.substr(equals + 1);
      const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
      return quoted ? value.substr(1, value.size() - 2) : value;
    }
  }
  return {};
}

// NewCookie returns the value of a cookie for a client that has none.
std::string NewCookie(const ConnectionInfo& connection) {
  std::string ends = connection.peer->remote.ToString() + connection.peer->local.ToString();
  // What has no port does not tell one client from another.
  if (connection.peer->remote.port == 0) StrAppend(&ends, " ", connection.id.bits());
  return StrCat(absl::Hex(XxHash64(ends), absl::kZeroPad16));
}

std::optional<uint64_t> HashCookie(const HashPolicy& policy, const RequestHead& head,
                                   const ConnectionInfo& connection,
                                   std::vector<std::string>* set_cookies) {
  const std::string_view value = CookieValue(policy.name, head.headers);
  if (!value.empty()) return XxHash64(value);
  if (policy.set_cookie.empty()) return std::nullopt;
  const std::string made = NewCookie(connection);
  set_cookies->push_back(StrCat(policy.name, "=\"", made, "\"", policy.set_cookie));
  return XxHash64(made);
}

std::optional<uint64_t> HashQuery(std::string_view name, std::string_view path) {
  const size_t mark = path.find('?');
  if (mark == std::string_view::npos) return std::nullopt;
  const auto value = QueryValue(path.substr(mark + 1), name);
  return value ? std::optional(XxHash64(*value)) : std::nullopt;
}

}  // namespace

RequestHash HashRequest(std::span<const HashPolicy> policies, const RequestHead& head,
                        std::string_view client_ip, const ConnectionInfo& connection) {
  RequestHash hash;
  for (const HashPolicy& policy : policies) {
    std::optional<uint64_t> one;
    switch (policy.kind) {
      case HashPolicy::Kind::kHeader:
        one = HashHeader(policy.name, head);
        break;
      case HashPolicy::Kind::kCookie:
        one = HashCookie(policy, head, connection, &hash.set_cookies);
        break;
      case HashPolicy::Kind::kSourceIp:
        one = HashAddress(client_ip);
        break;
      case HashPolicy::Kind::kQueryParameter:
        one = HashQuery(policy.name, head.path);
        break;
    }
    // Turned, so that two policies that say the same do not cancel each other out.
    if (one) hash.value = std::rotl(hash.value.value_or(0), 1) ^ *one;
  }
  return hash;
}

std::optional<uint64_t> HashAddress(std::string_view client_ip) {
  return client_ip.empty() ? std::nullopt : std::optional(XxHash64(client_ip));
}

}  // namespace postern
