// A Probe in the form that the two Decides take. What they make of it is for
// lib/snapshot/explain.cc and those who ask them.

#ifndef POSTERN_SNAPSHOT_PROBE_FACTS_H_
#define POSTERN_SNAPSHOT_PROBE_FACTS_H_

#include <string_view>
#include <vector>

#include "postern/decision.h"

namespace postern {

// A ProbeFacts borrows its probe.
class ProbeFacts {
 public:
  explicit ProbeFacts(const Probe& probe);

  ProbeFacts(const ProbeFacts&) = delete;
  ProbeFacts& operator=(const ProbeFacts&) = delete;

  const ConnectionFacts& connection() const { return connection_; }
  const RequestHead& request() const { return request_; }

 private:
  std::vector<std::string_view> alpn_;
  std::vector<HeaderView> headers_;
  ConnectionFacts connection_;
  RequestHead request_;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_PROBE_FACTS_H_
