#include "lib/yaml/gateway_reader.h"

namespace postern {

void ReadFields(FieldReader& in, Port* port) {
  in.Read("number", &port->number);
  in.Read("name", &port->name);
  in.Read("protocol", &port->protocol);
  in.Read("targetPort", &port->target_port);
}

void ReadFields(FieldReader& in, TlsCertificate* certificate) {
  in.Read("serverCertificate", &certificate->server_certificate);
  in.Read("privateKey", &certificate->private_key);
  in.Read("caCertificates", &certificate->ca_certificates);
}

void ReadFields(FieldReader& in, ServerTlsSettings* tls) {
  in.Read("httpsRedirect", &tls->https_redirect);
  in.Read("mode", &tls->mode);
  in.Read("serverCertificate", &tls->server_certificate);
  in.Read("privateKey", &tls->private_key);
  in.Read("caCertificates", &tls->ca_certificates);
  in.Read("caCrl", &tls->ca_crl);
  in.Read("credentialName", &tls->credential_name);
  in.Read("credentialNames", &tls->credential_names);
  in.Read("caCertCredentialName", &tls->ca_cert_credential_name);
  in.Read("tlsCertificates", &tls->tls_certificates);
  in.Read("subjectAltNames", &tls->subject_alt_names);
  in.Read("verifyCertificateSpki", &tls->verify_certificate_spki);
  in.Read("verifyCertificateHash", &tls->verify_certificate_hash);
  in.Read("minProtocolVersion", &tls->min_protocol_version);
  in.Read("maxProtocolVersion", &tls->max_protocol_version);
  in.Read("cipherSuites", &tls->cipher_suites);
  in.Read("ecdhCurves", &tls->ecdh_curves);
  in.Read("insecureSkipVerify", &tls->insecure_skip_verify);
}

void ReadFields(FieldReader& in, Server* server) {
  in.Read("port", &server->port);
  in.Read("bind", &server->bind);
  in.Read("hosts", &server->hosts);
  in.Read("tls", &server->tls);
  in.Read("defaultEndpoint", &server->default_endpoint);
  in.Read("name", &server->name);
}

void ReadFields(FieldReader& in, Gateway* gateway) {
  in.Read("selector", &gateway->selector);
  in.Read("servers", &gateway->servers);
}

}  // namespace postern
