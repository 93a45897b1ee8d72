#include "lib/compile/header_compiler.h"

#include <array>
#include <map>
#include <string>

#include "lib/base/strings.h"

namespace postern {
namespace {

using Values = std::map<std::string, std::string>;

bool IsHost(std::string_view name) {
  return EqualsIgnoreCase(name, "host") || EqualsIgnoreCase(name, ":authority");
}

bool IsProtected(std::string_view name) { return name.starts_with(':') || IsHost(name); }

void Append(HeaderOp::Kind kind, const Values& values, StringPool& text,
            std::vector<HeaderOp>* ops) {
  for (const auto& [name, value] : values) {
    if (IsProtected(name)) continue;
    ops->push_back({kind, text.Intern(AsciiLower(name)), text.Intern(value)});
  }
}

}  // namespace

const HeaderOperations* RequestOperations(const Boxed<Headers>& headers) {
  return headers && headers->request ? &*headers->request : nullptr;
}

const HeaderOperations* ResponseOperations(const Boxed<Headers>& headers) {
  return headers && headers->response ? &*headers->response : nullptr;
}

std::vector<HeaderOp> CompileOperations(const HeaderOperations* first,
                                        const HeaderOperations* second, StringPool& text) {
  std::vector<HeaderOp> ops;
  const std::array<const HeaderOperations*, 2> lists = {first, second};
  for (const HeaderOperations* list : lists) {
    if (list == nullptr) continue;
    for (const std::string& name : list->remove) {
      if (IsProtected(name)) continue;
      ops.push_back({HeaderOp::Kind::kRemove, text.Intern(AsciiLower(name)), {}});
    }
  }
  for (const HeaderOperations* list : lists) {
    if (list != nullptr) Append(HeaderOp::Kind::kSet, list->set, text, &ops);
  }
  for (const HeaderOperations* list : lists) {
    if (list != nullptr) Append(HeaderOp::Kind::kAdd, list->add, text, &ops);
  }
  return ops;
}

std::string_view AuthorityOf(const HeaderOperations* operations, StringPool& text) {
  if (operations == nullptr) return {};
  for (const Values* values : {&operations->set, &operations->add}) {
    for (const auto& [name, value] : *values) {
      if (IsHost(name)) return text.Intern(value);
    }
  }
  return {};
}

}  // namespace postern
