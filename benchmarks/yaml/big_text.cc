#include "benchmarks/yaml/big_text.h"

#include "absl/strings/str_cat.h"

namespace postern {

std::string BigText(int hosts) {
  std::string text =
      "apiVersion: networking.istio.io/v1\n"
      "kind: Gateway\n"
      "metadata:\n"
      "  name: edge\n"
      "  namespace: istio-system\n"
      "spec:\n"
      "  selector:\n"
      "    istio: ingressgateway\n"
      "  servers:\n";
  for (int i = 0; i < hosts; ++i) {
    absl::StrAppend(&text,
                    "  - hosts:\n"
                    "    - team-",
                    i % 97, "/shop-", i,
                    ".example.com\n"
                    "    port:\n"
                    "      name: https-",
                    i,
                    "\n"
                    "      number: 443\n"
                    "      protocol: HTTPS\n"
                    "    tls:\n"
                    "      credentialName: shop-",
                    i,
                    "-cert\n"
                    "      mode: SIMPLE\n"
                    "      minProtocolVersion: TLSV1_2\n");
  }
  for (int i = 0; i < hosts; ++i) {
    absl::StrAppend(&text,
                    "---\n"
                    "apiVersion: networking.istio.io/v1\n"
                    "kind: VirtualService\n"
                    "metadata:\n"
                    "  name: shop-",
                    i,
                    "\n"
                    "  namespace: team-",
                    i % 97,
                    "\n"
                    "spec:\n"
                    "  hosts:\n"
                    "  - shop-",
                    i,
                    ".example.com\n"
                    "  gateways:\n"
                    "  - istio-system/edge\n"
                    "  http:\n"
                    "  - match:\n"
                    "    - uri:\n"
                    "        prefix: /api/v",
                    i % 7,
                    "/\n"
                    "      headers:\n"
                    "        x-tenant:\n"
                    "          exact: tenant-",
                    i % 31,
                    "\n"
                    "    name: api\n"
                    "    timeout: 15s\n"
                    "    retries:\n"
                    "      attempts: 2\n"
                    "      perTryTimeout: 5s\n"
                    "    route:\n"
                    "    - destination:\n"
                    "        host: shop-",
                    i, ".team-", i % 97,
                    ".svc.cluster.local\n"
                    "        subset: stable\n"
                    "        port:\n"
                    "          number: 8080\n");
  }
  return text;
}

}  // namespace postern
