// A host that links OpenSSL itself beside Postern, whose BoringSSL has other names: both must work
// in one program.
#include <cstdio>
#include <memory>

#include "postern/config.h"
#include "postern/snapshot.h"

extern "C" {  // OpenSSL's, declared by hand: its headers and BoringSSL's cannot meet in one file.
const void* TLS_server_method();
void* SSL_CTX_new(const void* method);
void SSL_CTX_free(void* context);
const char* OpenSSL_version(int type);
}

namespace {

constexpr char kConfig[] = R"(
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: web}
spec:
  servers:
  - port: {number: 443, name: https, protocol: HTTPS}
    hosts: ["*"]
    tls: {mode: SIMPLE, credentialName: web}
)";

bool PosternWorks() {
  const postern::Config config = postern::Config::FromYaml(kConfig);
  const auto snapshot = postern::Snapshot::Build(config);
  return snapshot.ok() && (*snapshot)->listeners().size() == 1;
}

bool OpenSslWorks() {
  void* const context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_free(context);
  return context != nullptr;
}

}  // namespace

int main() {
  const bool both = PosternWorks() && OpenSslWorks();
  std::printf("%s: %s\n", OpenSSL_version(0), both ? "both work" : "failed");
  return both ? 0 : 1;
}
