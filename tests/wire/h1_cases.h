// The wire cases of HTTP/1, against any proxy: the bytes of a client and those of an upstream.

#ifndef POSTERN_TESTS_WIRE_H1_CASES_H_
#define POSTERN_TESTS_WIRE_H1_CASES_H_

#include <string>

#include "tests/wire/transcript.h"

namespace postern {

// RunClientCases runs each row of a file of client bytes, in every cut, and prints how many.
void RunClientCases(const std::string& name, const MakeProxy& make);

// RunUpstreamCases does so for h1_upstream.yaml.
void RunUpstreamCases(const MakeProxy& make);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_H1_CASES_H_
