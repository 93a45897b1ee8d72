// The rules of one server of a Gateway: its bind address, and what its protocol and its TLS block
// say of each other. Hosts, port and TLS block have files of their own.

#ifndef POSTERN_VALIDATE_SERVER_RULES_H_
#define POSTERN_VALIDATE_SERVER_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/gateway.h"

namespace postern {

// CheckServer checks all of the server at `path`.
void CheckServer(const Server& server, const FieldPath& path, const FindingSink& sink);

RuleList ServerRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_SERVER_RULES_H_
