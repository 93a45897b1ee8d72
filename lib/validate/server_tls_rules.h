// The rules of the TLS block of a Gateway's server, whatever the server's protocol. That files and
// Secrets exist and hold certificates is for lib/compile.

#ifndef POSTERN_VALIDATE_SERVER_TLS_RULES_H_
#define POSTERN_VALIDATE_SERVER_TLS_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/gateway.h"

namespace postern {

// CheckServerTls checks the TLS block at `path`.
void CheckServerTls(const ServerTlsSettings& tls, const FieldPath& path, const FindingSink& sink);

RuleList ServerTlsRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_SERVER_TLS_RULES_H_
