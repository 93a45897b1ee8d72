#include <map>
#include <string>
#include <string_view>

#include "examples/postern/json_writer.h"
#include "examples/postern/lint_report.h"
#include "lib/compile/report_rules.h"
#include "lib/validate/rules.h"
#include "lib/yaml/decode_rules.h"

namespace postern {
namespace {

std::string_view LevelOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      break;
  }
  return "note";
}

// UriOf returns a relative or absolute path as a URI reference.
std::string UriOf(std::string_view path) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (kPlain.find(c) != kPlain.npos) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri.empty() ? "stdin" : uri;
}

// A SarifRule is what is known of one rule, of reading, of validating or of building.
struct SarifRule {
  std::string_view what;
  std::string_view why;
  Severity severity = Severity::kError;
};

SarifRule DescribeRule(std::string_view id) {
  if (const Rule* rule = FindRule(id)) return {rule->what, rule->why, rule->severity};
  for (const DecodeRule& rule : DecodeRules()) {
    if (rule.id == id) return {rule.what, {}, rule.severity};
  }
  if (const ReportRule* rule = FindReportRule(id)) return {rule->what, {}, rule->severity};
  return {id, {}};
}

void WriteRules(const std::map<std::string_view, int>& rules, JsonWriter* json) {
  json->Key("rules").BeginList();
  for (const auto& [id, index] : rules) {
    const SarifRule rule = DescribeRule(id);
    json->BeginObject().Member("id", id);
    json->Key("shortDescription").BeginObject().Member("text", rule.what).EndObject();
    if (!rule.why.empty()) {
      json->Key("help").BeginObject().Member("text", rule.why).EndObject();
    }
    json->Key("defaultConfiguration").BeginObject().Member("level", LevelOf(rule.severity));
    json->EndObject().EndObject();
  }
  json->EndList();
}

// WriteLocation writes a place in a file, and the field of the resource that is meant.
void WriteLocation(const SourceLocation& where, std::string_view resource, std::string_view path,
                   SourceLines& lines, JsonWriter* json) {
  json->BeginObject();
  json->Key("physicalLocation").BeginObject();
  json->Key("artifactLocation").BeginObject().Member("uri", UriOf(where.file)).EndObject();
  if (where.line > 0) {
    json->Key("region").BeginObject().Member("startLine", where.line);
    if (where.column > 0) json->Member("startColumn", lines.ColumnInCharacters(where));
    json->EndObject();
  }
  json->EndObject();
  if (!resource.empty()) {
    std::string name(resource);
    if (!path.empty()) name.append(" ").append(path);
    json->Key("logicalLocations").BeginList();
    json->BeginObject().Member("fullyQualifiedName", name).EndObject();
    json->EndList();
  }
  json->EndObject();
}

void WriteResult(const Diagnostic& finding, int rule_index, SourceLines& lines, JsonWriter* json) {
  json->BeginObject()
      .Member("ruleId", finding.rule)
      .Member("ruleIndex", rule_index)
      .Member("level", LevelOf(finding.severity));
  json->Key("message").BeginObject().Member("text", finding.message).EndObject();
  json->Key("locations").BeginList();
  WriteLocation(finding.where, finding.resource, finding.path, lines, json);
  json->EndList();
  if (finding.other) {
    json->Key("relatedLocations").BeginList();
    WriteLocation(finding.other->where, finding.other->resource, finding.other->path, lines, json);
    json->EndList();
  }
  json->EndObject();
}

}  // namespace

std::string LintSarif(const LintReport& report, SourceLines& lines) {
  std::map<std::string_view, int> rules;
  for (const Diagnostic& finding : report.findings) rules[finding.rule] = 0;
  int next = 0;
  for (auto& [id, index] : rules) index = next++;

  JsonWriter json;
  json.BeginObject()
      .Member("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
      .Member("version", "2.1.0");
  json.Key("runs").BeginList().BeginObject();
  json.Key("tool").BeginObject().Key("driver").BeginObject().Member("name", "postern lint");
  WriteRules(rules, &json);
  json.EndObject().EndObject();
  json.Member("columnKind", "unicodeCodePoints");
  json.Key("results").BeginList();
  for (const Diagnostic& finding : report.findings) {
    WriteResult(finding, rules[finding.rule], lines, &json);
  }
  json.EndList().EndObject().EndList().EndObject();
  return std::move(json).Build() + "\n";
}

}  // namespace postern
