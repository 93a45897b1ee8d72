// Test results in the XML that build servers read. Who ran the tests is for
// examples/postern/test.cc.

#ifndef POSTERN_EXAMPLES_POSTERN_JUNIT_H_
#define POSTERN_EXAMPLES_POSTERN_JUNIT_H_

#include <string>
#include <string_view>
#include <vector>

namespace postern {

// A TestResult is one test: passed if nothing failed.
struct TestResult {
  std::string name;
  std::vector<std::string> failures;
};

// JunitXml returns one `testsuites` element with the suite `name`.
std::string JunitXml(std::string_view name, const std::vector<TestResult>& results);

}  // namespace postern

#endif  // POSTERN_EXAMPLES_POSTERN_JUNIT_H_
