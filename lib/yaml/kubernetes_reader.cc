#include "lib/yaml/kubernetes_reader.h"

namespace postern {

using Unknown = FieldReader::Unknown;

void ReadDocument(FieldReader& in, Secret* secret) {
  in.Field("type", &secret->type);
  in.SecretData("data", /*base64=*/true, &secret->data);
  in.SecretData("stringData", /*base64=*/false, &secret->data);
}

void ReadDocument(FieldReader& in, ConfigMap* config_map) {
  in.SecretData("data", /*base64=*/false, &config_map->data);
}

void VisitFields(FieldReader& in, KubernetesService::ServicePort* port) {
  in.Field("name", &port->name);
  in.Field("port", &port->port);
  in.Converted("targetPort", &port->target_port);
  in.Field("protocol", &port->protocol);
  in.Field("appProtocol", &port->app_protocol);
}

void ReadDocument(FieldReader& in, KubernetesService* service) {
  const std::optional<uint32_t> value = in.Ask("spec");
  if (!value.has_value()) return;
  const FieldPath path = in.path().Field("spec");
  FieldReader spec(&in.context(), *value, path, Unknown::kIgnore);
  spec.Field("type", &service->type);
  spec.Field("externalName", &service->external_name);
  spec.Field("clusterIP", &service->cluster_ip);
  spec.Field("selector", &service->selector);
  spec.Field("ports", &service->ports);
}

void VisitFields(FieldReader& in, EndpointSlice::Endpoint* endpoint) {
  in.Field("addresses", &endpoint->addresses);
  in.Field("zone", &endpoint->zone);
  const std::optional<uint32_t> value = in.Ask("conditions");
  if (!value.has_value()) return;
  const FieldPath path = in.path().Field("conditions");
  FieldReader conditions(&in.context(), *value, path, Unknown::kIgnore);
  conditions.Field("ready", &endpoint->ready);
}

void VisitFields(FieldReader& in, EndpointSlice::EndpointPort* port) {
  in.Field("name", &port->name);
  in.Field("port", &port->port);
  in.Field("appProtocol", &port->app_protocol);
}

void ReadDocument(FieldReader& in, EndpointSlice* slice) {
  in.Field("addressType", &slice->address_type);
  in.Field("endpoints", &slice->endpoints);
  in.Field("ports", &slice->ports);
}

}  // namespace postern
