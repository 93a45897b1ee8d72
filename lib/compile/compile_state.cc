#include "lib/compile/compile_state.h"

#include <utility>

#include "lib/base/strings.h"
#include "lib/compile/cluster_compiler.h"

namespace postern {
namespace {

// Names returns whether `resource` is "<kind> <namespace>/<name>" of `metadata`.
bool Names(std::string_view resource, std::string_view kind, const Metadata& metadata) {
  const size_t slash = kind.size() + 1 + metadata.ns.size();
  return resource.size() == slash + 1 + metadata.name.size() && resource.starts_with(kind) &&
         resource[kind.size()] == ' ' &&
         resource.substr(kind.size() + 1).starts_with(metadata.ns) && resource[slash] == '/' &&
         resource.ends_with(metadata.name);
}

}  // namespace

CompileState::CompileState(const Config& from, const SnapshotOptions& with, SnapshotTables& into)
    : config(from),
      options(with),
      tables(into),
      clusters(std::make_unique<ClusterCompiler>(*this)) {}

CompileState::~CompileState() = default;

Provenance CompileState::Origin(std::string_view kind, const Metadata& metadata,
                                const SourceMap& source, std::string_view path) {
  const SourceLocation where = source.Find(path);
  if (!Names(last_place.resource, kind, metadata)) {
    last_place.resource = tables.text.Intern(StrCat(kind, " ", metadata.ns, "/", metadata.name));
  }
  if (last_place.file != where.file) last_place.file = tables.text.Intern(where.file);
  Provenance origin = last_place;
  origin.path = tables.text.Intern(path);
  origin.line = where.line;
  origin.column = where.column;
  return origin;
}

Provenance CompileState::Origin(const ServerRef& server) {
  return Origin("Gateway", server.gateway->metadata, server.gateway->source,
                StrCat("spec.servers[", server.index, "]"));
}

void CompileState::Report(const ReportRule& rule, const Provenance& at, std::string message,
                          std::optional<WitnessSketch> sketch) {
  findings.push_back(
      {{MakeDiagnostic(rule, at, std::move(message)), std::nullopt}, std::move(sketch)});
}

void CompileState::ReportLoss(const ReportRule& rule, const Provenance& at, std::string message,
                              const Provenance& winner, std::optional<WitnessSketch> sketch) {
  Report(rule, at, std::move(message), std::move(sketch));
  findings.back().finding.diagnostic.other =
      Diagnostic::Place{std::string(winner.resource), std::string(winner.path), winner.location()};
}

bool CompileState::IsFirst(const ReportRule& rule, const Provenance& at) {
  return reported.insert(StrCat(rule.id, " ", at.resource, " ", at.path)).second;
}

void CompileState::CountRoutes(size_t count) {
  route_count += count;
  if (status.ok() && route_count > options.max_routes) {
    status = ResourceExhausted("max_routes: more than ", options.max_routes, " routes");
  }
}

}  // namespace postern
