// The fields of a VirtualService's spec (schema.md 3), one table for reading and writing. Those of
// its `http` rules are in lib/yaml/http_route_fields.h.

#ifndef POSTERN_YAML_VIRTUAL_SERVICE_FIELDS_H_
#define POSTERN_YAML_VIRTUAL_SERVICE_FIELDS_H_

#include "lib/yaml/http_route_fields.h"
#include "lib/yaml/model_fields.h"
#include "postern/virtual_service.h"

namespace postern {

template <typename F>
void VisitFields(F& fields, ModelOf<F, RouteDestination>* destination) {
  fields.Field("destination", &destination->destination);
  fields.Field("weight", &destination->weight);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TlsMatchAttributes>* match) {
  fields.Field("sniHosts", &match->sni_hosts);
  fields.Field("destinationSubnets", &match->destination_subnets);
  fields.Field("port", &match->port);
  fields.Field("sourceLabels", &match->source_labels);
  fields.Field("gateways", &match->gateways);
  fields.Field("sourceNamespace", &match->source_namespace);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TlsRoute>* route) {
  fields.Field("match", &route->match);
  fields.Field("route", &route->route);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, L4MatchAttributes>* match) {
  fields.Field("destinationSubnets", &match->destination_subnets);
  fields.Field("port", &match->port);
  fields.Field("sourceSubnet", &match->source_subnet);
  fields.Field("sourceLabels", &match->source_labels);
  fields.Field("gateways", &match->gateways);
  fields.Field("sourceNamespace", &match->source_namespace);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TcpRoute>* route) {
  fields.Field("match", &route->match);
  fields.Field("route", &route->route);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, VirtualService>* service) {
  fields.Field("hosts", &service->hosts);
  fields.Field("gateways", &service->gateways);
  fields.Field("http", &service->http);
  fields.Field("tls", &service->tls);
  fields.Field("tcp", &service->tcp);
  fields.Field("exportTo", &service->export_to);
}

}  // namespace postern

#endif  // POSTERN_YAML_VIRTUAL_SERVICE_FIELDS_H_
