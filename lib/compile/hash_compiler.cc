#include "lib/compile/hash_compiler.h"

#include <chrono>
#include <string>

#include "lib/base/strings.h"

namespace postern {
namespace {

using HttpCookie = LoadBalancerSettings::ConsistentHashLb::HttpCookie;

// SetCookieOf returns what follows the value of a cookie that is made, in Envoy's order.
std::string SetCookieOf(const HttpCookie& cookie) {
  if (!cookie.ttl) return {};
  std::string text;
  // Less than a second is none: a cookie of the session.
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*cookie.ttl).count();
  if (seconds != 0) StrAppend(&text, "; Max-Age=", seconds);
  if (!cookie.path.empty()) StrAppend(&text, "; Path=", cookie.path);
  for (const HttpCookie::Attribute& attribute : cookie.attributes) {
    StrAppend(&text, "; ", attribute.name);
    if (!attribute.value.empty()) StrAppend(&text, "=", attribute.value);
  }
  return text + "; HttpOnly";
}

}  // namespace

std::optional<HashPolicy> CompileHash(const LoadBalancerSettings::ConsistentHashLb& hash,
                                      StringPool& text) {
  using Kind = HashPolicy::Kind;
  // Of several the last one in the proto counts.
  if (hash.http_query_parameter_name) {
    return HashPolicy{Kind::kQueryParameter, text.Intern(*hash.http_query_parameter_name), {}};
  }
  if (hash.use_source_ip) {
    return *hash.use_source_ip ? std::optional(HashPolicy{Kind::kSourceIp, {}, {}}) : std::nullopt;
  }
  if (hash.http_cookie) {
    return HashPolicy{Kind::kCookie, text.Intern(hash.http_cookie->name),
                      text.Intern(SetCookieOf(*hash.http_cookie))};
  }
  if (hash.http_header_name) {
    return HashPolicy{Kind::kHeader, text.Intern(AsciiLower(*hash.http_header_name)), {}};
  }
  return std::nullopt;
}

}  // namespace postern
