#include "lib/model/field_path.h"

#include "lib/base/strings.h"

namespace postern {

std::string FieldPath::ToString() const {
  std::string text = parent_ == nullptr ? std::string() : parent_->ToString();
  if (step_ == Step::kField || step_ == Step::kFieldElement) {
    if (!text.empty()) text += '.';
    text += name_;
  }
  if (step_ == Step::kFieldElement || step_ == Step::kElement) StrAppend(&text, "[", index_, "]");
  if (step_ == Step::kKey) StrAppend(&text, "[", name_, "]");
  return text;
}

}  // namespace postern
