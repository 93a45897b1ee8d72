// What the files of wire cases have in common: reading a row, and checking what came of it. Feeding
// bytes is for transcript.h.

#ifndef POSTERN_TESTS_WIRE_CASE_FILE_H_
#define POSTERN_TESTS_WIRE_CASE_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/case_reader.h"
#include "tests/wire/http_text.h"

namespace postern {

// ReadWireCases reads tests/testdata/wire_cases/NAME.
CaseNode ReadWireCases(const std::string& name);

// CaseInput returns the bytes of a row.
std::string CaseInput(const CaseNode& row);

// CaseExpected returns what must hold of `row`: `expect` with the members of `postern` in it; null
// takes one away. With a `level`, `postern` holds for proxies of that level only.
CaseNode CaseExpected(const CaseNode& row, std::string_view level = "codec");

// CheckKeys fails the test for each key that is not `known`.
void CheckKeys(const CaseNode& map, std::vector<std::string_view> known);

// CheckField checks a field's value: text, "<fresh uuid4>", or text with "<peer>" in it.
void CheckField(std::string_view name, const std::string& expected, const TextMessage& message);

// CheckForwarded checks a request that an upstream got, by all but its path.
void CheckForwarded(const CaseNode& expect, const TextMessage& request);

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_CASE_FILE_H_
