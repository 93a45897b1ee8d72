// Facts of a request as Envoy's logs and header formats write them. Which of them stand where is
// left to lib/engine/log.cc and lib/engine/format.cc.

#ifndef POSTERN_ENGINE_LOG_TEXT_H_
#define POSTERN_ENGINE_LOG_TEXT_H_

#include <string>
#include <string_view>

#include "postern/decision.h"
#include "postern/time.h"

namespace postern {

// ProtocolText returns "HTTP/1.1".
std::string_view ProtocolText(HttpVersion version);

// IsoTime returns `time` in UTC, to the millisecond: "2026-11-23T04:42:25.123Z".
std::string IsoTime(WallTime time);

}  // namespace postern

#endif  // POSTERN_ENGINE_LOG_TEXT_H_
