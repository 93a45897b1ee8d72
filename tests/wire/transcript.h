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

  // Canonical returns it as text, to be compared.
  std::string Canonical() const;
};

// A Cut is how bytes are fed: the ends of the pieces.
using Cut = std::vector<size_t>;

// Cuts returns the ways in which `size` bytes are to be fed: whole, one by one (a long input in
// pieces of 97), every two-way cut within the first 200, and `random` cuts made of `seed`.
std::vector<Cut> Cuts(size_t size, int random, uint32_t seed);

// RunClient feeds a client's bytes. The upstream answers each request, when it is complete, with an
// empty 200.
Transcript RunClient(WireProxy* proxy, std::string_view bytes, const Cut& cut, bool half_close);

// RunUpstream sends `request` whole, and feeds what the upstream answers; `end` closes it after.
Transcript RunUpstream(WireProxy* proxy, std::string_view request, bool bodiless,
                       std::string_view bytes, const Cut& cut, bool end);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_TRANSCRIPT_H_
