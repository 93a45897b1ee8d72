// The filter chains of one socket, found by SNI and ALPN as Envoy finds them (dataplane.md 2.3).
// What a chain does is in lib/snapshot/chain.h.

#ifndef POSTERN_SNAPSHOT_LISTENER_TABLE_H_
#define POSTERN_SNAPSHOT_LISTENER_TABLE_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/match/suffix_table.h"
#include "lib/snapshot/chain.h"
#include "postern/decision.h"

namespace postern {

// A ListenerTable maps (SNI, ALPN) to chains, which are numbers here.
class ListenerTable {
 public:
  explicit ListenerTable(ListenerKey key) : key_(std::move(key)) {}

  const ListenerKey& key() const { return key_; }

  // Taken returns the chain that already has one of the pairs (name, ALPN) of `chain`, or
  // Chain::kNone. Two of one pair would make Envoy refuse the whole listener.
  uint32_t Taken(const Chain& chain) const;

  // Add files `number` under each pair of `chain`, of which none is taken. InvalidArgument, with
  // nothing added, if a name is none that a ClientHello can hold or Envoy takes (dataplane.md 2.2).
  absl::Status Add(const Chain& chain, uint32_t number);

  // Find returns the chain for a connection, or Chain::kNone. The names hit by the SNI are not
  // left again if the ALPN fails. Allocates nothing.
  uint32_t Find(std::string_view sni, std::span<const std::string_view> alpn) const;

  // FindName returns the chain without an ALPN condition that is filed under the most specific
  // name for `host`, or Chain::kNone.
  uint32_t FindName(std::string_view host) const { return CandidatesFor(host).plain; }

  // Name returns the name that Find goes by for `sni`, for traces: "*.example.com", or "" if it
  // falls to the chains without names.
  std::string_view Name(std::string_view sni) const;

  bool empty() const { return chains_.empty(); }
  std::span<const uint32_t> chains() const { return chains_; }  // In the order of Add.

 private:
  // A Candidates is the chains under one name.
  struct Candidates {
    uint32_t plain = Chain::kNone;  // Without an ALPN condition.
    std::vector<std::pair<std::string_view, uint32_t>> by_alpn;
    std::string_view name;
  };

  const Candidates& CandidatesFor(std::string_view host) const;
  static uint32_t TakenIn(const Candidates& candidates, const Chain& chain);
  static void AddTo(Candidates* candidates, const Chain& chain, uint32_t number);

  ListenerKey key_;
  SuffixTable names_;  // Number i is named_[i].
  std::vector<Candidates> named_;
  Candidates any_;
  std::vector<uint32_t> chains_;
};

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_LISTENER_TABLE_H_
