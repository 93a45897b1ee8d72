#include "postern/log.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/strings.h"
#include "lib/engine/escape.h"

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

Value NumberOf(int64_t number) { return {.text = StrCat(number), .number = true}; }

Value MillisecondsOf(Duration duration) {
  return NumberOf(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

Value AddressOf(const Address& address) { return TextOf(address.ToString()); }

Value ClusterOf(const ClusterName& name) {
  if (name.host.empty()) return {};
  return {.text = StrCat("outbound|", name.port, "|", name.subset, "|", name.host)};
}

Value FieldOf(std::span<const HeaderView> headers, std::string_view name) {
  for (const HeaderView& field : headers) {
    if (field.name == name) return TextOf(field.value);
  }
  return {};
}

// Returns "2026-11-23T04:42:25.123Z".
std::string TimeText(WallTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(milliseconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(milliseconds - day);
  const auto two = [](auto number) { return absl::Dec(number, absl::kZeroPad2); };
  return StrCat(absl::Dec(static_cast<int>(date.year()), absl::kZeroPad4), "-",
                two(static_cast<unsigned>(date.month())), "-",
                two(static_cast<unsigned>(date.day())), "T", two(clock.hours().count()), ":",
                two(clock.minutes().count()), ":", two(clock.seconds().count()), ".",
                absl::Dec(clock.subseconds().count(), absl::kZeroPad3), "Z");
}

std::string_view ProtocolText(HttpVersion version) {
  switch (version) {
    case HttpVersion::kHttp10:
      return "HTTP/1.0";
    case HttpVersion::kHttp11:
      return "HTTP/1.1";
    case HttpVersion::kHttp2:
      return "HTTP/2";
  }
  return "";
}

// Both kinds of log have the same keys, in Istio's order: the name in JSON, and what stands before
// and behind the value in the text line.
constexpr std::array<std::array<std::string_view, 3>, 25> kLayout = {{
    {"start_time", "[", "] "},
    {"method", "\"", " "},
    {"path", "", " "},
    {"protocol", "", "\" "},
    {"response_code", "", " "},
    {"response_flags", "", " "},
    {"response_code_details", "", " "},
    {"connection_termination_details", "", " "},
    {"upstream_transport_failure_reason", "\"", "\" "},
    {"bytes_received", "", " "},
    {"bytes_sent", "", " "},
    {"duration", "", " "},
    {"upstream_service_time", "", " "},
    {"x_forwarded_for", "\"", "\" "},
    {"user_agent", "\"", "\" "},
    {"request_id", "\"", "\" "},
    {"authority", "\"", "\" "},
    {"upstream_host", "\"", "\" "},
    {"upstream_cluster", "", " "},
    {"upstream_local_address", "", " "},
    {"downstream_local_address", "", " "},
    {"downstream_remote_address", "", " "},
    {"requested_server_name", "", " "},
    {"route_name", "", ""},
    {"downstream_transport_failure_reason", "", ""},  // JSON only.
}};
constexpr size_t kTextEntries = 24;

using Values = std::array<Value, kLayout.size()>;

Values ValuesOf(const RequestLog& log) {
  const ConnectionInfo& connection = *log.connection;
  std::string detail(log.detail);
  std::replace(detail.begin(), detail.end(), ' ', '_');
  return {TextOf(TimeText(log.start)),
          TextOf(log.request.method),
          TextOf(log.path.empty() ? log.request.path : log.path),
          TextOf(ProtocolText(log.request.version)),
          NumberOf(log.status),
          TextOf(log.flags.ToString()),
          TextOf(detail),
          {},
          TextOf(log.upstream_failure),
          NumberOf(static_cast<int64_t>(log.request_bytes)),
          NumberOf(static_cast<int64_t>(log.response_bytes)),
          MillisecondsOf(log.duration),
          FieldOf(log.response_headers, "x-envoy-upstream-service-time"),
          TextOf(log.forwarded_for),
          FieldOf(log.request.headers, "user-agent"),
          TextOf(log.request_id),
          TextOf(log.request.authority),
          AddressOf(log.upstream_address),
          ClusterOf(log.cluster),
          AddressOf(log.upstream_local_address),
          AddressOf(connection.peer->local),
          AddressOf(connection.peer->remote),
          TextOf(connection.sni),
          TextOf(log.route_name),
          {}};
}

Values ValuesOf(const ConnectionLog& log) {
  const ConnectionInfo& connection = *log.connection;
  Values values;
  values[0] = TextOf(TimeText(connection.start));
  values[4] = NumberOf(0);
  values[5] = TextOf(FlagText(log.flags, {}));
  values[6] = TextOf(log.detail);
  values[8] = TextOf(log.upstream_failure);
  const bool tunnel = !log.cluster.host.empty();
  values[9] =
      NumberOf(static_cast<int64_t>(tunnel ? log.tunnel_received_bytes : log.received_bytes));
  values[10] = NumberOf(static_cast<int64_t>(tunnel ? log.tunnel_sent_bytes : log.sent_bytes));
  values[11] = MillisecondsOf(log.duration);
  values[17] = AddressOf(log.upstream_address);
  values[18] = ClusterOf(log.cluster);
  values[19] = AddressOf(log.upstream_local_address);
  values[20] = AddressOf(connection.peer->local);
  values[21] = AddressOf(connection.peer->remote);
  values[22] = TextOf(connection.sni);
  values[24] = TextOf(log.tls_failure);
  return values;
}

std::string Line(const Values& values) {
  std::string line;
  for (size_t i = 0; i < kTextEntries; ++i) {
    StrAppend(&line, kLayout[i][1], values[i].text ? LogEscaped(*values[i].text) : "-",
              kLayout[i][2]);
  }
  return line;
}

std::string Json(const Values& values) {
  std::string json = "{";
  for (size_t i = 0; i < values.size(); ++i) {
    const Value& value = values[i];
    if (i >= kTextEntries && !value.text) continue;
    StrAppend(&json, i == 0 ? "\"" : ",\"", kLayout[i][0], "\":");
    if (!value.text || (*value.text == "-" && !value.number)) {
      json += "null";
    } else if (value.number) {
      json += *value.text;
    } else {
      StrAppend(&json, "\"", JsonEscaped(*value.text), "\"");
    }
  }
  return json + "}";
}

}  // namespace

std::string ResponseFlags::ToString() const {
  // Of a request, Envoy's router sets "no more retries" before what the last try came to.
  return FlagText(*this, {.bits = uint32_t{1} << static_cast<int>(ResponseFlag::kURX)});
}

std::string FormatText(const RequestLog& log) { return Line(ValuesOf(log)); }
std::string FormatText(const ConnectionLog& log) { return Line(ValuesOf(log)); }
std::string FormatJson(const RequestLog& log) { return Json(ValuesOf(log)); }
std::string FormatJson(const ConnectionLog& log) { return Json(ValuesOf(log)); }

}  // namespace postern
