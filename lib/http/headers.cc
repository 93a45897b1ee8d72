#include "lib/http/headers.h"

#include <algorithm>

#include "lib/base/find_header.h"

namespace postern {

std::optional<std::string_view> HeaderList::Search(std::string_view name) const {
  return FindHeader(fields_, name);
}

size_t HeaderList::Count(std::string_view name) const {
  if (!may_hold(NameMark(name))) return 0;
  return static_cast<size_t>(
      std::count_if(fields_.begin(), fields_.end(),
                    [name](const HeaderView& field) { return field.name == name; }));
}

std::string_view HeaderList::Joined(std::string_view name) {
  if (!may_hold(NameMark(name))) return {};
  std::optional<std::string_view> joined;
  for (const HeaderView& field : fields_) {
    if (field.name != name) continue;
    if (!joined || joined->empty()) {
      joined = field.value;
    } else if (!field.value.empty()) {
      joined = text_.Concat({*joined, ",", field.value});
    }
  }
  return joined.value_or(std::string_view());
}

bool HeaderList::Replace(std::string_view name, std::string_view value) {
  bool set = false;
  RemoveIf([&](HeaderView& field) {
    if (field.name != name) return false;
    if (set) return true;
    field.value = value;
    set = true;
    return false;
  });
  return set;
}

}  // namespace postern
