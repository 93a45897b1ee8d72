#include "lib/model/protocol.h"

#include "lib/base/strings.h"

namespace postern {
namespace {

struct ProtocolSpelling {
  Protocol protocol;
  std::string_view name;
};

constexpr ProtocolSpelling kProtocols[] = {
    {Protocol::kHttp, "HTTP"},        {Protocol::kHttps, "HTTPS"},
    {Protocol::kHttp2, "HTTP2"},      {Protocol::kGrpc, "GRPC"},
    {Protocol::kGrpcWeb, "GRPC-Web"}, {Protocol::kHttpProxy, "HTTP_PROXY"},
    {Protocol::kTcp, "TCP"},          {Protocol::kTls, "TLS"},
    {Protocol::kMongo, "Mongo"},      {Protocol::kRedis, "Redis"},
    {Protocol::kMysql, "MySQL"},      {Protocol::kUdp, "UDP"},
};

}  // namespace

Protocol ParseProtocol(std::string_view text) {
  for (const ProtocolSpelling& known : kProtocols) {
    if (EqualsIgnoreCase(known.name, text)) return known.protocol;
  }
  return Protocol::kUnsupported;
}

bool IsHttpFamily(Protocol protocol) {
  return protocol == Protocol::kHttp || protocol == Protocol::kHttp2 ||
         protocol == Protocol::kGrpc || protocol == Protocol::kGrpcWeb ||
         protocol == Protocol::kHttpProxy;
}

bool IsTlsFamily(Protocol protocol) {
  return protocol == Protocol::kHttps || protocol == Protocol::kTls;
}

bool IsTcpFamily(Protocol protocol) {
  return IsTlsFamily(protocol) || protocol == Protocol::kTcp || protocol == Protocol::kMongo ||
         protocol == Protocol::kRedis || protocol == Protocol::kMysql;
}

bool IsHttp2(Protocol protocol) {
  return protocol == Protocol::kHttp2 || protocol == Protocol::kGrpc ||
         protocol == Protocol::kGrpcWeb;
}

}  // namespace postern
