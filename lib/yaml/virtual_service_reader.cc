#include "lib/yaml/virtual_service_reader.h"

#include "lib/yaml/http_route_reader.h"

namespace postern {

void ReadFields(FieldReader& in, RouteDestination* destination) {
  in.Read("destination", &destination->destination);
  in.Read("weight", &destination->weight);
}

void ReadFields(FieldReader& in, TlsMatchAttributes* match) {
  in.Read("sniHosts", &match->sni_hosts);
  in.Read("destinationSubnets", &match->destination_subnets);
  in.Read("port", &match->port);
  in.Read("sourceLabels", &match->source_labels);
  in.Read("gateways", &match->gateways);
  in.Read("sourceNamespace", &match->source_namespace);
}

void ReadFields(FieldReader& in, TlsRoute* route) {
  in.Read("match", &route->match);
  in.Read("route", &route->route);
}

void ReadFields(FieldReader& in, L4MatchAttributes* match) {
  in.Read("destinationSubnets", &match->destination_subnets);
  in.Read("port", &match->port);
  in.Read("sourceSubnet", &match->source_subnet);
  in.Read("sourceLabels", &match->source_labels);
  in.Read("gateways", &match->gateways);
  in.Read("sourceNamespace", &match->source_namespace);
}

void ReadFields(FieldReader& in, TcpRoute* route) {
  in.Read("match", &route->match);
  in.Read("route", &route->route);
}

void ReadFields(FieldReader& in, VirtualService* service) {
  in.Read("hosts", &service->hosts);
  in.Read("gateways", &service->gateways);
  in.Read("http", &service->http);
  in.Read("tls", &service->tls);
  in.Read("tcp", &service->tcp);
  in.Read("exportTo", &service->export_to);
}

}  // namespace postern
