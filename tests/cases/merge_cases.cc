// Cases of how servers are merged: the comparisons are in gateway_merge_cases.cc.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/cases/case_kinds.h"
#include "tests/cases/gateway_merge_cases.h"

namespace postern {
namespace {

template <std::vector<std::string> (*check)(const CaseNode&)>
void Run(const CaseNode& row) {
  for (const std::string& difference : check(row)) ADD_FAILURE() << difference;
}

constexpr CaseKind kKinds[] = {
    {"gateway_merge", Run<CheckGatewayMerge>},
    {"gateway_strict_merge_filter", Run<CheckGatewayStrictMergeFilter>},
    {"gateway_route_name_parse", Run<CheckGatewayRouteNameParse>},
    {"server_class", Run<CheckServerClass>},
};

}  // namespace

std::span<const CaseKind> MergeCases() { return kKinds; }

}  // namespace postern
