// Reads the documents of Kubernetes' own kinds, of which the model holds a part: the rest is
// dropped. No value of a Secret or a ConfigMap gets into a finding.

#ifndef POSTERN_YAML_KUBERNETES_READER_H_
#define POSTERN_YAML_KUBERNETES_READER_H_

#include "lib/yaml/field_reader.h"
#include "postern/kubernetes.h"

namespace postern {

// ReadDocument reads the fields at the top of a document, all but the envelope.
void ReadDocument(FieldReader& in, Secret* secret);
void ReadDocument(FieldReader& in, ConfigMap* config_map);
void ReadDocument(FieldReader& in, KubernetesService* service);
void ReadDocument(FieldReader& in, EndpointSlice* slice);

}  // namespace postern

#endif  // POSTERN_YAML_KUBERNETES_READER_H_
