// Cases of rules that delegate: how they merge and when they conflict (validation.md 2.C).

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/base/json.h"
#include "lib/base/strings.h"
#include "lib/compile/delegate.h"
#include "postern/virtual_service.h"
#include "tests/cases/case_kinds.h"

namespace postern {
namespace {

// ToJson spells a node again, so that the library's own reader makes a rule of it.
std::string ToJson(const CaseNode& node) {
  std::string json;
  switch (node.kind) {
    case CaseNode::Kind::kNull:
      return "null";
    case CaseNode::Kind::kScalar: {
      const bool plain = !node.quoted && (node.text == "true" || node.text == "false" ||
                                          ParseDecimal<int64_t>(node.text).has_value());
      return plain ? node.text : JsonQuote(node.text);
    }
    case CaseNode::Kind::kList:
      for (const CaseNode& item : node.items) {
        StrAppend(&json, json.empty() ? "" : ", ", ToJson(item));
      }
      return StrCat("[", json, "]");
    case CaseNode::Kind::kMap:
      for (const auto& [key, value] : node.fields) {
        StrAppend(&json, json.empty() ? "" : ", ", JsonQuote(key), ": ", ToJson(value));
      }
      return StrCat("{", json, "}");
  }
  return json;
}

// ReadRules reads a list of rules as a VirtualService would hold it.
std::vector<HttpRoute> ReadRules(const std::string& json) {
  const auto service = VirtualService::FromYaml(
      StrCat("{\"apiVersion\": \"networking.istio.io/v1\", \"kind\": \"VirtualService\", "
             "\"metadata\": {\"name\": \"v\"}, \"spec\": {\"http\": ",
             json, "}}"));
  EXPECT_TRUE(service.ok()) << service.status() << "\n" << json;
  return service.ok() ? service->http : std::vector<HttpRoute>();
}

HttpRoute ReadRule(const std::string& json) {
  std::vector<HttpRoute> rules = ReadRules(StrCat("[", json, "]"));
  return rules.empty() ? HttpRoute() : rules.front();
}

// ReadMatches reads a list of matches.
std::vector<HttpMatchRequest> ReadMatches(const CaseNode& node) {
  return ReadRule(StrCat("{\"match\": ", node.IsNull() ? "[]" : ToJson(node), "}")).match;
}

HttpMatchRequest ReadMatch(const CaseNode& node) {
  return ReadRule(StrCat("{\"match\": [", ToJson(node), "]}")).match.front();
}

std::string Text(const std::vector<HttpRoute>& rules) {
  VirtualService service;
  service.http = rules;
  return service.ToYaml();
}

void RunRouteMerge(const CaseNode& row) {
  ExpectKeys(row, {"root", "delegate", "expected"});
  const HttpRoute root = ReadRule(ToJson(row["root"]));
  std::vector<HttpRoute> merged;
  for (const HttpRoute& leaf : ReadRules(ToJson(row["delegate"]))) {
    if (std::optional<MergedRoute> route = MergeRoutes(root, leaf)) {
      EXPECT_EQ(route->origins.size(), route->route.match.size());
      merged.push_back(route->route);
    }
  }
  const std::vector<HttpRoute> expected =
      row["expected"].items.empty() ? std::vector<HttpRoute>() : ReadRules(ToJson(row["expected"]));
  EXPECT_EQ(merged, expected) << Text(merged) << "\nexpected\n" << Text(expected);
}

void RunMatchMerge(const CaseNode& row) {
  ExpectKeys(row, {"root", "delegate", "expected", "conflict"});
  HttpRoute root;
  HttpRoute leaf;
  root.match = ReadMatches(row["root"]);
  leaf.match = ReadMatches(row["delegate"]);
  const std::optional<MergedRoute> merged = MergeRoutes(root, leaf);
  EXPECT_EQ(!merged.has_value(), row["conflict"].Bool());
  HttpRoute actual;
  if (merged) actual.match = merged->route.match;
  HttpRoute expected;
  expected.match = ReadMatches(row["expected"]);
  EXPECT_EQ(actual, expected) << Text({actual}) << "\nexpected\n" << Text({expected});
}

void RunMatchConflict(const CaseNode& row) {
  ExpectKeys(row, {"root", "leaf", "expected"});
  EXPECT_EQ(MatchesConflict(ReadMatch(row["root"]), ReadMatch(row["leaf"])),
            row["expected"].Bool());
}

constexpr CaseKind kKinds[] = {
    {"delegate_route_merge", RunRouteMerge},
    {"delegate_match_merge", RunMatchMerge},
    {"delegate_match_conflict", RunMatchConflict},
};

}  // namespace

std::span<const CaseKind> DelegateCases() { return kKinds; }

}  // namespace postern
