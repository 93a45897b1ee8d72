#include "lib/yaml/kubernetes_reader.h"

namespace postern {

using Unknown = FieldReader::Unknown;

void ReadDocument(FieldReader& in, Secret* secret) {
  in.Read("type", &secret->type);
  in.ReadSecret("data", /*base64=*/true, &secret->data);
  in.ReadSecret("stringData", /*base64=*/false, &secret->data);
}

void ReadDocument(FieldReader& in, ConfigMap* config_map) {
  in.ReadSecret("data", /*base64=*/false, &config_map->data);
}

void ReadFields(FieldReader& in, KubernetesService::ServicePort* port) {
  in.Read("name", &port->name);
  in.Read("port", &port->port);
  in.ReadConverted("targetPort", &port->target_port);
  in.Read("protocol", &port->protocol);
  in.Read("appProtocol", &port->app_protocol);
}

void ReadDocument(FieldReader& in, KubernetesService* service) {
  const std::optional<uint32_t> value = in.Ask("spec");
  if (!value.has_value()) return;
  const FieldPath path = in.path().Field("spec");
  FieldReader spec(&in.context(), *value, path, Unknown::kIgnore);
  spec.Read("type", &service->type);
  spec.Read("externalName", &service->external_name);
  spec.Read("clusterIP", &service->cluster_ip);
  spec.Read("selector", &service->selector);
  spec.Read("ports", &service->ports);
}

void ReadFields(FieldReader& in, EndpointSlice::Endpoint* endpoint) {
  in.Read("addresses", &endpoint->addresses);
  in.Read("zone", &endpoint->zone);
  const std::optional<uint32_t> value = in.Ask("conditions");
  if (!value.has_value()) return;
  const FieldPath path = in.path().Field("conditions");
  FieldReader conditions(&in.context(), *value, path, Unknown::kIgnore);
  conditions.Read("ready", &endpoint->ready);
}

void ReadFields(FieldReader& in, EndpointSlice::EndpointPort* port) {
  in.Read("name", &port->name);
  in.Read("port", &port->port);
  in.Read("appProtocol", &port->app_protocol);
}

void ReadDocument(FieldReader& in, EndpointSlice* slice) {
  in.Read("addressType", &slice->address_type);
  in.Read("endpoints", &slice->endpoints);
  in.Read("ports", &slice->ports);
}

}  // namespace postern
