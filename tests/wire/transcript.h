// What came of the bytes of one wire case, in a form that does not depend on how they were cut.

#ifndef POSTERN_TESTS_WIRE_TRANSCRIPT_H_
#define POSTERN_TESTS_WIRE_TRANSCRIPT_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/wire/http_text.h"
#include "tests/wire/wire_proxy.h"

namespace postern {

using MakeProxy = std::function<std::unique_ptr<WireProxy>()>;

// A Transcript is what client and upstream have seen.
struct Transcript {
  std::vector<TextMessage> answers;   // Final ones.
  std::vector<int> interim;           // Statuses of the 1xx responses.
  std::vector<TextMessage> requests;  // As the upstream got them.
  bool client_closed = false;
  bool client_reset = false;
  bool upstream_closed = false;
  std::string flags;

  bool sends_at_once = true;  // WireProxy::sends_at_once.

  // Canonical returns it as text, to be compared. What of a request that is refused had gone
  // upstream before is left out where that depends on how its bytes came.
  std::string Canonical() const;
};

// A Cut is how bytes are fed: the ends of the pieces.
using Cut = std::vector<size_t>;

// Cuts returns the ways in which `size` bytes are to be fed: whole, one by one (a long input in
// pieces of 97), every two-way cut within the first 200, and `random` cuts made of `seed`.
std::vector<Cut> Cuts(size_t size, int random, uint32_t seed);

// RunClient feeds a client's bytes. The upstream answers each request, when it is complete, with an
// empty 200, and says 100 to one that expects it.
Transcript RunClient(WireProxy* proxy, std::string_view bytes, const Cut& cut, bool half_close);

// An UpstreamRun is what happens on an upstream's connection: it gets `request`, in one piece, and
// answers `bytes`, cut; `end` closes it after them. `reused`: another exchange came before.
// `retried`: once it has closed, the request comes again, on a connection that answers and ends
// likewise.
struct UpstreamRun {
  std::string request;
  bool bodiless = false;
  bool reused = false;
  std::string bytes;
  bool end = false;
  bool retried = false;
};

// RunUpstream returns what came of it; `bodiless` says that the answer is to a HEAD. The answer of
// the exchange before is left out, its request is not.
Transcript RunUpstream(WireProxy* proxy, const UpstreamRun& run, const Cut& cut);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_TRANSCRIPT_H_
