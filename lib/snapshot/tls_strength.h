// Compares what two servers ask of TLS and of the client's certificate, for diffs. Carrying it out
// is for lib/tls.

#ifndef POSTERN_SNAPSHOT_TLS_STRENGTH_H_
#define POSTERN_SNAPSHOT_TLS_STRENGTH_H_

#include <string>

#include "postern/gateway.h"

namespace postern {

// A TlsComparison is what changes from one server's settings to another's.
struct TlsComparison {
  enum class Result { kSame, kStronger, kWeaker, kChanged };

  Result result = Result::kSame;  // kChanged: some of it stronger, some weaker, or neither.
  std::string what;               // "mode MUTUAL, was SIMPLE; minProtocolVersion TLSV1_3, was ...".
};

// CompareTls compares what clients notice: the names of credentials do not count.
TlsComparison CompareTls(const ServerTlsSettings& from, const ServerTlsSettings& to);

}  // namespace postern

#endif  // POSTERN_SNAPSHOT_TLS_STRENGTH_H_
