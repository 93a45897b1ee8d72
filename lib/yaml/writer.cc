// The ToYaml of each kind: the envelope, and the fields of its spec.

#include <optional>
#include <string>
#include <string_view>

#include "lib/base/strings.h"
#include "lib/yaml/destination_rule_fields.h"
#include "lib/yaml/field_writer.h"
#include "lib/yaml/gateway_fields.h"
#include "lib/yaml/service_entry_fields.h"
#include "lib/yaml/text_forms.h"
#include "lib/yaml/virtual_service_fields.h"
#include "postern/destination_rule.h"
#include "postern/gateway.h"
#include "postern/service_entry.h"
#include "postern/virtual_service.h"

namespace postern {
namespace {

// Document returns the document of one resource. A resource that a program made has no version: it
// gets the newest.
template <typename T>
std::string Document(std::string_view kind, const T& resource) {
  const Metadata& metadata = resource.metadata;
  std::string text = StrCat("apiVersion: ",
                            metadata.api_version.empty() ? std::string("networking.istio.io/v1")
                                                         : YamlString(metadata.api_version),
                            "\nkind: ", kind, "\nmetadata:\n");
  FieldWriter envelope(&text, 2);
  const std::optional<std::string> name = metadata.name;  // Written even if it is empty.
  envelope.Field("name", &name);
  envelope.Field("namespace", &metadata.ns);
  envelope.Field("labels", &metadata.labels);
  envelope.Field("annotations", &metadata.annotations);
  if (metadata.creation_timestamp.has_value()) {
    const std::string time = FormatTimestamp(*metadata.creation_timestamp);
    envelope.Field("creationTimestamp", &time);
  }
  std::string spec;
  FieldWriter fields(&spec, 2);
  VisitFields(fields, &resource);
  StrAppend(&text, spec.empty() ? "spec: {}\n" : "spec:\n", spec);
  return text;
}

}  // namespace

std::string Gateway::ToYaml() const { return Document("Gateway", *this); }
std::string VirtualService::ToYaml() const { return Document("VirtualService", *this); }
std::string DestinationRule::ToYaml() const { return Document("DestinationRule", *this); }
std::string ServiceEntry::ToYaml() const { return Document("ServiceEntry", *this); }
std::string WorkloadEntry::ToYaml() const { return Document("WorkloadEntry", *this); }

}  // namespace postern
