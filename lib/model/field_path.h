// The path of a field, built step by step while walking a resource and spelled only when a finding
// needs it. Where the field was written is for SourceMap to say.

#ifndef POSTERN_MODEL_FIELD_PATH_H_
#define POSTERN_MODEL_FIELD_PATH_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace postern {

// A FieldPath is one step below its parent, which it borrows together with the step's name: both
// must outlive it. So a step is never taken from a temporary (that does not compile):
//
//   const FieldPath spec("spec");
//   const FieldPath server = spec.Field("servers", i);
//   const FieldPath hosts = server.Field("hosts");      // spec.servers[2].hosts
class FieldPath {
 public:
  // FieldPath is the top of a document: its text is empty.
  FieldPath() = default;

  // FieldPath of a name is a field at the top of a document.
  explicit FieldPath(std::string_view name) : name_(name), step_(Step::kField) {}

  // Field is the field `name`, or the element `index` of the list in the field `name`.
  FieldPath Field(std::string_view name) const& { return {this, name, Step::kField, 0}; }
  FieldPath Field(std::string_view name, size_t index) const& {
    return {this, name, Step::kFieldElement, index};
  }
  // Element is the element `index` of this list.
  FieldPath Element(size_t index) const& { return {this, {}, Step::kElement, index}; }
  // Key is the value of `key` in this map from strings.
  FieldPath Key(std::string_view key) const& { return {this, key, Step::kKey, 0}; }

  FieldPath Field(std::string_view name) const&& = delete;
  FieldPath Field(std::string_view name, size_t index) const&& = delete;
  FieldPath Element(size_t index) const&& = delete;
  FieldPath Key(std::string_view key) const&& = delete;

  // ToString spells the path as SourceMap::Find takes it:
  // "spec.http[2].match[0].headers[end-user].exact".
  std::string ToString() const;

 private:
  enum class Step { kTop, kField, kFieldElement, kElement, kKey };

  FieldPath(const FieldPath* parent, std::string_view name, Step step, size_t index)
      : parent_(parent), name_(name), index_(index), step_(step) {}

  const FieldPath* parent_ = nullptr;
  std::string_view name_;
  size_t index_ = 0;
  Step step_ = Step::kTop;
};

}  // namespace postern

#endif  // POSTERN_MODEL_FIELD_PATH_H_
