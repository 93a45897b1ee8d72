// The yardstick of reading: what yaml-cpp alone takes for a text.

#ifndef POSTERN_BENCHMARKS_YAML_BARE_EVENTS_H_
#define POSTERN_BENCHMARKS_YAML_BARE_EVENTS_H_

#include <string>

namespace postern {

// ParseBare runs yaml-cpp's event parser over the whole text, with a handler that does nothing.
void ParseBare(const std::string& text);

}  // namespace postern

#endif  // POSTERN_BENCHMARKS_YAML_BARE_EVENTS_H_
