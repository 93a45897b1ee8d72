// The cases of gateway_merge.yaml and gateway_misc.yaml: merging, and the helpers around it.

#ifndef POSTERN_TESTS_CASES_GATEWAY_MERGE_CASES_H_
#define POSTERN_TESTS_CASES_GATEWAY_MERGE_CASES_H_

#include <string>
#include <vector>

#include "tests/support/case_reader.h"

namespace postern {

// Each returns what the library answers differently from `row`, one clause a difference.
std::vector<std::string> CheckGatewayMerge(const CaseNode& row);
std::vector<std::string> CheckGatewayStrictMergeFilter(const CaseNode& row);
std::vector<std::string> CheckGatewayRouteNameParse(const CaseNode& row);
std::vector<std::string> CheckServerClass(const CaseNode& row);

}  // namespace postern

#endif  // POSTERN_TESTS_CASES_GATEWAY_MERGE_CASES_H_
