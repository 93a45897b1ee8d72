// Early returns on a Status. They leave all else about errors to lib/base/strings.h.

#ifndef POSTERN_BASE_STATUS_MACROS_H_
#define POSTERN_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// POSTERN_RETURN_IF_ERROR returns the Status that `expression` gives, unless it is OK.
#define POSTERN_RETURN_IF_ERROR(expression)                                 \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

// POSTERN_ASSIGN_OR_RETURN sets `lhs`, which may declare, to the value of a StatusOr, or returns
// its Status.
#define POSTERN_ASSIGN_OR_RETURN(lhs, expression) \
  POSTERN_ASSIGN_OR_RETURN_(POSTERN_CONCAT_(status_or_, __LINE__), lhs, expression)
#define POSTERN_ASSIGN_OR_RETURN_(name, lhs, expression) \
  auto name = (expression);                              \
  if (!name.ok()) return std::move(name).status();       \
  lhs = *std::move(name)
#define POSTERN_CONCAT_(a, b) POSTERN_CONCAT_AGAIN_(a, b)
#define POSTERN_CONCAT_AGAIN_(a, b) a##b

#endif  // POSTERN_BASE_STATUS_MACROS_H_
