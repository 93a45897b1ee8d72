#include "lib/http/hygiene.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "lib/base/strings.h"
#include "lib/http/field_rules.h"

namespace postern {
namespace {

// What an external request may not say, behind "x-envoy-".
constexpr std::array<std::string_view, 20> kInternal = {"decorator-operation",
                                                        "downstream-service-cluster",
                                                        "downstream-service-node",
                                                        "expected-rq-timeout-ms",
                                                        "external-address",
                                                        "force-trace",
                                                        "hedge-on-per-try-timeout",
                                                        "internal",
                                                        "ip-tags",
                                                        "max-retries",
                                                        "original-host",
                                                        "original-path",
                                                        "original-url",
                                                        "retriable-header-names",
                                                        "retriable-status-codes",
                                                        "retry-grpc-on",
                                                        "retry-on",
                                                        "upstream-alt-stat-name",
                                                        "upstream-rq-per-try-timeout-ms",
                                                        "upstream-rq-timeout-alt-response"};
static_assert(std::is_sorted(kInternal.begin(), kInternal.end()));

bool IsInternal(std::string_view name) {
  constexpr std::string_view kPrefix = "x-envoy-";
  if (name.size() <= kPrefix.size() || !name.starts_with(kPrefix)) return name == "early-data";
  name.remove_prefix(kPrefix.size());
  return name == "upstream-rq-timeout-ms" ||
         std::binary_search(kInternal.begin(), kInternal.end(), name);
}

// The marks of all that concerns one connection only, but for te.
constexpr uint64_t kConnectionMarks =
    NameMarks({"connection", "http2-settings", "keep-alive", "proxy-connection",
               "transfer-encoding", "upgrade"});

bool IsConnectionField(std::string_view name) {
  switch (name.size()) {
    case 10:
      return name == "connection" || name == "keep-alive";
    case 14:
      return name == "http2-settings";
    case 16:
      return name == "proxy-connection";
    case 17:
      return name == "transfer-encoding";
    default:
      return false;
  }
}

// Returns whether an option of Connection names a field to remove: the others mean something.
bool Nominates(std::string_view option) {
  return !EqualsIgnoreCase(option, "close") && !EqualsIgnoreCase(option, "keep-alive") &&
         !EqualsIgnoreCase(option, "upgrade") && !EqualsIgnoreCase(option, "te");
}

// Returns the fields that a client's Connection fields nominate.
std::vector<std::string_view> Nominated(const HeaderList& headers) {
  std::vector<std::string_view> names;
  for (const HeaderView& field : headers.fields()) {
    if (field.name != "connection") continue;
    ForEachListItem(field.value, [&](std::string_view option) {
      if (Nominates(option)) names.push_back(option);
    });
  }
  return names;
}

// Returns whether a TE value has the option `trailers`, with whatever weight.
bool HasTrailers(std::string_view value) {
  return AnyListItem(value, [](std::string_view option) {
    return EqualsIgnoreCase(TrimBlanks(option.substr(0, option.find(';'))), "trailers");
  });
}

void ReduceTe(HeaderList* headers) {
  const std::string_view te = headers->Joined("te");
  if (HasTrailers(te)) {
    headers->Set("te", "trailers");
  } else {
    headers->Remove("te");
  }
}

// Returns whether `value` is an address, absolute or relative, without user and fragment.
bool IsReferer(std::string_view value) {
  if (value.find('#') != std::string_view::npos) return false;
  const size_t colon = value.find(':');
  if (colon >= value.find_first_of("/?")) return true;  // Relative, or empty.
  const std::string_view scheme = value.substr(0, colon);
  const std::string_view rest = value.substr(colon + 1);
  if (scheme.empty() || !IsAsciiAlpha(scheme.front()) || !IsToken(scheme)) return false;
  return rest.starts_with("//") && IsAuthority(rest.substr(2, rest.find_first_of("/?", 2) - 2));
}

}  // namespace

void RemoveHopByHop(bool upgrade, HeaderList* headers) {
  if (headers->may_hold(NameMark("te"))) ReduceTe(headers);
  if (!headers->may_hold(kConnectionMarks)) return;
  const std::vector<std::string_view> nominated = Nominated(*headers);
  headers->RemoveIf([&](const HeaderView& field) {
    if (field.name == "upgrade" || field.name == "connection") return !upgrade;
    if (IsConnectionField(field.name)) return true;
    return std::any_of(nominated.begin(), nominated.end(),
                       [&](std::string_view name) { return EqualsIgnoreCase(name, field.name); });
  });
  if (!upgrade) return;
  // Only the upgrade is left to say, now that the rest is gone.
  if (!EqualsIgnoreCase(headers->Joined("connection"), "upgrade")) {
    headers->Set("connection", "upgrade");
  }
  if (headers->Count("upgrade") > 1) headers->Set("upgrade", headers->Joined("upgrade"));
}

void RemoveInternal(HeaderList* headers) {
  headers->RemoveIf([](const HeaderView& field) { return IsInternal(field.name); });
  if (headers->Count("referer") == 0) return;
  // Several lines are one value.
  const std::string_view referer = headers->Joined("referer");
  if (IsReferer(referer)) {
    headers->Set("referer", referer);
  } else {
    headers->Remove("referer");
  }
}

void RemoveConnectionFields(bool upgrade, HeaderList* headers) {
  if (!headers->may_hold(kConnectionMarks)) return;
  headers->RemoveIf([&](const HeaderView& field) {
    if (field.name == "connection" || field.name == "upgrade") return !upgrade;
    return IsConnectionField(field.name);
  });
}

void SanitizeResponse(bool upgrade, HeaderList* headers) {
  constexpr uint64_t kMeshMarks = NameMarks(
      {"x-envoy-decorator-operation", "x-envoy-peer-metadata", "x-envoy-peer-metadata-id"});
  RemoveConnectionFields(upgrade, headers);
  if (!headers->may_hold(kMeshMarks)) return;
  headers->RemoveIf([&](const HeaderView& field) {
    return field.name == "x-envoy-decorator-operation" || field.name == "x-envoy-peer-metadata" ||
           field.name == "x-envoy-peer-metadata-id";
  });
}

void FinishResponse(std::string_view date, std::string_view server, HeaderList* headers) {
  if (headers->Count("date") == 0) headers->Add("date", date);
  if (!server.empty()) headers->Set("server", server);
}

void JoinCookies(HeaderList* headers) {
  if (headers->Count("cookie") < 2) return;
  std::optional<std::string_view> joined;
  for (const HeaderView& field : headers->fields()) {
    if (field.name != "cookie") continue;
    joined = joined ? headers->text().Extend(headers->text().Extend(*joined, "; "), field.value)
                    : headers->text().Copy(field.value);
  }
  headers->Set("cookie", *joined);
}

}  // namespace postern
