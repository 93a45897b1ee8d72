// Reads the spec of a DestinationRule (schema.md 4.1). What its values mean is for lib/validate.

#ifndef POSTERN_YAML_DESTINATION_RULE_READER_H_
#define POSTERN_YAML_DESTINATION_RULE_READER_H_

#include "lib/yaml/field_reader.h"
#include "postern/destination_rule.h"

namespace postern {

void ReadFields(FieldReader& in, DestinationRule* rule);

}  // namespace postern

#endif  // POSTERN_YAML_DESTINATION_RULE_READER_H_
