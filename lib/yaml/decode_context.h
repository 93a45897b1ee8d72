// What the readers of one resource share: its tree, its findings, what it may still use. How
// single fields are read is in lib/yaml/field_reader.h.

#ifndef POSTERN_YAML_DECODE_CONTEXT_H_
#define POSTERN_YAML_DECODE_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/model/field_path.h"
#include "lib/yaml/memory_budget.h"
#include "lib/yaml/value_tree.h"
#include "postern/config.h"

namespace postern {

// A DecodeField is one field of a map that is being read.
struct DecodeField {
  std::string_view name;
  uint32_t key = 0;  // Of the tree, both.
  uint32_t value = 0;
  bool used = false;
};

// A DecodeContext is of one resource.
class DecodeContext {
 public:
  // All arguments outlive the context; `findings` are added to.
  DecodeContext(const DecodeOptions& options, std::string_view file, const ValueTree& tree,
                MemoryBudget* memory, std::vector<Diagnostic>* findings)
      : options_(options), file_(file), tree_(tree), memory_(*memory), findings_(*findings) {}

  const ValueTree& tree() const { return tree_; }
  bool strict() const { return options_.mode == DecodeOptions::Mode::kStrict; }
  std::string_view default_namespace() const { return options_.default_namespace; }

  // failed says that an error was added: the resource must not be used.
  bool failed() const { return errors_ > 0; }

  // set_resource names the resource in the findings added from now on.
  void set_resource(std::string resource) { resource_ = std::move(resource); }

  // set_secret keeps the values read from now on out of the findings.
  void set_secret(bool secret) { secret_ = secret; }
  bool secret() const { return secret_; }

  // Add adds a finding about the value at `value`, an index of the tree.
  void Add(Severity severity, std::string_view rule, const FieldPath& path, uint32_t value,
           std::string message);
  void Error(std::string_view rule, const FieldPath& path, uint32_t value, std::string message) {
    Add(Severity::kError, rule, path, value, std::move(message));
  }

  // Take counts memory that the resource is about to use; false: there is none left, and the text
  // is lost.
  bool Take(size_t bytes) { return memory_.Take(bytes); }

  // fields is the stack of the maps that are being read, each on top of its parent.
  std::vector<DecodeField>& fields() { return fields_; }

 private:
  const DecodeOptions& options_;
  const std::string_view file_;
  const ValueTree& tree_;
  MemoryBudget& memory_;
  std::vector<Diagnostic>& findings_;
  std::string resource_;
  std::vector<DecodeField> fields_;
  size_t errors_ = 0;
  size_t added_ = 0;
  bool secret_ = false;
};

}  // namespace postern

#endif  // POSTERN_YAML_DECODE_CONTEXT_H_
