// Which proxy a configuration is judged for: shared by the reports of lint. What a Snapshot is
// built for is in SnapshotOptions.

#ifndef POSTERN_COMPILE_PROXY_IDENTITY_H_
#define POSTERN_COMPILE_PROXY_IDENTITY_H_

#include <map>
#include <string>

namespace postern {

// A ProxyIdentity is what Gateways select a proxy by, and where its Secrets are.
struct ProxyIdentity {
  std::map<std::string, std::string> labels;
  std::string ns;
  bool is_pod = false;  // Labels and namespace are those of a Pod, and no guess.
};

}  // namespace postern

#endif  // POSTERN_COMPILE_PROXY_IDENTITY_H_
