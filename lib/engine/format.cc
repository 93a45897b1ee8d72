#include "lib/engine/format.h"

#include <optional>

#include "lib/base/strings.h"
#include "lib/engine/log_text.h"
#include "lib/http/forwarded.h"

namespace postern {
namespace {

std::string PortText(const Address& address) {
  return address.family == Address::Family::kNone ? "" : StrCat(address.port);
}

// FindField returns the value of the first field called `name`, in any case.
std::optional<std::string_view> FindField(std::span<const HeaderView> fields,
                                          std::string_view name) {
  for (const HeaderView& field : fields) {
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> RequestField(const FormatFacts& facts, std::string_view name) {
  if (EqualsIgnoreCase(name, ":method")) return facts.method;
  if (EqualsIgnoreCase(name, ":path")) return facts.path;
  if (EqualsIgnoreCase(name, ":authority") || EqualsIgnoreCase(name, "host")) {
    return facts.authority;
  }
  if (EqualsIgnoreCase(name, ":scheme")) return facts.scheme;
  if (EqualsIgnoreCase(name, "x-envoy-original-path") && !facts.original_path.empty()) {
    return facts.original_path;
  }
  return FindField(facts.request, name);
}

// A Command is "NAME", "NAME(argument)" or "NAME(argument):length".
struct Command {
  std::string_view name;
  std::string_view argument;
  size_t most = std::string_view::npos;
};

Command ParseCommand(std::string_view text) {
  Command command;
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  std::string_view tail;
  if (open != std::string_view::npos && close != std::string_view::npos && open < close) {
    command.name = text.substr(0, open);
    command.argument = text.substr(open + 1, close - open - 1);
    tail = text.substr(close + 1);
  } else {
    const size_t colon = text.find(':');
    command.name = text.substr(0, colon);
    if (colon != std::string_view::npos) tail = text.substr(colon);
  }
  if (tail.starts_with(':')) {
    command.most = ParseDecimal<size_t>(tail.substr(1)).value_or(std::string_view::npos);
  }
  return command;
}

// Header evaluates REQ and RESP: "A?B" is the first of the two that is there.
template <typename Find>
std::string Header(std::string_view argument, Find find) {
  const size_t mark = argument.find('?');
  std::optional<std::string_view> value = find(argument.substr(0, mark));
  if (!value.has_value() && mark != std::string_view::npos) value = find(argument.substr(mark + 1));
  return std::string(value.value_or(""));
}

std::optional<std::string> OfConnection(std::string_view name, const ConnectionInfo& info) {
  const Address& remote = info.peer->remote;
  const Address& local = info.peer->local;
  if (name == "DOWNSTREAM_REMOTE_ADDRESS") return remote.ToString();
  if (name == "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT") return IpText(remote);
  if (name == "DOWNSTREAM_REMOTE_PORT") return PortText(remote);
  if (name == "DOWNSTREAM_DIRECT_REMOTE_ADDRESS") return info.socket->remote.ToString();
  if (name == "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT") return IpText(info.socket->remote);
  if (name == "DOWNSTREAM_DIRECT_REMOTE_PORT") return PortText(info.socket->remote);
  if (name == "DOWNSTREAM_LOCAL_ADDRESS") return local.ToString();
  if (name == "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT") return IpText(local);
  if (name == "DOWNSTREAM_LOCAL_PORT") return PortText(local);
  if (name == "REQUESTED_SERVER_NAME") return std::string(info.sni);
  if (name == "DOWNSTREAM_TLS_VERSION") return std::string(info.tls_version);
  if (name == "DOWNSTREAM_TLS_CIPHER") return std::string(info.tls_cipher);
  const PeerCertificate* shown = info.certificate;
  if (name == "DOWNSTREAM_PEER_SUBJECT") return std::string(shown ? shown->subject : "");
  if (name == "DOWNSTREAM_PEER_SERIAL") return std::string(shown ? shown->serial : "");
  if (name == "DOWNSTREAM_PEER_FINGERPRINT_256") return std::string(shown ? shown->sha256 : "");
  if (name == "DOWNSTREAM_PEER_URI_SAN") {
    return std::string(shown && !shown->uris.empty() ? shown->uris.front() : "");
  }
  return std::nullopt;
}

std::optional<std::string> Evaluate(const Command& command, const FormatFacts& facts) {
  const std::string_view name = command.name;
  if (name == "REQ") {
    return Header(command.argument,
                  [&](std::string_view field) { return RequestField(facts, field); });
  }
  if (name == "RESP") {
    return Header(command.argument,
                  [&](std::string_view field) { return FindField(facts.response, field); });
  }
  if (name == "PROTOCOL") return std::string(ProtocolText(facts.version));
  if (name == "RESPONSE_CODE") return StrCat(facts.status);
  if (name == "RESPONSE_CODE_DETAILS") return std::string(facts.detail);
  if (name == "RESPONSE_FLAGS") return facts.flags.ToString();
  if (name == "ROUTE_NAME") return std::string(facts.route_name);
  if (name == "UPSTREAM_CLUSTER" || name == "UPSTREAM_CLUSTER_RAW") {
    return std::string(facts.cluster);
  }
  if (name == "UPSTREAM_HOST" || name == "UPSTREAM_REMOTE_ADDRESS") {
    return facts.upstream == nullptr ? "" : facts.upstream->ToString();
  }
  if (name == "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT") {
    return facts.upstream == nullptr ? "" : IpText(*facts.upstream);
  }
  if (name == "START_TIME") return IsoTime(facts.start);
  if (facts.connection != nullptr) return OfConnection(name, *facts.connection);
  return std::nullopt;
}

}  // namespace

std::string Format(std::string_view value, const FormatFacts& facts) {
  std::string out;
  while (!value.empty()) {
    const size_t percent = value.find('%');
    out += value.substr(0, percent);
    if (percent == std::string_view::npos) break;
    value.remove_prefix(percent + 1);
    if (value.starts_with('%')) {
      out += '%';
      value.remove_prefix(1);
      continue;
    }
    const size_t end = value.find('%');
    const std::string_view text = value.substr(0, end);
    const Command command = ParseCommand(text);
    std::optional<std::string> result;
    if (end != std::string_view::npos) result = Evaluate(command, facts);
    if (result.has_value()) {
      out += std::string_view(*result).substr(0, command.most);
    } else {
      StrAppend(&out, "%", text, end == std::string_view::npos ? "" : "%");
    }
    value.remove_prefix(end == std::string_view::npos ? value.size() : end + 1);
  }
  return out;
}

}  // namespace postern
