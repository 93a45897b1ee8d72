// Reads the `http` rules of a VirtualService (schema.md 3.2 to 3.8). The rest of it is for
// lib/yaml/virtual_service_reader.h.

#ifndef POSTERN_YAML_HTTP_ROUTE_READER_H_
#define POSTERN_YAML_HTTP_ROUTE_READER_H_

#include "lib/yaml/field_reader.h"
#include "postern/virtual_service.h"

namespace postern {

void ReadFields(FieldReader& in, HttpRoute* route);
void ReadFields(FieldReader& in, Destination* destination);
void ReadFields(FieldReader& in, PortSelector* port);

}  // namespace postern

#endif  // POSTERN_YAML_HTTP_ROUTE_READER_H_
