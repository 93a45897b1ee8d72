// Which rules of ours stand for a message of Istio's.

#ifndef POSTERN_TESTS_CASES_ISTIO_TEXT_H_
#define POSTERN_TESTS_CASES_ISTIO_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "postern/diagnostic.h"

namespace postern {

// FitsPattern says that `text` fits one of the alternatives of `pattern` (Rule::text).
bool FitsPattern(std::string_view text, std::string_view pattern);

// UnexplainedTexts returns those of `texts`, messages of Istio, that find no finding of their own
// among `findings`: each finding stands for one message that its rule's `text`
// fits, and for any that `also` does.
std::vector<std::string> UnexplainedTexts(const std::vector<std::string>& texts, Severity severity,
                                          const std::vector<Diagnostic>& findings);

}  // namespace postern

#endif  // POSTERN_TESTS_CASES_ISTIO_TEXT_H_
