// Reads the spec of a Gateway (schema.md 2). What its values mean is for lib/validate.

#ifndef POSTERN_YAML_GATEWAY_READER_H_
#define POSTERN_YAML_GATEWAY_READER_H_

#include "lib/yaml/field_reader.h"
#include "postern/gateway.h"

namespace postern {

void ReadFields(FieldReader& in, Gateway* gateway);

}  // namespace postern

#endif  // POSTERN_YAML_GATEWAY_READER_H_
