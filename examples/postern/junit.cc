#include "examples/postern/junit.h"

#include <algorithm>

namespace postern {
namespace {

// Escaped returns `text` as an attribute or content; what XML cannot hold becomes "?".
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return escaped;
}

}  // namespace

std::string JunitXml(std::string_view name, const std::vector<TestResult>& results) {
  const auto failed = std::count_if(results.begin(), results.end(), [](const TestResult& result) {
    return !result.failures.empty();
  });
  const std::string counts = " tests=\"" + std::to_string(results.size()) + "\" failures=\"" +
                             std::to_string(failed) + "\"";
  const std::string suite = Escaped(name);
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts + ">\n";
  xml += "  <testsuite name=\"" + suite + "\"" + counts + ">\n";
  for (const TestResult& result : results) {
    xml += "    <testcase classname=\"" + suite + "\" name=\"" + Escaped(result.name) + "\"";
    if (result.failures.empty()) {
      xml += "/>\n";
      continue;
    }
    xml += ">\n";
    for (const std::string& failure : result.failures) {
      xml += "      <failure message=\"" + Escaped(failure) + "\"/>\n";
    }
    xml += "    </testcase>\n";
  }
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace postern
