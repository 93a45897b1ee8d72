// The order of findings, for Validate and for reports. Their text is Diagnostic::ToString, in
// postern/diagnostic.h; who finds what is for lib/yaml, lib/validate and lib/compile.

#ifndef POSTERN_MODEL_DIAGNOSTIC_H_
#define POSTERN_MODEL_DIAGNOSTIC_H_

#include <string_view>
#include <vector>

#include "postern/diagnostic.h"

namespace postern {

// ComesBefore orders findings by file, line, column, then rule. Those without a place come last,
// by resource, which begins with the kind. What is still equal goes by resource, path and message,
// so that the order of any set of findings is one.
bool ComesBefore(const Diagnostic& a, const Diagnostic& b);

// SortFindings puts `findings` in the order of ComesBefore; equal ones stay as they were.
void SortFindings(std::vector<Diagnostic>* findings);

// SeverityName returns "info", "warning" or "error".
std::string_view SeverityName(Severity severity);

}  // namespace postern

#endif  // POSTERN_MODEL_DIAGNOSTIC_H_
