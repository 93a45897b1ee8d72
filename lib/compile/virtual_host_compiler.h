// Builds route tables: the virtual hosts of the servers that share one, and the order of their
// routes (dataplane.md 3.3, 3.4). The routes themselves are from lib/compile/route_compiler.h.

#ifndef POSTERN_COMPILE_VIRTUAL_HOST_COMPILER_H_
#define POSTERN_COMPILE_VIRTUAL_HOST_COMPILER_H_

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "lib/compile/bind.h"
#include "lib/compile/compile_state.h"
#include "lib/compile/merge.h"

namespace postern {

// A VirtualHostCompiler makes route tables; tables of equal routes are made once.
class VirtualHostCompiler {
 public:
  VirtualHostCompiler(const Binder& binder, CompileState& state) : binder_(binder), state_(state) {}

  // Compile adds the route table called `name`, of `servers` in the order of merging, and returns
  // its number among SnapshotTables::route_configs.
  uint32_t Compile(std::string_view name, std::span<const MergedServer* const> servers);

 private:
  // A RouteList is the routes of one VirtualService for one server port.
  using RouteList = std::vector<const Route*>;

  // A Host is a virtual host being made.
  struct Host {
    std::string_view domain;
    uint32_t port = 0;
    std::vector<uint32_t> lists;  // Numbers of lists_, in the order of concatenation.
    const Provenance* redirect = nullptr;
  };
  class Hosts;

  uint32_t ListFor(const Binding& binding, const MergedServer& server);
  const RouteTable* TableFor(const Host& host);

  const Binder& binder_;
  CompileState& state_;
  std::vector<RouteList> lists_;
  // By VirtualService, Gateway, declared port, and whether the server has `tls`.
  std::map<std::tuple<uint32_t, const Gateway*, uint32_t, bool>, uint32_t> known_lists_;
  std::map<std::vector<uint32_t>, const RouteTable*> known_tables_;
};

}  // namespace postern

#endif  // POSTERN_COMPILE_VIRTUAL_HOST_COMPILER_H_
