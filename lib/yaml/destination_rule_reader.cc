#include "lib/yaml/destination_rule_reader.h"

#include "lib/yaml/http_route_reader.h"

namespace postern {

using Lb = LoadBalancerSettings;
using Pool = ConnectionPoolSettings;

void ReadFields(FieldReader& in, Lb::ConsistentHashLb::HttpCookie::Attribute* attribute) {
  in.Read("name", &attribute->name);
  in.Read("value", &attribute->value);
}

void ReadFields(FieldReader& in, Lb::ConsistentHashLb::HttpCookie* cookie) {
  in.Read("name", &cookie->name);
  in.Read("path", &cookie->path);
  in.Read("ttl", &cookie->ttl);
  in.Read("attributes", &cookie->attributes);
}

void ReadFields(FieldReader& in, Lb::ConsistentHashLb::RingHash* ring) {
  in.Read("minimumRingSize", &ring->minimum_ring_size);
}

void ReadFields(FieldReader& in, Lb::ConsistentHashLb::MagLev* maglev) {
  in.Read("tableSize", &maglev->table_size);
}

void ReadFields(FieldReader& in, Lb::ConsistentHashLb* hash) {
  in.Read("httpHeaderName", &hash->http_header_name);
  in.Read("httpCookie", &hash->http_cookie);
  in.Read("useSourceIp", &hash->use_source_ip);
  in.Read("httpQueryParameterName", &hash->http_query_parameter_name);
  in.KeepLast("httpHeaderName, httpCookie, useSourceIp and httpQueryParameterName",
              &hash->http_header_name, &hash->http_cookie, &hash->use_source_ip,
              &hash->http_query_parameter_name);
  in.Read("ringHash", &hash->ring_hash);
  in.Read("maglev", &hash->maglev);
  in.KeepLast("ringHash and maglev", &hash->ring_hash, &hash->maglev);
  in.Read("minimumRingSize", &hash->minimum_ring_size);
}

void ReadFields(FieldReader& in, Lb::Distribute* distribute) {
  in.Read("from", &distribute->from);
  in.Read("to", &distribute->to);
}

void ReadFields(FieldReader& in, Lb::Failover* failover) {
  in.Read("from", &failover->from);
  in.Read("to", &failover->to);
}

void ReadFields(FieldReader& in, Lb::LocalityLoadBalancerSetting* locality) {
  in.Read("distribute", &locality->distribute);
  in.Read("failover", &locality->failover);
  in.Read("failoverPriority", &locality->failover_priority);
  in.Read("enabled", &locality->enabled);
}

void ReadFields(FieldReader& in, Lb::ZoneAwareLbSetting* zone) {
  in.Read("enabled", &zone->enabled);
  in.Read("failover", &zone->failover);
  in.Read("failoverPriority", &zone->failover_priority);
  in.Read("minClusterSize", &zone->min_cluster_size);
}

void ReadFields(FieldReader& in, Lb::WarmupConfiguration* warmup) {
  in.Read("duration", &warmup->duration);
  in.Read("minimumPercent", &warmup->minimum_percent);
  in.Read("aggression", &warmup->aggression);
}

void ReadFields(FieldReader& in, Lb* balancer) {
  in.Read("simple", &balancer->simple);
  in.Read("consistentHash", &balancer->consistent_hash);
  in.KeepLast("simple and consistentHash", &balancer->simple, &balancer->consistent_hash);
  in.Read("localityLbSetting", &balancer->locality_lb_setting);
  in.Read("zoneAwareLbSetting", &balancer->zone_aware_lb_setting);
  in.Read("warmupDurationSecs", &balancer->warmup_duration_secs);
  in.Read("warmup", &balancer->warmup);
}

void ReadFields(FieldReader& in, Pool::TcpSettings::TcpKeepalive* keepalive) {
  in.Read("probes", &keepalive->probes);
  in.Read("time", &keepalive->time);
  in.Read("interval", &keepalive->interval);
}

void ReadFields(FieldReader& in, Pool::TcpSettings* tcp) {
  in.Read("maxConnections", &tcp->max_connections);
  in.Read("connectTimeout", &tcp->connect_timeout);
  in.Read("tcpKeepalive", &tcp->tcp_keepalive);
  in.Read("maxConnectionDuration", &tcp->max_connection_duration);
  in.Read("idleTimeout", &tcp->idle_timeout);
}

void ReadFields(FieldReader& in, Pool::HttpSettings::Http2KeepAlive* keepalive) {
  in.Read("interval", &keepalive->interval);
  in.Read("timeout", &keepalive->timeout);
}

void ReadFields(FieldReader& in, Pool::HttpSettings* http) {
  in.Read("http1MaxPendingRequests", &http->http1_max_pending_requests);
  in.Read("http2MaxRequests", &http->http2_max_requests);
  in.Read("maxRequestsPerConnection", &http->max_requests_per_connection);
  in.Read("maxRetries", &http->max_retries);
  in.Read("idleTimeout", &http->idle_timeout);
  in.Read("h2UpgradePolicy", &http->h2_upgrade_policy);
  in.Read("useClientProtocol", &http->use_client_protocol);
  in.Read("maxConcurrentStreams", &http->max_concurrent_streams);
  in.Read("http2KeepAlive", &http->http2_keep_alive);
}

void ReadFields(FieldReader& in, Pool* pool) {
  in.Read("tcp", &pool->tcp);
  in.Read("http", &pool->http);
}

void ReadFields(FieldReader& in, OutlierDetection* outlier) {
  in.Read("consecutiveErrors", &outlier->consecutive_errors);
  in.Read("splitExternalLocalOriginErrors", &outlier->split_external_local_origin_errors);
  in.Read("consecutiveLocalOriginFailures", &outlier->consecutive_local_origin_failures);
  in.Read("consecutiveGatewayErrors", &outlier->consecutive_gateway_errors);
  in.Read("consecutive5xxErrors", &outlier->consecutive_5xx_errors);
  in.Read("interval", &outlier->interval);
  in.Read("baseEjectionTime", &outlier->base_ejection_time);
  in.Read("maxEjectionPercent", &outlier->max_ejection_percent);
  in.Read("minHealthPercent", &outlier->min_health_percent);
  in.Read("outlierDetectionHttpErrorCodes", &outlier->outlier_detection_http_error_codes);
}

void ReadFields(FieldReader& in, ClientTlsSettings* tls) {
  in.Read("mode", &tls->mode);
  in.Read("clientCertificate", &tls->client_certificate);
  in.Read("privateKey", &tls->private_key);
  in.Read("caCertificates", &tls->ca_certificates);
  in.Read("caCrl", &tls->ca_crl);
  in.Read("credentialName", &tls->credential_name);
  in.Read("subjectAltNames", &tls->subject_alt_names);
  in.Read("sni", &tls->sni);
  in.Read("insecureSkipVerify", &tls->insecure_skip_verify);
}

void ReadFields(FieldReader& in, TrafficPolicy::PortTrafficPolicy* policy) {
  in.Read("port", &policy->port);
  in.Read("loadBalancer", &policy->load_balancer);
  in.Read("connectionPool", &policy->connection_pool);
  in.Read("outlierDetection", &policy->outlier_detection);
  in.Read("tls", &policy->tls);
}

void ReadFields(FieldReader& in, TrafficPolicy::TunnelSettings* tunnel) {
  in.Read("protocol", &tunnel->protocol);
  in.Read("targetHost", &tunnel->target_host);
  in.Read("targetPort", &tunnel->target_port);
}

void ReadFields(FieldReader& in, TrafficPolicy::ProxyProtocol* protocol) {
  in.Read("version", &protocol->version);
}

void ReadFields(FieldReader& in, TrafficPolicy::RetryBudget* budget) {
  in.Read("percent", &budget->percent);
  in.Read("minRetryConcurrency", &budget->min_retry_concurrency);
  in.Read("budgetInterval", &budget->budget_interval);
}

void ReadFields(FieldReader& in, TrafficPolicy* policy) {
  in.Read("loadBalancer", &policy->load_balancer);
  in.Read("connectionPool", &policy->connection_pool);
  in.Read("outlierDetection", &policy->outlier_detection);
  in.Read("tls", &policy->tls);
  in.Read("portLevelSettings", &policy->port_level_settings);
  in.Read("tunnel", &policy->tunnel);
  in.Read("proxyProtocol", &policy->proxy_protocol);
  in.Read("retryBudget", &policy->retry_budget);
}

void ReadFields(FieldReader& in, Subset* subset) {
  in.Read("name", &subset->name);
  in.Read("labels", &subset->labels);
  in.Read("trafficPolicy", &subset->traffic_policy);
}

void ReadFields(FieldReader& in, WorkloadSelector* selector) {
  in.Read("matchLabels", &selector->match_labels);
}

void ReadFields(FieldReader& in, DestinationRule* rule) {
  in.Read("host", &rule->host);
  in.Read("trafficPolicy", &rule->traffic_policy);
  in.Read("subsets", &rule->subsets);
  in.Read("exportTo", &rule->export_to);
  in.Read("workloadSelector", &rule->workload_selector);
}

}  // namespace postern
