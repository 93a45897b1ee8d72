// The grammar of the values that header operations add and set: text with the variables of Envoy,
// "%REQ(x-id)%" (validation.md 0.6). What a variable stands for is for lib/snapshot.

#ifndef POSTERN_VALIDATE_HEADER_VALUE_H_
#define POSTERN_VALIDATE_HEADER_VALUE_H_

#include <optional>
#include <string_view>

namespace postern {

// HasControlByte says that `value` holds a control byte other than a tab.
bool HasControlByte(std::string_view value);

// CheckHeaderFormat returns what is wrong with the variables of `value`, as the end of a sentence
// about the value, or nullopt. It takes exactly what Istio takes, "%A(b)%" and "%A%" alike.
std::optional<std::string_view> CheckHeaderFormat(std::string_view value);

}  // namespace postern

#endif  // POSTERN_VALIDATE_HEADER_VALUE_H_
