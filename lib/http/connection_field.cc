#include "lib/http/connection_field.h"

#include <array>

#include "lib/base/strings.h"

namespace postern {
namespace {

constexpr int kMostOptions = 9;
constexpr size_t kLongestTe = 255;

// Fields that a client must not have removed behind the back of whoever relies on them.
constexpr std::array<std::string_view, 12> kProtected = {
    "authorization",     "content-length",          "cookie",          "host",
    "transfer-encoding", "x-forwarded-client-cert", "x-forwarded-for", "x-forwarded-host",
    "x-forwarded-port",  "x-forwarded-proto",       "x-request-id",    "proxy-authorization"};

bool IsProtected(std::string_view option) {
  if (option.starts_with(':')) return true;
  if (option.size() > 8 && EqualsIgnoreCase(option.substr(0, 8), "x-envoy-")) return true;
  for (const std::string_view name : kProtected) {
    if (EqualsIgnoreCase(option, name)) return true;
  }
  return false;
}

}  // namespace

ConnectionField ReadConnection(std::span<const HeaderView> fields) {
  ConnectionField result;
  for (const HeaderView& field : fields) {
    const bool own = field.name == "connection";
    if (!own && field.name != "proxy-connection") continue;
    ForEachListItem(field.value, [&](std::string_view option) {
      if (EqualsIgnoreCase(option, "close")) result.close = true;
      if (own && EqualsIgnoreCase(option, "keep-alive")) result.keep_alive = true;
      if (own && EqualsIgnoreCase(option, "upgrade")) result.upgrade = true;
    });
  }
  return result;
}

bool MayNominate(std::span<const HeaderView> fields) {
  int options = 0;
  bool good = true, te = false;
  size_t te_size = 0;
  for (const HeaderView& field : fields) {
    if (field.name == "te") te_size += field.value.size();
    if (field.name != "connection") continue;
    ForEachListItem(field.value, [&](std::string_view option) {
      if (++options > kMostOptions || IsProtected(option)) good = false;
      if (EqualsIgnoreCase(option, "te")) te = true;
    });
  }
  return good && (!te || te_size <= kLongestTe);
}

}  // namespace postern
