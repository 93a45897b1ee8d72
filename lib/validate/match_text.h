// A match as one text, for comparing matches as Istio does: by their canonical JSON, in which what
// is at its default counts as absent. What a match means plays no part.

#ifndef POSTERN_VALIDATE_MATCH_TEXT_H_
#define POSTERN_VALIDATE_MATCH_TEXT_H_

#include <string>

#include "postern/virtual_service.h"

namespace postern {

// MatchText returns a text that two matches share if they are equal, apart from the name of an
// HTTP match.
std::string MatchText(const HttpMatchRequest& match);
std::string MatchText(const TlsMatchAttributes& match);
std::string MatchText(const L4MatchAttributes& match);

}  // namespace postern

#endif  // POSTERN_VALIDATE_MATCH_TEXT_H_
