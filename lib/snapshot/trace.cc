#include <string>
#include <string_view>

#include "lib/base/json.h"
#include "lib/base/strings.h"
#include "postern/decision.h"

namespace postern {
namespace {

std::string_view StageName(TraceStep::Stage stage) {
  switch (stage) {
    case TraceStep::Stage::kListener:
      return "listener";
    case TraceStep::Stage::kServerName:
      return "server name";
    case TraceStep::Stage::kChain:
      return "chain";
    case TraceStep::Stage::kVirtualHost:
      return "virtual host";
    case TraceStep::Stage::kRoute:
      return "route";
    case TraceStep::Stage::kAction:
      return "action";
  }
  return "";
}

}  // namespace

std::string Trace::ToText() const {
  std::string text;
  for (const TraceStep& step : steps) {
    StrAppend(&text, step.matched ? "+ " : "- ", StageName(step.stage), " ", step.subject);
    if (!step.reason.empty()) StrAppend(&text, ": ", step.reason);
    const std::string where = step.where.ToString();
    if (!step.resource.empty() || !where.empty()) {
      const std::string_view between = step.resource.empty() || where.empty() ? "" : " ";
      StrAppend(&text, "  (", step.resource, between, where, ")");
    }
    text += "\n";
  }
  return text;
}

std::string Trace::ToJson() const {
  std::string json = "[";
  for (const TraceStep& step : steps) {
    StrAppend(&json, json.size() == 1 ? "\n" : ",\n",
              "  {\"stage\": ", JsonQuote(StageName(step.stage)),
              ", \"matched\": ", step.matched ? "true" : "false",
              ", \"subject\": ", JsonQuote(step.subject), ", \"reason\": ", JsonQuote(step.reason),
              ", \"resource\": ", JsonQuote(step.resource), ", \"path\": ", JsonQuote(step.path),
              ", \"where\": {\"file\": ", JsonQuote(step.where.file),
              ", \"line\": ", step.where.line, ", \"column\": ", step.where.column, "}}");
  }
  json += json.size() == 1 ? "]\n" : "\n]\n";
  return json;
}

}  // namespace postern
