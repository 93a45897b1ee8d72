#include "lib/base/strings.h"
#include "postern/decision.h"

namespace postern {

std::string ListenerKey::ToString() const {
  return StrCat(bind.empty() ? std::string_view("0.0.0.0") : std::string_view(bind), "_",
                int{port});
}

}  // namespace postern
