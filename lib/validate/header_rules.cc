#include "lib/validate/header_rules.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lib/validate/header_value.h"

namespace postern {
namespace {

constexpr Rule kNameRequired = {
    .id = "headers-name-required",
    .what = "a header operation has an empty name",
    .why = "no header has that name",
    .istio = "VS-HDR-01",
    .text = "header name cannot be empty",
};
constexpr Rule kPseudoHeader = {
    .id = "headers-name-pseudo",
    .what =
        "a header operation names a header that begins with \":\"; :authority is fine to add and "
        "set on a request",
    .why = "such headers stand for the request line, other fields change them",
    .istio = "VS-HDR-02, VS-HDR-04",
    .text = "invalid header \"<name>\": header cannot have \":\" prefix",
};
constexpr Rule kHost = {
    .id = "headers-name-host",
    .what = "Host is removed from a request, or changed in a response",
    .why = "a request must have it, a response has none",
    .istio = "VS-HDR-03",
    .text = "invalid header \"<name>\": cannot set Host header",
};
constexpr Rule kControlByte = {
    .id = "headers-value-control-byte",
    .what = "a value has a control character other than a tab",
    .why = "it would end the header or be refused by the peer",
    .istio = "VS-HDR-05",
    .text = "header value configuration <value> is invalid",
};
constexpr Rule kFormat = {
    .id = "headers-value-format-malformed",
    .what = "the variables of a value, between \"%\" signs, are malformed; \"%%\" is a \"%\"",
    .why = "Envoy refuses the whole listener for it",
    .istio = "VS-HDR-06",
    .text = "header value configuration: invalid header configuration. <reason>",
};
constexpr Rule kAuthorityTwice = {
    .id = "http-route-authority-duplicate",
    .what =
        "a route sets the authority of a request more than once, by `rewrite.authority` or by "
        "headers named Host or :authority",
    .why = "which of them counts would be open",
    .istio = "VS-HDR-07",
    .text =
        "authority header cannot be set multiple times: have \"<a>\", attempting to set \"<b>\"",
};

constexpr const Rule* kRules[] = {&kNameRequired, &kPseudoHeader, &kHost,
                                  &kControlByte,  &kFormat,       &kAuthorityTwice};

bool IsAuthority(std::string_view name) {
  return EqualsIgnoreCase(name, ":authority") || EqualsIgnoreCase(name, "host");
}

void CheckName(std::string_view name, bool allows_authority, const FieldPath& path,
               const FindingSink& sink) {
  if (name.empty()) {
    sink.Report(kNameRequired, path, "the name of a header must not be empty");
  } else if (allows_authority && IsAuthority(name)) {
    return;
  } else if (name.starts_with(':')) {
    sink.Report(kPseudoHeader, path, "header ", Quote(name), " cannot be changed here");
  } else if (!allows_authority && EqualsIgnoreCase(name, "host")) {
    sink.Report(kHost, path, "header ", Quote(name), " cannot be changed here");
  }
}

void CheckValues(const std::map<std::string, std::string>& headers, bool is_request,
                 const FieldPath& path, const FindingSink& sink) {
  for (const auto& [name, value] : headers) {
    const FieldPath place = path.Key(name);
    CheckName(name, is_request, place, sink);
    if (HasControlByte(value)) {
      sink.Report(kControlByte, place, "value ", Quote(value), " has a control character");
    } else if (const std::optional<std::string_view> problem = CheckHeaderFormat(value)) {
      sink.Report(kFormat, place, "value ", Quote(value), " ", *problem);
    }
  }
}

void CheckOperations(const HeaderOperations& operations, bool is_request, const FieldPath& path,
                     const FindingSink& sink) {
  CheckValues(operations.add, is_request, path.Field("add"), sink);
  CheckValues(operations.set, is_request, path.Field("set"), sink);
  for (size_t i = 0; i < operations.remove.size(); ++i) {
    CheckName(operations.remove[i], false, path.Field("remove", i), sink);
  }
}

}  // namespace

void CheckHeaders(const Headers& headers, const FieldPath& path, const FindingSink& sink) {
  if (headers.request) {
    CheckOperations(*headers.request, true, path.Field("request"), sink);
  }
  if (headers.response) {
    CheckOperations(*headers.response, false, path.Field("response"), sink);
  }
}

void CheckAuthority(const HttpRoute& route, const FieldPath& path, const FindingSink& sink) {
  std::string_view first;
  const auto set = [&](std::string_view value, const FieldPath& place) {
    if (!first.empty()) {
      sink.Report(kAuthorityTwice, place, "authority ", Quote(value), " is set where it is ",
                  Quote(first), " already");
    }
    // What was set to nothing does not count, but to set nothing over something does.
    if (first.empty()) first = value;
  };
  const FieldPath rewrite = path.Field("rewrite");
  if (route.rewrite) set(route.rewrite->authority, rewrite.Field("authority"));
  if (!route.headers || !route.headers->request) return;
  const FieldPath headers = path.Field("headers");
  const FieldPath request = headers.Field("request");
  const auto set_all = [&](const std::map<std::string, std::string>& operations,
                           std::string_view field) {
    const FieldPath list = request.Field(field);
    for (const auto& [name, value] : operations) {
      if (IsAuthority(name)) set(value, list.Key(name));
    }
  };
  set_all(route.headers->request->set, "set");
  set_all(route.headers->request->add, "add");
}

RuleList HeaderRules() { return kRules; }

}  // namespace postern
