#include "examples/quickstart_arguments.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "examples/load.h"

const char kQuickstartUsage[] =
    R"(usage: quickstart [--config FILE...] [--secrets DIR] [--upstream HOST:PORT=ADDRESS:PORT]...
                  [--map-port FROM=TO]... [--serve]

Loads a configuration, serves it on 127.0.0.1, and makes requests to itself.

  --config FILE...     what to load; without it, Istio's Bookinfo example
  --secrets DIR        where Secrets are: DIR/NAME or DIR/NAMESPACE/NAME with tls.crt, tls.key, ca.crt;
                       files that the configuration names are looked for below DIR, too
  --upstream H:P=A:P   where an upstream is; the program stands in for the others
  --map-port 80=8080   listen on 8080 for port 80; 0 lets the system choose
  --serve              stay until SIGINT; port 80 is then 8080, 443 is 8443, 9080 itself
)";

namespace {

std::optional<uint16_t> ReadPort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool ReadPortMapping(std::string_view text, LocalGateway::Options& options) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const auto from = ReadPort(text.substr(0, equals));
  const auto to = ReadPort(text.substr(equals + 1));
  if (!from || !to) return false;
  options.ports[*from] = *to;
  return true;
}

bool ReadUpstream(std::string_view text, LocalGateway::Options& options) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, equals);
  const size_t colon = name.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto port = ReadPort(name.substr(colon + 1));
  const auto address = postern::Address::Parse(text.substr(equals + 1));
  if (!port || !address.ok()) return false;
  options.upstreams[{std::string(name.substr(0, colon)), *port}] = *address;
  return true;
}

}  // namespace

absl::StatusOr<QuickstartArguments> QuickstartArguments::Parse(std::span<char* const> words) {
  QuickstartArguments arguments;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string_view flag = words[i];
    const char* value = i + 1 < words.size() ? words[i + 1] : nullptr;
    bool good = value != nullptr;
    if (flag == "--help") {
      good = arguments.help = true;
    } else if (flag == "--serve") {
      good = arguments.serve = arguments.gateway.serve_ports = true;
    } else if (flag == "--config" && good) {
      while (i + 1 < words.size() && words[i + 1][0] != '-') {
        arguments.files.push_back(FromCommandLine(words[++i]));
      }
      good = !arguments.files.empty();
    } else if (flag == "--secrets" && good) {
      arguments.secrets = FromCommandLine(words[++i]);
    } else if (flag == "--map-port" && good) {
      good = ReadPortMapping(words[++i], arguments.gateway);
    } else if (flag == "--upstream" && good) {
      good = ReadUpstream(words[++i], arguments.gateway);
    } else {
      good = false;
    }
    if (!good) return absl::InvalidArgumentError("cannot make sense of " + std::string(flag));
  }
  return arguments;
}
