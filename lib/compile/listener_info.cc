#include "lib/compile/listener_info.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>

#include "lib/base/string_map.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

std::string ProvenanceText(const SnapshotTables& tables, const ListenerTable& listener) {
  std::string text;
  StringSet seen;
  for (const uint32_t number : listener.chains()) {
    const std::string piece = tables.chains[number].server.ToString();
    if (!seen.insert(piece).second) continue;
    StrAppend(&text, text.empty() ? "" : ", ", piece);
  }
  return std::string(
      std::string_view(text));  // It grew for ten thousand pieces, and shall no more.
}

}  // namespace

std::vector<Listener> ListenerInfos(const SnapshotTables& tables) {
  std::vector<Listener> infos;
  for (const ListenerTable& listener : tables.listeners) {
    // Only what depends on a ClientHello waits for one: bytes that pass through to one place, too,
    // may begin with the server's.
    const bool tls =
        std::any_of(listener.chains().begin(), listener.chains().end(), [&tables](uint32_t number) {
          const Chain& chain = tables.chains[number];
          return !chain.names.empty() || !chain.alpn.empty() ||
                 chain.tls == ChainDecision::Tls::kTerminate;
        });
    infos.push_back(
        {listener.key(), tls, tables.options.proxy_protocol, ProvenanceText(tables, listener)});
  }
  std::sort(infos.begin(), infos.end(), [](const Listener& a, const Listener& b) {
    return std::tie(a.key.port, a.key.bind) < std::tie(b.key.port, b.key.bind);
  });
  return infos;
}

}  // namespace postern
