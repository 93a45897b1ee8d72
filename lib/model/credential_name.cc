#include <string>

#include "lib/base/strings.h"
#include "postern/credentials.h"

namespace postern {

std::string CredentialName::ToString() const {
  switch (kind) {
    case Kind::kKeyPair:
      return StrCat("secret ", ns, "/", name);
    case Kind::kCa:
      return StrCat("CA of secret ", ns, "/", name);
    case Kind::kConfigMap:
      return StrCat("configmap ", ns, "/", name);
    case Kind::kWorkload:
      return "workload certificate";
    case Kind::kExternal:
      break;
  }
  return StrCat("sds://", name);
}

}  // namespace postern
