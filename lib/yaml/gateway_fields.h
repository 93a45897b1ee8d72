// The fields of a Gateway's spec (schema.md 2), one table for reading and writing. What their
// values mean is for lib/validate.

#ifndef POSTERN_YAML_GATEWAY_FIELDS_H_
#define POSTERN_YAML_GATEWAY_FIELDS_H_

#include "lib/yaml/model_fields.h"
#include "postern/gateway.h"

namespace postern {

template <typename F>
void VisitFields(F& fields, ModelOf<F, Port>* port) {
  fields.Field("number", &port->number);
  fields.Field("name", &port->name);
  fields.Field("protocol", &port->protocol);
  fields.Field("targetPort", &port->target_port);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, TlsCertificate>* certificate) {
  fields.Field("serverCertificate", &certificate->server_certificate);
  fields.Field("privateKey", &certificate->private_key);
  fields.Field("caCertificates", &certificate->ca_certificates);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ServerTlsSettings>* tls) {
  fields.Field("httpsRedirect", &tls->https_redirect);
  fields.Field("mode", &tls->mode);
  fields.Field("serverCertificate", &tls->server_certificate);
  fields.Field("privateKey", &tls->private_key);
  fields.Field("caCertificates", &tls->ca_certificates);
  fields.Field("caCrl", &tls->ca_crl);
  fields.Field("credentialName", &tls->credential_name);
  fields.Field("credentialNames", &tls->credential_names);
  fields.Field("caCertCredentialName", &tls->ca_cert_credential_name);
  fields.Field("tlsCertificates", &tls->tls_certificates);
  fields.Field("subjectAltNames", &tls->subject_alt_names);
  fields.Field("verifyCertificateSpki", &tls->verify_certificate_spki);
  fields.Field("verifyCertificateHash", &tls->verify_certificate_hash);
  fields.Field("minProtocolVersion", &tls->min_protocol_version);
  fields.Field("maxProtocolVersion", &tls->max_protocol_version);
  fields.Field("cipherSuites", &tls->cipher_suites);
  fields.Field("ecdhCurves", &tls->ecdh_curves);
  fields.Field("insecureSkipVerify", &tls->insecure_skip_verify);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Server>* server) {
  fields.Field("port", &server->port);
  fields.Field("bind", &server->bind);
  fields.Field("hosts", &server->hosts);
  fields.Field("tls", &server->tls);
  fields.Field("defaultEndpoint", &server->default_endpoint);
  fields.Field("name", &server->name);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, Gateway>* gateway) {
  fields.Field("selector", &gateway->selector);
  fields.Field("servers", &gateway->servers);
}

}  // namespace postern

#endif  // POSTERN_YAML_GATEWAY_FIELDS_H_
