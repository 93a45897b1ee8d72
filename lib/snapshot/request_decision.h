// What Snapshot::Decide of a request does before and beside the search for a route: the pieces that
// tests and explanations ask for one by one. The search is in lib/snapshot/route_table.h.

#ifndef POSTERN_SNAPSHOT_REQUEST_DECISION_H_
#define POSTERN_SNAPSHOT_REQUEST_DECISION_H_

#include <string>
#include <string_view>

#include "lib/match/path.h"
#include "lib/snapshot/request_view.h"
#include "postern/decision.h"
#include "postern/snapshot.h"

namespace postern {

// PathRulesOf returns what the options of a Snapshot do to paths.
PathRules PathRulesOf(const SnapshotOptions& options);

// HostOf returns `authority` without its port: what virtual hosts are found by. "[::1]:80" gives
// "[::1]".
std::string_view HostOf(std::string_view authority);

// AsksUpgrade returns whether a request, its fields as received, asks to go on in another protocol.
bool AsksUpgrade(const RequestHead& head);

// A SchemeTexts is where the texts of SetSchemes may stand.
struct SchemeTexts {
  std::string forwarded_proto;
  std::string scheme;
};

// SetSchemes decides the scheme of `view` and its x-forwarded-proto (dataplane.md 2.8). `tls` is
// of the connection. It returns false if no scheme is left, which matches no route: a trusted proxy
// sent an empty x-forwarded-proto.
bool SetSchemes(const SnapshotOptions& options, bool tls, RequestView* view, SchemeTexts* storage);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_REQUEST_DECISION_H_
