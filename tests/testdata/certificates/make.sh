#!/usr/bin/env bash
# Makes the certificates of this folder anew. They are for tests only: their keys are public.
set -euo pipefail
cd "$(dirname "$0")"

# certificate NAME SUBJECT ISSUER EXTENSION...: NAME.pem and NAME.key; an ISSUER of "" signs itself.
certificate() {
  local name=$1 subject=$2 issuer=$3
  shift 3
  openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$name.key"
  local sign=(-signkey "$name.key")
  [ -z "$issuer" ] || sign=(-CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial)
  openssl req -new -key "$name.key" -subj "$subject" |
    openssl x509 -req -days 36500 "${sign[@]}" -out "$name.pem" -extfile <(printf '%s\n' "$@")
}

certificate ca "/CN=Postern test CA" "" basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign
certificate server "/CN=server" ca "subjectAltName=DNS:*.example.com,DNS:example.com,DNS:localhost,URI:spiffe://cluster.local/ns/istio-system/sa/gateway"
certificate client "/CN=client/O=lab" ca "subjectAltName=DNS:client.example.com,URI:spiffe://cluster.local/ns/default/sa/client"
certificate other_ca "/CN=Another CA" "" basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign
certificate untrusted "/CN=client/O=lab" other_ca "subjectAltName=DNS:client.example.com"
rm -f ./*.srl other_ca.key
