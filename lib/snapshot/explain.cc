// Snapshot::Explain: both decisions about a probe, cleaned, with the recorder on.

#include "lib/snapshot/probe_facts.h"
#include "postern/snapshot.h"

namespace postern {

Trace Snapshot::Explain(const Probe& probe, uint64_t random) const {
  Trace trace;
  const Probe cleaned = Cleaned(probe);
  const ProbeFacts facts(cleaned);
  const ChainDecision chain = Decide(facts.connection(), random, &trace);
  if (probe.method.empty() || chain.action != ChainDecision::Action::kHttp) return trace;
  Decide(chain, facts.request(), random, &trace);
  return trace;
}

}  // namespace postern
