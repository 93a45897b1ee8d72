#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/postern/json_writer.h"
#include "examples/postern/lint_report.h"

namespace postern {
namespace {

// An Entry is one resource, or one file as a whole, and what was found about it.
struct Entry {
  SourceLocation where;
  std::string kind;
  std::string ns;
  std::string name;
  std::vector<const Diagnostic*> findings;
};

// An EntryList holds the resources in the order of their places.
class EntryList {
 public:
  template <typename Resource>
  void Add(std::string_view kind, const std::vector<Resource>& resources) {
    for (const Resource& resource : resources) {
      entries_.push_back({resource.source.Find(""),
                          std::string(kind),
                          resource.metadata.ns,
                          resource.metadata.name,
                          {}});
    }
  }

  // Sort is for when all are added; Find may then be asked.
  void Sort() {
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.where.file, a.where.line) < std::tie(b.where.file, b.where.line);
    });
    for (size_t i = 0; i < entries_.size(); ++i) index_[KeyOf(entries_[i])].push_back(i);
  }

  // Find returns the entry that `finding` is about: of several with one name, the one that begins
  // last before it. A resource that could not be read is a new entry.
  Entry& Find(const Diagnostic& finding) {
    std::vector<size_t>& candidates = index_[{finding.where.file, finding.resource}];
    if (candidates.empty()) {
      candidates.push_back(entries_.size());
      entries_.push_back(EntryOf(finding));
    }
    size_t best = candidates.front();
    for (const size_t candidate : candidates) {
      if (entries_[candidate].where.line <= finding.where.line) best = candidate;
    }
    return entries_[best];
  }

  const std::vector<Entry>& entries() const { return entries_; }

 private:
  using Key = std::pair<std::string, std::string>;  // The file, and "Kind namespace/name".

  static Key KeyOf(const Entry& entry) {
    return {entry.where.file, entry.kind + " " + entry.ns + "/" + entry.name};
  }

  static Entry EntryOf(const Diagnostic& finding) {
    Entry entry;
    entry.where = finding.where;
    const std::string_view resource = finding.resource;
    const size_t space = resource.find(' ');
    if (space == resource.npos) {
      entry.kind = resource;
      return entry;
    }
    const size_t slash = std::min(resource.find('/', space), resource.size());
    entry.kind = resource.substr(0, space);
    entry.ns = resource.substr(space + 1, slash - space - 1);
    entry.name = resource.substr(std::min(slash + 1, resource.size()));
    return entry;
  }

  std::vector<Entry> entries_;
  std::map<Key, std::vector<size_t>> index_;
};

void WriteFindings(const Entry& entry, Severity severity, JsonWriter* json) {
  json->BeginList();
  for (const Diagnostic* finding : entry.findings) {
    if (finding->severity != severity) continue;
    json->BeginObject()
        .Member("rule", finding->rule)
        .Member("path", finding->path)
        .Member("line", finding->where.line)
        .Member("column", finding->where.column)
        .Member("message", finding->message)
        .EndObject();
  }
  json->EndList();
}

}  // namespace

std::string LintJson(const LintReport& report) {
  EntryList entries;
  entries.Add("Gateway", report.config.gateways);
  entries.Add("VirtualService", report.config.virtual_services);
  entries.Add("DestinationRule", report.config.destination_rules);
  entries.Add("ServiceEntry", report.config.service_entries);
  entries.Add("WorkloadEntry", report.config.workload_entries);
  entries.Add("Secret", report.config.secrets);
  entries.Add("ConfigMap", report.config.config_maps);
  entries.Add("Service", report.config.services);
  entries.Add("EndpointSlice", report.config.endpoint_slices);
  entries.Sort();
  for (const Diagnostic& finding : report.findings) {
    if (finding.severity != Severity::kInfo) entries.Find(finding).findings.push_back(&finding);
  }
  std::string out;
  for (const Entry& entry : entries.entries()) {
    const bool valid = std::none_of(
        entry.findings.begin(), entry.findings.end(),
        [](const Diagnostic* finding) { return finding->severity == Severity::kError; });
    JsonWriter json;
    json.BeginObject()
        .Member("file", entry.where.file.empty() ? std::string("-") : entry.where.file)
        .Member("kind", entry.kind)
        .Member("namespace", entry.ns)
        .Member("name", entry.name)
        .Member("valid", valid);
    json.Key("errors");
    WriteFindings(entry, Severity::kError, &json);
    json.Key("warnings");
    WriteFindings(entry, Severity::kWarning, &json);
    json.EndObject();
    out += std::move(json).Build() + "\n";
  }
  return out;
}

}  // namespace postern
