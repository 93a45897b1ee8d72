// Reads the specs of a ServiceEntry and a WorkloadEntry (schema.md 4.2, 4.3). What their values
// mean is for lib/validate.

#ifndef POSTERN_YAML_SERVICE_ENTRY_READER_H_
#define POSTERN_YAML_SERVICE_ENTRY_READER_H_

#include "lib/yaml/field_reader.h"
#include "postern/service_entry.h"

namespace postern {

void ReadFields(FieldReader& in, ServiceEntry* entry);
void ReadFields(FieldReader& in, WorkloadEntry* entry);

}  // namespace postern

#endif  // POSTERN_YAML_SERVICE_ENTRY_READER_H_
