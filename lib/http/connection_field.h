// What a Connection field says. Removing what it nominates is left to lib/http/hygiene.h.

#ifndef POSTERN_HTTP_CONNECTION_FIELD_H_
#define POSTERN_HTTP_CONNECTION_FIELD_H_

#include <span>
#include <string_view>

#include "postern/decision.h"

namespace postern {

// A ConnectionField is the options of all Connection and Proxy-Connection fields of a message.
struct ConnectionField {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;  // Connection only.
};

// ReadConnection reads the options of `fields`.
ConnectionField ReadConnection(std::span<const HeaderView> fields);

// MayNominate returns whether the client may ask for the removal of what the options of `fields`
// name: less than ten options, none that names a field which framing, routing or trust rests upon,
// and TE only if it is shorter than 256 bytes (engine.md 1.5, 9.2 row 14).
bool MayNominate(std::span<const HeaderView> fields);

// ForEachOption calls `visit` with each option of a Connection value, trimmed and not empty.
template <typename Visitor>
void ForEachOption(std::string_view value, Visitor visit) {
  while (!value.empty()) {
    const size_t comma = value.find(',');
    std::string_view option = value.substr(0, comma);
    value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
    const size_t begin = option.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    option = option.substr(begin, option.find_last_not_of(" \t") - begin + 1);
    visit(option);
  }
}

}  // namespace postern

#endif  // POSTERN_HTTP_CONNECTION_FIELD_H_
