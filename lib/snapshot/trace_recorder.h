// Writes the steps of a decision into a Trace, if there is one, and names routes and actions in
// them. The text and JSON of a whole trace are in lib/snapshot/trace.cc.

#ifndef POSTERN_SNAPSHOT_TRACE_RECORDER_H_
#define POSTERN_SNAPSHOT_TRACE_RECORDER_H_

#include <string>
#include <utility>

#include "postern/decision.h"

namespace postern {

// A TraceRecorder without a trace is off: the caller then makes no text for it.
class TraceRecorder {
 public:
  explicit TraceRecorder(Trace* trace) : trace_(trace) {}

  bool on() const { return trace_ != nullptr; }

  // Step may be called only if on().
  void Step(TraceStep::Stage stage, bool matched, std::string subject, std::string reason,
            const Provenance& at = {}) {
    trace_->steps.push_back({stage, matched, std::move(subject), std::move(reason),
                             std::string(at.resource), std::string(at.path), at.location()});
  }

 private:
  Trace* trace_;
};

// PlaceSubject returns how steps call a server or a route: "servers[0]", "http[0].match[1]".
std::string PlaceSubject(const Provenance& place);

// ActionSubject returns what a decision does: "forward reviews:9080", "redirect 301 https://...".
std::string ActionSubject(const RouteDecision& decision);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_TRACE_RECORDER_H_
