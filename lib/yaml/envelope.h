// What every Kubernetes document has around its content: which kind it is, and its metadata
// (schema.md 1.1, 1.2). The content is for the readers of the kinds.

#ifndef POSTERN_YAML_ENVELOPE_H_
#define POSTERN_YAML_ENVELOPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/yaml/field_reader.h"
#include "lib/yaml/value_tree.h"
#include "postern/metadata.h"

namespace postern {

// An Envelope is which resource a document is, as far as it says.
struct Envelope {
  std::string_view api_version;  // "networking.istio.io/v1".
  std::string_view kind;
  std::string name;
  std::string ns;  // Empty: none is named.

  // group and version are the parts of `api_version`: "networking.istio.io" and "v1"; the group of
  // Kubernetes' core is empty.
  std::string_view group() const;
  std::string_view version() const;
};

// ReadEnvelope looks at the map `root` without finding fault. The views live as long as the tree.
Envelope ReadEnvelope(const ValueTree& tree, uint32_t root);

// FindField returns the value of `name`, in any case, in the map `map`; nullopt if it is absent or
// null.
std::optional<uint32_t> FindField(const ValueTree& tree, uint32_t map, std::string_view name);

// ReadMetadata reads `apiVersion`, `kind` and `metadata` of the document that `in` reads.
void ReadMetadata(FieldReader& in, Metadata* metadata);

}  // namespace postern

#endif  // POSTERN_YAML_ENVELOPE_H_
