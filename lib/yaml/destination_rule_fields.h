// The fields of a DestinationRule's spec (schema.md 4.1), one table for reading and writing. What
// their values mean is for lib/validate.

#ifndef POSTERN_YAML_DESTINATION_RULE_FIELDS_H_
#define POSTERN_YAML_DESTINATION_RULE_FIELDS_H_

#include "lib/yaml/http_route_fields.h"
#include "lib/yaml/model_fields.h"
#include "postern/destination_rule.h"

namespace postern {

template <typename F>
void VisitFields(
    F& fields,
    ModelOf<F, LoadBalancerSettings::ConsistentHashLb::HttpCookie::Attribute>* attribute) {
  fields.Field("name", &attribute->name);
  fields.Field("value", &attribute->value);
}

template <typename F>
void VisitFields(F& fields,
                 ModelOf<F, LoadBalancerSettings::ConsistentHashLb::HttpCookie>* cookie) {
  fields.Field("name", &cookie->name);
  fields.Field("path", &cookie->path);
  fields.Field("ttl", &cookie->ttl);
  fields.Field("attributes", &cookie->attributes);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::ConsistentHashLb::RingHash>* ring) {
  fields.Field("minimumRingSize", &ring->minimum_ring_size);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::ConsistentHashLb::MagLev>* maglev) {
  fields.Field("tableSize", &maglev->table_size);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::ConsistentHashLb>* hash) {
  fields.Field("httpHeaderName", &hash->http_header_name);
  fields.Field("httpCookie", &hash->http_cookie);
  fields.Field("useSourceIp", &hash->use_source_ip);
  fields.Field("httpQueryParameterName", &hash->http_query_parameter_name);
  fields.KeepLast("httpHeaderName, httpCookie, useSourceIp and httpQueryParameterName",
                  &hash->http_header_name, &hash->http_cookie, &hash->use_source_ip,
                  &hash->http_query_parameter_name);
  fields.Field("ringHash", &hash->ring_hash);
  fields.Field("maglev", &hash->maglev);
  fields.KeepLast("ringHash and maglev", &hash->ring_hash, &hash->maglev);
  fields.Field("minimumRingSize", &hash->minimum_ring_size);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::BackendUtilizationLb>* utilization) {
  fields.Field("weightStabilizationPeriod", &utilization->weight_stabilization_period);
  fields.Field("weightExpirationPeriod", &utilization->weight_expiration_period);
  fields.Field("weightUpdatePeriod", &utilization->weight_update_period);
  fields.Field("errorUtilizationPenaltyPercent", &utilization->error_utilization_penalty_percent);
  fields.Field("metricNamesForComputingUtilization",
               &utilization->metric_names_for_computing_utilization);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::Distribute>* distribute) {
  fields.Field("from", &distribute->from);
  fields.Field("to", &distribute->to);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::Failover>* failover) {
  fields.Field("from", &failover->from);
  fields.Field("to", &failover->to);
}

template <typename F>
void VisitFields(F& fields,
                 ModelOf<F, LoadBalancerSettings::LocalityLoadBalancerSetting>* locality) {
  fields.Field("distribute", &locality->distribute);
  fields.Field("failover", &locality->failover);
  fields.Field("failoverPriority", &locality->failover_priority);
  fields.Field("enabled", &locality->enabled);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::ZoneAwareLbSetting>* zone) {
  fields.Field("enabled", &zone->enabled);
  fields.Field("failover", &zone->failover);
  fields.Field("failoverPriority", &zone->failover_priority);
  fields.Field("minClusterSize", &zone->min_cluster_size);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings::WarmupConfiguration>* warmup) {
  fields.Field("duration", &warmup->duration);
  fields.Field("minimumPercent", &warmup->minimum_percent);
  fields.Field("aggression", &warmup->aggression);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, LoadBalancerSettings>* balancer) {
  fields.Field("simple", &balancer->simple);
  fields.Field("consistentHash", &balancer->consistent_hash);
  fields.Field("backendUtilization", &balancer->backend_utilization);
  fields.KeepLast("simple, consistentHash and backendUtilization", &balancer->simple,
                  &balancer->consistent_hash, &balancer->backend_utilization);
  fields.Field("localityLbSetting", &balancer->locality_lb_setting);
  fields.Field("zoneAwareLbSetting", &balancer->zone_aware_lb_setting);
  fields.Field("warmupDurationSecs", &balancer->warmup_duration_secs);
  fields.Field("warmup", &balancer->warmup);
}

template <typename F>
void VisitFields(F& fields,
                 ModelOf<F, ConnectionPoolSettings::TcpSettings::TcpKeepalive>* keepalive) {
  fields.Field("probes", &keepalive->probes);
  fields.Field("time", &keepalive->time);
  fields.Field("interval", &keepalive->interval);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ConnectionPoolSettings::TcpSettings>* tcp) {
  fields.Field("maxConnections", &tcp->max_connections);
  fields.Field("connectTimeout", &tcp->connect_timeout);
  fields.Field("tcpKeepalive", &tcp->tcp_keepalive);
  fields.Field("maxConnectionDuration", &tcp->max_connection_duration);
  fields.Field("idleTimeout", &tcp->idle_timeout);
}

template <typename F>
void VisitFields(F& fields,
                 ModelOf<F, ConnectionPoolSettings::HttpSettings::Http2KeepAlive>* keepalive) {
  fields.Field("interval", &keepalive->interval);
  fields.Field("timeout", &keepalive->timeout);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ConnectionPoolSettings::HttpSettings>* http) {
  fields.Field("http1MaxPendingRequests", &http->http1_max_pending_requests);
  fields.Field("http2MaxRequests", &http->http2_max_requests);
  fields.Field("maxRequestsPerConnection", &http->max_requests_per_connection);
  fields.Field("maxRetries", &http->max_retries);
  fields.Field("idleTimeout", &http->idle_timeout);
  fields.Field("h2UpgradePolicy", &http->h2_upgrade_policy);
  fields.Field("useClientProtocol", &http->use_client_protocol);
  fields.Field("maxConcurrentStreams", &http->max_concurrent_streams);
  fields.Field("http2KeepAlive", &http->http2_keep_alive);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ConnectionPoolSettings>* pool) {
  fields.Field("tcp", &pool->tcp);
  fields.Field("http", &pool->http);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, OutlierDetection>* outlier) {
  fields.Field("consecutiveErrors", &outlier->consecutive_errors);
  fields.Field("splitExternalLocalOriginErrors", &outlier->split_external_local_origin_errors);
  fields.Field("consecutiveLocalOriginFailures", &outlier->consecutive_local_origin_failures);
  fields.Field("consecutiveGatewayErrors", &outlier->consecutive_gateway_errors);
  fields.Field("consecutive5xxErrors", &outlier->consecutive_5xx_errors);
  fields.Field("interval", &outlier->interval);
  fields.Field("baseEjectionTime", &outlier->base_ejection_time);
  fields.Field("maxEjectionPercent", &outlier->max_ejection_percent);
  fields.Field("minHealthPercent", &outlier->min_health_percent);
  fields.Field("outlierDetectionHttpErrorCodes", &outlier->outlier_detection_http_error_codes);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ClientTlsSettings>* tls) {
  fields.Field("mode", &tls->mode);
  fields.Field("clientCertificate", &tls->client_certificate);
  fields.Field("privateKey", &tls->private_key);
  fields.Field("caCertificates", &tls->ca_certificates);
  fields.Field("caCrl", &tls->ca_crl);
  fields.Field("credentialName", &tls->credential_name);
  fields.Field("subjectAltNames", &tls->subject_alt_names);
  fields.Field("sni", &tls->sni);
  fields.Field("insecureSkipVerify", &tls->insecure_skip_verify);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TrafficPolicy::PortTrafficPolicy>* policy) {
  fields.Field("port", &policy->port);
  fields.Field("loadBalancer", &policy->load_balancer);
  fields.Field("connectionPool", &policy->connection_pool);
  fields.Field("outlierDetection", &policy->outlier_detection);
  fields.Field("tls", &policy->tls);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TrafficPolicy::TunnelSettings>* tunnel) {
  fields.Field("protocol", &tunnel->protocol);
  fields.Field("targetHost", &tunnel->target_host);
  fields.Field("targetPort", &tunnel->target_port);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TrafficPolicy::ProxyProtocol>* protocol) {
  fields.Field("version", &protocol->version);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TrafficPolicy::RetryBudget>* budget) {
  fields.Field("percent", &budget->percent);
  fields.Field("minRetryConcurrency", &budget->min_retry_concurrency);
  fields.Field("budgetInterval", &budget->budget_interval);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TrafficPolicy>* policy) {
  fields.Field("loadBalancer", &policy->load_balancer);
  fields.Field("connectionPool", &policy->connection_pool);
  fields.Field("outlierDetection", &policy->outlier_detection);
  fields.Field("tls", &policy->tls);
  fields.Field("portLevelSettings", &policy->port_level_settings);
  fields.Field("tunnel", &policy->tunnel);
  fields.Field("proxyProtocol", &policy->proxy_protocol);
  fields.Field("retryBudget", &policy->retry_budget);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Subset>* subset) {
  fields.Field("name", &subset->name);
  fields.Field("labels", &subset->labels);
  fields.Field("trafficPolicy", &subset->traffic_policy);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, WorkloadSelector>* selector) {
  fields.Field("matchLabels", &selector->match_labels);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, DestinationRule>* rule) {
  fields.Field("host", &rule->host);
  fields.Field("trafficPolicy", &rule->traffic_policy);
  fields.Field("subsets", &rule->subsets);
  fields.Field("exportTo", &rule->export_to);
  fields.Field("workloadSelector", &rule->workload_selector);
}

}  // namespace postern

#endif  // POSTERN_YAML_DESTINATION_RULE_FIELDS_H_
