// Turns merged listeners into listeners with filter chains (dataplane.md 2.1, 2.2, 5). The routes
// of HTTP chains are for lib/compile/virtual_host_compiler.h.

#ifndef POSTERN_COMPILE_CHAIN_COMPILER_H_
#define POSTERN_COMPILE_CHAIN_COMPILER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/compile/bind.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/merge.h"
#include "lib/compile/virtual_host_compiler.h"

namespace postern {

// A ChainCompiler fills the listeners and chains of the tables.
class ChainCompiler {
 public:
  ChainCompiler(const Binder& binder, CompileState& state)
      : binder_(binder), state_(state), virtual_hosts_(binder, state) {}

  // Compile adds the chains of `merged`, in its order.
  void Compile(const MergeResult& merged);

 private:
  void CompileHttp(const MergedListener& listener, ListenerTable& table);
  void CompileTerminatedHttps(const MergedServer& server, ListenerTable& table);
  void CompileTcp(const MergedServer& server, ListenerTable& table);
  void CompilePassthrough(const MergedServer& server, ListenerTable& table);
  void CompileAutoPassthrough(const MergedServer& server, ListenerTable& table);

  ListenerTable& TableOf(const MergedListener& listener, const MergedServer& server);
  // StartChain returns a chain of `server` that terminates TLS if the server does.
  Chain StartChain(const MergedServer& server);
  // AddTlsServer adds the server that terminates TLS for the chain of this number.
  uint32_t AddTlsServer(const MergedServer& server, uint32_t chain);
  void SetNames(Chain* chain, std::span<const std::string> names);
  // TakeSniHosts takes the names of a match, which is at `origin`, for the port of `server`. false:
  // one is taken already, which is reported.
  bool TakeSniHosts(const MergedServer& server, const TlsMatchAttributes& match,
                    const Provenance& origin, const ListenerTable& table);
  // SetDestinations returns false if no destination is left.
  bool SetDestinations(Chain* chain, const ResolvedVirtualService& service,
                       const std::vector<RouteDestination>& route, const MergedServer& server);
  // SketchOf returns how a client asks the listener for `chain`.
  static WitnessSketch SketchOf(const ListenerTable& table, const Chain& chain);
  // NoteLost notes that a chain of its server is dropped, and reported.
  void NoteLost(const Chain& chain);
  void Add(Chain chain, const MergedServer& server, ListenerTable& table);
  void Finish();

  const Binder& binder_;
  CompileState& state_;
  VirtualHostCompiler virtual_hosts_;
  std::map<std::pair<uint32_t, std::string>, ListenerTable> tables_;  // By (resolved port, bind).
  // The sniHosts of passthrough rules by resolved port: the bind that took each last.
  std::map<uint32_t, StringMap<std::pair<std::string, Provenance>>> sni_hosts_;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_CHAIN_COMPILER_H_
