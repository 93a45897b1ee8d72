#include "postern/log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <optional>

#include "lib/base/find_header.h"
#include "lib/base/strings.h"
#include "lib/engine/escape.h"
#include "lib/engine/log_text.h"

namespace postern {
namespace {

struct FlagName {
  ResponseFlag flag;
  std::string_view name;
};

// In the order in which Envoy's TCP proxy sets them.
constexpr std::array<FlagName, 25> kFlags = {
    {{ResponseFlag::kNR, "NR"},       {ResponseFlag::kNC, "NC"},     {ResponseFlag::kUH, "UH"},
     {ResponseFlag::kUF, "UF"},       {ResponseFlag::kUO, "UO"},     {ResponseFlag::kURX, "URX"},
     {ResponseFlag::kUC, "UC"},       {ResponseFlag::kUR, "UR"},     {ResponseFlag::kUT, "UT"},
     {ResponseFlag::kUPE, "UPE"},     {ResponseFlag::kLR, "LR"},     {ResponseFlag::kDC, "DC"},
     {ResponseFlag::kDR, "DR"},       {ResponseFlag::kDPE, "DPE"},   {ResponseFlag::kDT, "DT"},
     {ResponseFlag::kSI, "SI"},       {ResponseFlag::kFI, "FI"},     {ResponseFlag::kDI, "DI"},
     {ResponseFlag::kRL, "RL"},       {ResponseFlag::kUAEX, "UAEX"}, {ResponseFlag::kIH, "IH"},
     {ResponseFlag::kUMSDR, "UMSDR"}, {ResponseFlag::kOM, "OM"},     {ResponseFlag::kDF, "DF"},
     {ResponseFlag::kLH, "LH"}}};

// Names the flags of `flags`, those of `first` before the others.
std::string FlagText(ResponseFlags flags, ResponseFlags first) {
  std::string text;
  for (const bool leading : {true, false}) {
    for (const FlagName& entry : kFlags) {
      if (!flags.Has(entry.flag) || first.Has(entry.flag) != leading) continue;
      StrAppend(&text, text.empty() ? "" : ",", entry.name);
    }
  }
  return text.empty() ? "-" : text;
}

// A Value is one operator's value: text, a number, or nothing.
struct Value {
  std::optional<std::string> text;
  bool number = false;
};

Value TextOf(std::string_view text) {
  if (text.empty()) return {};
  return {.text = std::string(text)};
}

template <std::integral T>
Value NumberOf(T number) {
  return {.text = StrCat(number), .number = true};
}

Value MillisecondsOf(Duration duration) {
  return NumberOf(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

Value AddressOf(const Address& address) { return TextOf(address.ToString()); }

Value ClusterOf(const ClusterName& name) {
  if (name.host.empty()) return {};
  return {.text = name.ToString()};
}

Value FieldOf(std::span<const HeaderView> headers, std::string_view name) {
  return TextOf(FindHeader(headers, name).value_or(std::string_view()));
}

Value DetailOf(std::string_view text) {
  std::string detail(text);
  std::replace(detail.begin(), detail.end(), ' ', '_');
  return TextOf(detail);
}

bool IsTunnel(const ConnectionLog& log) { return !log.cluster.host.empty(); }

// A Column is one operator of Istio's default access log: its key in JSON, what stands before and
// behind it in the text line, and its value in a log of either kind; null: it has none there.
struct Column {
  std::string_view key;
  std::string_view before;
  std::string_view behind;
  Value (*of_request)(const RequestLog& log);
  Value (*of_connection)(const ConnectionLog& log);
};

using R = const RequestLog&;
using C = const ConnectionLog&;

constexpr Column kColumns[] = {
    {"start_time", "[", "] ", [](R log) { return TextOf(IsoTime(log.start)); },
     [](C log) { return TextOf(IsoTime(log.connection->start)); }},
    {"method", "\"", " ", [](R log) { return TextOf(log.request.method); }, nullptr},
    {"path", "", " ", [](R log) { return TextOf(log.path.empty() ? log.request.path : log.path); },
     nullptr},
    {"protocol", "", "\" ", [](R log) { return TextOf(ProtocolText(log.request.version)); },
     nullptr},
    {"response_code", "", " ", [](R log) { return NumberOf(log.status); },
     [](C) { return NumberOf(0); }},
    {"response_flags", "", " ", [](R log) { return TextOf(log.flags.ToString()); },
     [](C log) { return TextOf(FlagText(log.flags, {})); }},
    {"response_code_details", "", " ", [](R log) { return DetailOf(log.detail); },
     [](C log) { return TextOf(log.detail); }},
    {"connection_termination_details", "", " ", nullptr, nullptr},
    {"upstream_transport_failure_reason", "\"", "\" ",
     [](R log) { return TextOf(log.upstream_failure); },
     [](C log) { return TextOf(log.upstream_failure); }},
    {"bytes_received", "", " ", [](R log) { return NumberOf(log.request_bytes); },
     [](C log) {
       return NumberOf(IsTunnel(log) ? log.tunnel_received_bytes : log.received_bytes);
     }},
    {"bytes_sent", "", " ", [](R log) { return NumberOf(log.response_bytes); },
     [](C log) { return NumberOf(IsTunnel(log) ? log.tunnel_sent_bytes : log.sent_bytes); }},
    {"duration", "", " ", [](R log) { return MillisecondsOf(log.duration); },
     [](C log) { return MillisecondsOf(log.duration); }},
    {"upstream_service_time", "", " ",
     [](R log) { return FieldOf(log.response_headers, "x-envoy-upstream-service-time"); }, nullptr},
    {"x_forwarded_for", "\"", "\" ", [](R log) { return TextOf(log.forwarded_for); }, nullptr},
    {"user_agent", "\"", "\" ", [](R log) { return FieldOf(log.request.headers, "user-agent"); },
     nullptr},
    {"request_id", "\"", "\" ", [](R log) { return TextOf(log.request_id); }, nullptr},
    {"authority", "\"", "\" ", [](R log) { return TextOf(log.request.authority); }, nullptr},
    {"upstream_host", "\"", "\" ", [](R log) { return AddressOf(log.upstream_address); },
     [](C log) { return AddressOf(log.upstream_address); }},
    {"upstream_cluster", "", " ", [](R log) { return ClusterOf(log.cluster); },
     [](C log) { return ClusterOf(log.cluster); }},
    {"upstream_local_address", "", " ", [](R log) { return AddressOf(log.upstream_local_address); },
     [](C log) { return AddressOf(log.upstream_local_address); }},
    {"downstream_local_address", "", " ",
     [](R log) { return AddressOf(log.connection->peer->local); },
     [](C log) { return AddressOf(log.connection->peer->local); }},
    {"downstream_remote_address", "", " ",
     [](R log) { return AddressOf(log.connection->peer->remote); },
     [](C log) { return AddressOf(log.connection->peer->remote); }},
    {"requested_server_name", "", " ", [](R log) { return TextOf(log.connection->sni); },
     [](C log) { return TextOf(log.connection->sni); }},
    {"route_name", "", "", [](R log) { return TextOf(log.route_name); }, nullptr},
};

// In JSON only, and only where there was such a failure.
constexpr Column kTlsFailure = {"downstream_transport_failure_reason", "", "", nullptr,
                                [](C log) { return TextOf(log.tls_failure); }};

Value ValueOf(const Column& column, R log) {
  return column.of_request == nullptr ? Value() : column.of_request(log);
}

Value ValueOf(const Column& column, C log) {
  return column.of_connection == nullptr ? Value() : column.of_connection(log);
}

template <typename Log>
std::string Line(const Log& log) {
  std::string line;
  for (const Column& column : kColumns) {
    const Value value = ValueOf(column, log);
    StrAppend(&line, column.before, value.text ? LogEscaped(*value.text) : "-", column.behind);
  }
  return line;
}

void AppendJson(const Column& column, const Value& value, std::string* json) {
  StrAppend(json, json->size() == 1 ? "\"" : ",\"", column.key, "\":");
  if (!value.text || (*value.text == "-" && !value.number)) {
    *json += "null";
  } else if (value.number) {
    *json += *value.text;
  } else {
    StrAppend(json, "\"", JsonEscaped(*value.text), "\"");
  }
}

template <typename Log>
std::string Json(const Log& log) {
  std::string json = "{";
  for (const Column& column : kColumns) AppendJson(column, ValueOf(column, log), &json);
  const Value tls_failure = ValueOf(kTlsFailure, log);
  if (tls_failure.text) AppendJson(kTlsFailure, tls_failure, &json);
  return json + "}";
}

}  // namespace

std::string ResponseFlags::ToString() const {
  // Of a request, Envoy's router sets "no more retries" before what the last try came to.
  return FlagText(*this, {.bits = ResponseFlags::Bit(ResponseFlag::kURX)});
}

std::string FormatText(const RequestLog& log) { return Line(log); }
std::string FormatText(const ConnectionLog& log) { return Line(log); }
std::string FormatJson(const RequestLog& log) { return Json(log); }
std::string FormatJson(const ConnectionLog& log) { return Json(log); }

}  // namespace postern
