// The names by which resources refer to each other. How short forms are completed is in
// lib/match/host_names.h.

#ifndef POSTERN_MODEL_RESOURCE_NAME_H_
#define POSTERN_MODEL_RESOURCE_NAME_H_

#include <string>
#include <string_view>

#include "lib/base/strings.h"
#include "postern/metadata.h"

namespace postern {

// kMeshGateway is the name in `gateways` that stands for all sidecars, and for no Gateway.
inline constexpr std::string_view kMeshGateway = "mesh";

// QualifiedName returns "namespace/name".
inline std::string QualifiedName(const Metadata& metadata) {
  return StrCat(metadata.ns, "/", metadata.name);
}

}  // namespace postern

#endif  // POSTERN_MODEL_RESOURCE_NAME_H_
