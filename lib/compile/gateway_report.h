// Says of each Gateway and server what of it takes no effect, and why: the words for what
// lib/compile/select.h and lib/compile/merge.h do in silence, as Istio does.

#ifndef POSTERN_COMPILE_GATEWAY_REPORT_H_
#define POSTERN_COMPILE_GATEWAY_REPORT_H_

#include <map>
#include <span>
#include <string>
#include <utility>

#include "lib/compile/compile_state.h"
#include "lib/compile/merge.h"

namespace postern {

// A SocketKeys is what each socket is known by: by the port listened on, and bind.
using SocketKeys = std::map<std::pair<uint32_t, std::string>, ListenerKey>;
SocketKeys KeysOf(const MergeResult& merged);

// ReportGateways reports the Gateways that are not among `selected`, those of this proxy, and the
// servers of those that are to whose port no Service leads.
void ReportGateways(std::span<const Gateway* const> selected, CompileState& state);

// ReportServers reports the servers that lost, those on which nothing listens, as no rule gives
// them a chain, and those that would stop Istio or Envoy. The chains are complete.
void ReportServers(const MergeResult& merged, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_GATEWAY_REPORT_H_
