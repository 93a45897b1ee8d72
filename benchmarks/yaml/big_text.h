// The configuration that every benchmark of the way from text to decision is measured with.

#ifndef POSTERN_BENCHMARKS_YAML_BIG_TEXT_H_
#define POSTERN_BENCHMARKS_YAML_BIG_TEXT_H_

#include <string>

namespace postern {

// BigText returns one Gateway of `hosts` HTTPS servers and one VirtualService for each, in YAML as
// kubectl prints it: 7.4 MB for 10,000.
std::string BigText(int hosts);

}  // namespace postern

#endif  // POSTERN_BENCHMARKS_YAML_BIG_TEXT_H_
