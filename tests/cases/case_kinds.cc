#include "tests/cases/case_kinds.h"

#include <algorithm>

#include "gtest/gtest.h"

namespace postern {
namespace {

// Add a subject here.
constexpr std::span<const CaseKind> (*kSubjects[])() = {
    ResourceCases, HostCases,     PrimitiveCases, MergeCases,
    RuleCases,     DelegateCases, AnalyzerCases,  ReportCases,
};

// Take a kind out when its subject is added above.
constexpr WaitingKind kWaiting[] = {
    {"crd_schema", "the schema of the API server is no part of Postern"},
};

constexpr std::string_view kCommonKeys[] = {"name", "source", "kind", "since", "unit", "postern"};

}  // namespace

const CaseKind* FindCaseKind(std::string_view kind) {
  for (const auto subject : kSubjects) {
    for (const CaseKind& known : subject()) {
      if (known.kind == kind) return &known;
    }
  }
  return nullptr;
}

const WaitingKind* FindWaitingKind(std::string_view kind) {
  const auto* waiting =
      std::find_if(std::begin(kWaiting), std::end(kWaiting),
                   [kind](const WaitingKind& known) { return known.kind == kind; });
  return waiting == std::end(kWaiting) ? nullptr : waiting;
}

void ExpectKeys(const CaseNode& row, const std::vector<std::string_view>& keys) {
  for (const auto& [key, value] : row.fields) {
    const bool is_known =
        std::find(keys.begin(), keys.end(), key) != keys.end() ||
        std::find(std::begin(kCommonKeys), std::end(kCommonKeys), key) != std::end(kCommonKeys);
    EXPECT_TRUE(is_known) << value.Where() << ": key \"" << key << "\" is not understood";
  }
}

}  // namespace postern
