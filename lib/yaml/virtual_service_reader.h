// Reads the spec of a VirtualService (schema.md 3), its `tls` and `tcp` rules; the `http` rules are
// for lib/yaml/http_route_reader.h.

#ifndef POSTERN_YAML_VIRTUAL_SERVICE_READER_H_
#define POSTERN_YAML_VIRTUAL_SERVICE_READER_H_

#include "lib/yaml/field_reader.h"
#include "postern/virtual_service.h"

namespace postern {

void ReadFields(FieldReader& in, VirtualService* service);

}  // namespace postern

#endif  // POSTERN_YAML_VIRTUAL_SERVICE_READER_H_
