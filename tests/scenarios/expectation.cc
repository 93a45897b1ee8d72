#include "tests/scenarios/expectation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "lib/base/strings.h"
#include "tests/scenarios/retry_trial.h"

namespace postern {
namespace {

using Chosen = Outcome::Destination;

std::string Text(const Chosen& destination) {
  return StrCat(destination.host, ":", int{destination.port},
                destination.subset.empty() ? "" : " subset ", destination.subset);
}

// A Comparison collects the differences of one Outcome.
class Comparison {
 public:
  Comparison(const ScenarioExecutor& executor, const Outcome& outcome)
      : executor_(executor), outcome_(outcome) {
    for (const std::string& clause : outcome.wrong) Differ(clause);
    for (const auto& [key, why] : outcome.unseen) {
      verdict_.unseen.push_back(StrCat(key, ": ", why));
    }
  }

  Verdict verdict() && { return std::move(verdict_); }

  void Expect(std::string_view key, const CaseNode& value) {
    if (outcome_.unseen.contains(std::string(key))) return;
    if (key == "close") {
      Equal(key, value.Text(), outcome_.close);
    } else if (key == "tls_terminated") {
      Equal(key, value.Bool() ? "1" : "0", Optional(outcome_.tls_terminated));
    } else if (key == "status") {
      Equal(key, value.Text(), Optional(outcome_.status));
    } else if (key == "location") {
      Equal(key, value.Text(), Optional(outcome_.location));
    } else if (key == "body") {
      Equal(key, value.Text(), Optional(outcome_.body));
    } else if (key == "destination") {
      Equal(key, Text(ReadDestination(value)),
            outcome_.destination ? Text(*outcome_.destination) : "none");
    } else if (key == "upstream_path") {
      Equal(key, value.Text(), Optional(outcome_.upstream_path));
    } else if (key == "upstream_authority") {
      Equal(key, value.Text(), Optional(outcome_.upstream_authority));
    } else if (key == "upstream_headers") {
      Headers(key, value, outcome_.upstream_headers);
    } else if (key == "response_headers") {
      Headers(key, value, outcome_.response_headers);
    } else if (key == "timeout_ms") {
      Equal(key, value.Text(), Optional(outcome_.timeout_ms));
    } else if (key == "mirrors") {
      Mirrors(value);
    } else if (key == "retry") {
      Retry(value);
    } else {
      Differ(StrCat(value.Where(), ": unknown expectation ", key));
    }
  }

  // Weight compares a choice with the destinations in the order of their weights: a number takes
  // the remainder by their sum.
  bool Weight(const std::vector<Chosen>& expected, const Outcome& outcome) {
    const Chosen& want = expected[outcome.random % expected.size()];
    if (outcome.destination == want) return true;
    Differ(StrCat("weights: number ", outcome.random, " chooses ",
                  outcome.destination ? Text(*outcome.destination) : "nothing", ", not ",
                  Text(want)));
    return false;
  }

  // ReadWeights returns the destination of each number below the sum of the weights.
  std::vector<Chosen> ReadWeights(const CaseNode& value) {
    std::vector<Chosen> expected;
    for (const CaseNode& item : value.items) {
      OnlyKeys(item, {"destination", "weight"});
      expected.insert(expected.end(), static_cast<size_t>(item["weight"].Int()),
                      ReadDestination(item["destination"]));
    }
    if (expected.empty()) Differ(StrCat(value.Where(), ": no weights"));
    return expected;
  }

 private:
  template <typename T>
  static std::string Optional(const std::optional<T>& value) {
    return value ? StrCat(*value) : "none";
  }
  static std::string Optional(const std::optional<bool>& value) {
    return value ? (*value ? "1" : "0") : "none";
  }

  void Differ(std::string clause) { verdict_.differences.push_back(std::move(clause)); }

  void Equal(std::string_view key, const std::string& expected, const std::string& actual) {
    if (expected != actual) Differ(StrCat(key, ": expected ", expected, ", is ", actual));
  }

  void OnlyKeys(const CaseNode& node, std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : node.fields) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        Differ(StrCat(value.Where(), ": unknown key ", key));
      }
    }
  }

  Chosen ReadDestination(const CaseNode& node) {
    OnlyKeys(node, {"host", "port", "subset"});
    return {node["host"].Text(), static_cast<uint16_t>(node["port"].Int()), node["subset"].Text()};
  }

  void Headers(std::string_view key, const CaseNode& expected,
               const std::optional<HeaderLines>& lines) {
    if (!lines) return Differ(StrCat(key, ": none"));
    for (const auto& [name, value] : expected.fields) {
      if (!executor_.Sees(name)) continue;
      std::optional<std::string> joined;
      for (const auto& [line_name, line] : *lines) {
        if (!EqualsIgnoreCase(line_name, name)) continue;
        joined = joined ? StrCat(*joined, ",", line) : line;
      }
      Equal(StrCat(key, " ", name), value.IsNull() ? "absent" : StrCat("\"", value.Text(), "\""),
            joined ? StrCat("\"", *joined, "\"") : "absent");
    }
  }

  void Mirrors(const CaseNode& expected) {
    std::string want;
    std::string have;
    for (uint32_t i = 0; const CaseNode& item : expected.items) {
      OnlyKeys(item, {"destination", "percentage"});
      const std::string mirror = Text(ReadDestination(item["destination"]));
      const double percentage = item["percentage"].Double(100);
      const auto millionths = static_cast<uint32_t>(std::lround(percentage * 10'000));
      if (!outcome_.copies) {
        StrAppend(&want, mirror, " ", percentage, "%; ");
      } else if (Rolls(outcome_.random, Die::kMirror, i, millionths)) {
        StrAppend(&want, mirror, "; ");
      }
      ++i;
    }
    if (outcome_.copies) {
      for (const Chosen& copy : *outcome_.copies) StrAppend(&have, Text(copy), "; ");
    } else if (outcome_.mirrors) {
      for (const Outcome::Mirror& mirror : *outcome_.mirrors) {
        StrAppend(&have, Text(mirror.destination), " ", mirror.percentage, "%; ");
      }
    } else {
      have = "unknown";
    }
    Equal("mirrors", want, have);
  }

  // What was tried again, failure by failure, against what the policy says.
  void RetriesMade(const CaseNode& expected, const Outcome::Retries& retries) {
    static const CaseNode& nothing = *new CaseNode;
    const bool disabled = expected.IsScalar() && expected.Text() == "disabled";
    const CaseNode& policy = disabled ? nothing : expected;
    const std::vector<std::string> on = policy["on"].Texts();
    const std::vector<std::string> codes = policy["codes"].Texts();
    const auto listed = [](const std::vector<std::string>& list, std::string_view text) {
      return std::find(list.begin(), list.end(), text) != list.end();
    };
    for (const RetryFailure& failure : RetryFailures()) {
      bool again = listed(on, "retriable-status-codes") && listed(codes, StrCat(failure.code));
      for (const std::string_view condition : failure.conditions) again |= listed(on, condition);
      Equal(StrCat("retries after ", failure.name), again ? policy["attempts"].Text() : "0",
            StrCat(retries.made.at(std::string(failure.name))));
    }
    if (const CaseNode* timeout = policy.Find("per_try_timeout_ms")) {
      Equal("retry.per_try_timeout_ms", timeout->Text(), StrCat(retries.per_try_timeout_ms));
    }
  }

  void Retry(const CaseNode& expected) {
    if (outcome_.retries) return RetriesMade(expected, *outcome_.retries);
    if (expected.IsScalar()) {
      if (expected.Text() != "disabled") Differ(StrCat(expected.Where(), ": unknown retry"));
      if (!outcome_.retries_disabled) Differ("retry: expected to be disabled");
      return;
    }
    OnlyKeys(expected, {"attempts", "on", "codes", "per_try_timeout_ms"});
    if (!outcome_.retry) return Differ("retry: disabled");
    const Outcome::Retry& retry = *outcome_.retry;
    if (const CaseNode* attempts = expected.Find("attempts")) {
      Equal("retry.attempts", attempts->Text(), StrCat(retry.attempts));
    }
    if (const CaseNode* on = expected.Find("on")) {
      Equal("retry.on", Sorted(on->Texts()), Sorted(retry.on));
    }
    if (const CaseNode* codes = expected.Find("codes")) {
      std::vector<std::string> texts;
      for (const int64_t code : retry.codes) texts.push_back(StrCat(code));
      Equal("retry.codes", Sorted(codes->Texts()), Sorted(texts));
    }
    if (const CaseNode* timeout = expected.Find("per_try_timeout_ms")) {
      Equal("retry.per_try_timeout_ms", timeout->Text(), StrCat(retry.per_try_timeout_ms));
    }
  }

  static std::string Sorted(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    std::string joined;
    for (const std::string& text : texts) StrAppend(&joined, text, " ");
    return joined;
  }

  const ScenarioExecutor& executor_;
  const Outcome& outcome_;
  Verdict verdict_;
};

}  // namespace

Verdict Judge(ScenarioExecutor& executor, const std::shared_ptr<const Snapshot>& snapshot,
              const ScenarioProbe& probe) {
  const Outcome outcome = executor.Run(snapshot, probe, 0);
  Comparison comparison(executor, outcome);
  for (const auto& [key, value] : probe.expect.fields) {
    if (key != "weights") {
      comparison.Expect(key, value);
      continue;
    }
    const std::vector<Chosen> expected = comparison.ReadWeights(value);
    const size_t chances = executor.Chances(expected.size());
    for (uint64_t random = 0; random < chances; ++random) {
      if (!comparison.Weight(expected, executor.Run(snapshot, probe, random))) break;
    }
  }
  // A probe that expects to be served is not content with a close.
  if (!probe.expect.Has("close") && !outcome.close.empty()) {
    comparison.Expect("close", CaseNode());
  }
  return std::move(comparison).verdict();
}

}  // namespace postern
