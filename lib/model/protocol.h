// The protocols that a port may name, and the classes that Istio sorts them into (dataplane.md
// 1.3). What a server of each class does is for lib/validate and lib/compile.

#ifndef POSTERN_MODEL_PROTOCOL_H_
#define POSTERN_MODEL_PROTOCOL_H_

#include <string_view>

namespace postern {

// A Protocol is the meaning of `port.protocol`.
enum class Protocol {
  kUnsupported,  // Any other text, the empty one too.
  kHttp,
  kHttps,
  kHttp2,
  kGrpc,
  kGrpcWeb,
  kHttpProxy,
  kTcp,
  kTls,
  kMongo,
  kRedis,
  kMysql,
  kUdp,
};

// ParseProtocol reads `text` in any case, without trimming: Istio has no other spellings.
Protocol ParseProtocol(std::string_view text);

// IsHttpFamily says that a plaintext server of `protocol` speaks HTTP: HTTP, HTTP2, GRPC, GRPC-Web
// and HTTP_PROXY. HTTPS is not of the family.
bool IsHttpFamily(Protocol protocol);

// IsTlsFamily says that a server of `protocol` must have TLS settings: HTTPS and TLS.
bool IsTlsFamily(Protocol protocol);

// IsTcpFamily says that connections of `protocol` are routed as bytes: TCP, HTTPS, TLS, Mongo,
// Redis and MySQL (Istio's Instance.IsTCP).
bool IsTcpFamily(Protocol protocol);

// IsHttp2 says that an upstream port of `protocol` is spoken to in HTTP/2.
bool IsHttp2(Protocol protocol);

}  // namespace postern

#endif  // POSTERN_MODEL_PROTOCOL_H_
