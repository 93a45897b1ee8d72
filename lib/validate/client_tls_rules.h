// The rules of TLS towards an upstream. That files and Secrets exist and hold certificates is for
// lib/compile.

#ifndef POSTERN_VALIDATE_CLIENT_TLS_RULES_H_
#define POSTERN_VALIDATE_CLIENT_TLS_RULES_H_

#include "lib/model/field_path.h"
#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"
#include "postern/destination_rule.h"

namespace postern {

// CheckClientTls checks the settings at `path`.
void CheckClientTls(const ClientTlsSettings& tls, const FieldPath& path, const FindingSink& sink);

RuleList ClientTlsRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_CLIENT_TLS_RULES_H_
