// The rules of the envelope that all resources share: annotations that Istio refuses. The name of
// a Gateway is for lib/validate/gateway_rules.h.

#ifndef POSTERN_VALIDATE_METADATA_RULES_H_
#define POSTERN_VALIDATE_METADATA_RULES_H_

#include <string_view>

#include "lib/validate/finding_sink.h"
#include "lib/validate/rule.h"

namespace postern {

// CheckMetadata checks the annotations of the sink's resource. false: one of them is refused, and
// like Istio nobody looks at the rest.
[[nodiscard]] bool CheckMetadata(const FindingSink& sink);

// HasAnnotation says that `metadata` carries the annotation `key` with the value `value`.
bool HasAnnotation(const Metadata& metadata, std::string_view key, std::string_view value);

RuleList MetadataRules();

}  // namespace postern

#endif  // POSTERN_VALIDATE_METADATA_RULES_H_
