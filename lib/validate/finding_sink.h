// Where the rules report what they find in one resource: the sink adds what all findings about it
// share. What is wrong is for the *_rules files; their order is lib/model/diagnostic.h's.

#ifndef POSTERN_VALIDATE_FINDING_SINK_H_
#define POSTERN_VALIDATE_FINDING_SINK_H_

#include <string>
#include <string_view>
#include <utility>

#include "lib/base/strings.h"
#include "lib/model/field_path.h"
#include "lib/validate/finding_list.h"
#include "lib/validate/rule.h"
#include "postern/diagnostic.h"
#include "postern/metadata.h"

namespace postern {

// A FindingSink takes the findings about one resource. It borrows all that it is given.
class FindingSink {
 public:
  FindingSink(std::string_view kind, const Metadata& metadata, const SourceMap& source,
              FindingList* findings)
      : kind_(kind), metadata_(metadata), source_(source), findings_(findings) {}

  FindingSink(const FindingSink&) = delete;
  FindingSink& operator=(const FindingSink&) = delete;

  const Metadata& metadata() const { return metadata_; }

  // Report adds that the value at `path` breaks `rule`; `message` is the pieces of one clause.
  template <typename... Pieces>
  void Report(const Rule& rule, const FieldPath& path, const Pieces&... message) const {
    Add(rule, path, message...);
  }

  // ReportAgainst is Report for a value that clashes with the one at `other` of this resource.
  template <typename... Pieces>
  void ReportAgainst(const Rule& rule, const FieldPath& path, const FieldPath& other,
                     const Pieces&... message) const {
    if (Diagnostic* finding = Add(rule, path, message...)) finding->other = PlaceOf(other);
  }

  // ReportAgainst is Report for a value that clashes with one of another resource.
  template <typename... Pieces>
  void ReportAgainst(const Rule& rule, const FieldPath& path, Diagnostic::Place other,
                     const Pieces&... message) const {
    if (Diagnostic* finding = Add(rule, path, message...)) finding->other = std::move(other);
  }

  // PlaceOf returns the place of `path` in this resource.
  Diagnostic::Place PlaceOf(const FieldPath& path) const;

 private:
  // Add returns the finding; nullptr if its rule has too many already.
  template <typename... Pieces>
  Diagnostic* Add(const Rule& rule, const FieldPath& path, const Pieces&... message) const {
    Diagnostic* finding = findings_->Add(rule, metadata_);
    if (finding == nullptr) return nullptr;
    Diagnostic::Place place = PlaceOf(path);
    finding->resource = std::move(place.resource);
    finding->path = std::move(place.path);
    finding->where = std::move(place.where);
    finding->message = StrCat(message...);
    return finding;
  }
  std::string Resource() const;

  std::string_view kind_;
  const Metadata& metadata_;
  const SourceMap& source_;
  FindingList* findings_;
};

}  // namespace postern

#endif  // POSTERN_VALIDATE_FINDING_SINK_H_
