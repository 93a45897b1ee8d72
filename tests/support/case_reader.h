// Reads the YAML files of tests/testdata for the tests that run a folder: a plain tree of nodes
// with their lines. It is no part of the library, whose own reader is under test.

#ifndef POSTERN_TESTS_SUPPORT_CASE_READER_H_
#define POSTERN_TESTS_SUPPORT_CASE_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace postern {

struct CaseField;

// A CaseNode is one value of a test file. Asking it for what it is not ends the test program with
// a message: test data that is not understood must fail.
class CaseNode {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;     // Of a scalar.
  bool quoted = false;  // The scalar was quoted or a block, and so is text whatever it looks like.
  std::string file;
  int line = 0;                   // From 1; 0 for what is not there.
  std::vector<CaseNode> items;    // Of a list.
  std::vector<CaseField> fields;  // Of a map, as written.

  // Where returns "gateway_tls.yaml:12", for messages.
  std::string Where() const;

  // Has says that this map has `key`; Find returns its value, or nullptr. A null node has none.
  bool Has(std::string_view key) const { return Find(key) != nullptr; }
  const CaseNode* Find(std::string_view key) const;

  // operator[] returns the value of `key` in this map, or a null node.
  const CaseNode& operator[](std::string_view key) const;

  bool IsNull() const { return kind == Kind::kNull; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  bool IsMap() const { return kind == Kind::kMap; }

  // Text, Bool, Int and Double return a scalar's value, or `absent` of a null node.
  std::string Text(std::string_view absent = "") const;
  bool Bool(bool absent = false) const;
  int64_t Int(int64_t absent = 0) const;
  double Double(double absent = 0) const;

  // Texts returns the scalars of a list; one scalar alone is a list of one, null is empty.
  std::vector<std::string> Texts() const;

  // Bytes returns a scalar's code points as bytes (Latin-1), as wire_cases/README.md has it: the
  // YAML text "\xff" is the byte 0xff.
  std::string Bytes() const;
};

// A CaseField is one key of a map and its value.
struct CaseField {
  std::string name;
  CaseNode value;
};

// ReadCaseFile reads the documents of one file; most files hold one. A file that cannot be read
// ends the program.
std::vector<CaseNode> ReadCaseDocuments(const std::string& path);
CaseNode ReadCaseFile(const std::string& path);

// ReadCaseText reads one document from `text`; `file` names it in messages.
CaseNode ReadCaseText(const std::string& text, const std::string& file);

// CaseFiles returns the paths of the *.yaml files of `folder`, in order of name; none ends the
// program. The folder is as Bazel lays it out: "tests/testdata/cases".
std::vector<std::string> CaseFiles(const std::string& folder);

// ExpandMacros replaces ${REPEAT:text:count} and ${BASE64_REPEAT:text:count} (cases/README.md).
std::string ExpandMacros(std::string_view text);

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_CASE_READER_H_
