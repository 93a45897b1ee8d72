#include "lib/compile/compile.h"

#include <iterator>
#include <vector>

#include "lib/compile/bind.h"
#include "lib/compile/binding_report.h"
#include "lib/compile/certificate_report.h"
#include "lib/compile/chain_compiler.h"
#include "lib/compile/cluster_compiler.h"
#include "lib/compile/gateway_report.h"
#include "lib/compile/listener_info.h"
#include "lib/compile/merge.h"
#include "lib/compile/policy_report.h"
#include "lib/compile/reference_report.h"
#include "lib/compile/select.h"
#include "lib/compile/virtual_service_resolver.h"

namespace postern {
namespace {

// Fit gives back the room that `vector` was to grow into: in a Snapshot it does not. Without
// exceptions the standard library's shrink_to_fit does nothing.
template <typename T>
void Fit(std::vector<T>* vector) {
  if (vector->capacity() == vector->size()) return;
  *vector = std::vector<T>(std::make_move_iterator(vector->begin()),
                           std::make_move_iterator(vector->end()));
}

void FitVectors(SnapshotTables* tables) {
  Fit(&tables->chains);
  Fit(&tables->tls_servers);
  Fit(&tables->route_configs);
  Fit(&tables->clusters);
  Fit(&tables->listener_infos);
  Fit(&tables->cluster_infos);
}

}  // namespace

absl::Status CompileTables(CompileState& state) {
  const Config& config = state.config;
  const std::vector<const Gateway*> gateways = SelectGateways(config, state.options.labels);
  const std::vector<ResolvedVirtualService> services =
      ResolveVirtualServices(SelectVirtualServices(config, state.options.ns), state);
  const MergeResult merged = MergeGateways(gateways, PortMap(config, state.options));
  const Binder binder(services);
  ChainCompiler(binder, state).Compile(merged);
  ReportGateways(gateways, state);
  ReportServers(merged, state);
  ReportClientRules(state.tables, &state.findings);
  ReportBindings(binder, merged, state);
  ReportUpstreams(state);
  ReportPolicies(state);
  state.tables.listener_infos = ListenerInfos(state.tables);
  state.tables.cluster_infos = state.clusters->Infos();
  FitVectors(&state.tables);
  return state.status;
}

}  // namespace postern
