#include "tests/support/case_reader.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "yaml-cpp/yaml.h"

namespace postern {
namespace {

[[noreturn]] void Fail(const std::string& where, const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", where.c_str(), what.c_str());
  std::abort();
}

CaseNode Convert(const YAML::Node& node, const std::string& file) {
  CaseNode result;
  result.file = file;
  result.line = node.Mark().line + 1;
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      break;
    case YAML::NodeType::Scalar:
      result.kind = CaseNode::Kind::kScalar;
      result.text = node.Scalar();
      result.quoted = node.Tag() == "!";
      break;
    case YAML::NodeType::Sequence:
      result.kind = CaseNode::Kind::kList;
      for (const YAML::Node& item : node) result.items.push_back(Convert(item, file));
      break;
    case YAML::NodeType::Map:
      result.kind = CaseNode::Kind::kMap;
      for (const auto& field : node) {
        result.fields.push_back({field.first.Scalar(), Convert(field.second, file)});
      }
      break;
  }
  return result;
}

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Fail(path, "cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<CaseNode> ReadDocuments(const std::string& text, const std::string& path) {
  const std::string file = std::filesystem::path(path).filename();
  try {
    std::vector<CaseNode> documents;
    for (const YAML::Node& node : YAML::LoadAll(text)) documents.push_back(Convert(node, file));
    return documents;
  } catch (const YAML::Exception& error) {
    Fail(path, error.what());
  }
}

}  // namespace

std::string CaseNode::Where() const { return file + ":" + std::to_string(line); }

const CaseNode* CaseNode::Find(std::string_view key) const {
  if (kind == Kind::kNull) return nullptr;
  if (kind != Kind::kMap) Fail(Where(), "must be a map");
  for (const auto& [name, value] : fields) {
    if (name == key) return &value;
  }
  return nullptr;
}

const CaseNode& CaseNode::operator[](std::string_view key) const {
  static const CaseNode kAbsent;
  const CaseNode* found = Find(key);
  return found != nullptr ? *found : kAbsent;
}

std::string CaseNode::Text(std::string_view absent) const {
  if (kind == Kind::kNull) return std::string(absent);
  if (kind != Kind::kScalar) Fail(Where(), "must be a scalar");
  return text;
}

bool CaseNode::Bool(bool absent) const {
  if (kind == Kind::kNull) return absent;
  const std::string value = Text();
  if (value != "true" && value != "false") Fail(Where(), "must be true or false");
  return value == "true";
}

int64_t CaseNode::Int(int64_t absent) const {
  if (kind == Kind::kNull) return absent;
  const std::string value = Text();
  char* end = nullptr;
  const int64_t number = std::strtoll(value.c_str(), &end, 10);
  if (value.empty() || *end != '\0') Fail(Where(), "must be a whole number");
  return number;
}

double CaseNode::Double(double absent) const {
  if (kind == Kind::kNull) return absent;
  const std::string value = Text();
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  if (value.empty() || *end != '\0') Fail(Where(), "must be a number");
  return number;
}

std::vector<std::string> CaseNode::Texts() const {
  std::vector<std::string> texts;
  if (kind == Kind::kScalar) texts.push_back(text);
  if (kind == Kind::kMap) Fail(Where(), "must be a list");
  for (const CaseNode& item : items) texts.push_back(item.Text());
  return texts;
}

std::string CaseNode::Bytes() const {
  const std::string value = Text();
  std::string bytes;
  for (size_t i = 0; i < value.size(); ++i) {
    const auto lead = static_cast<unsigned char>(value[i]);
    if (lead < 0x80) {
      bytes += value[i];
    } else if ((lead == 0xc2 || lead == 0xc3) && i + 1 < value.size()) {
      const auto next = static_cast<unsigned char>(value[++i]);
      bytes += static_cast<char>((lead & 3) << 6 | (next & 0x3f));
    } else {
      Fail(Where(), "has a character beyond Latin-1");
    }
  }
  return bytes;
}

std::vector<CaseNode> ReadCaseDocuments(const std::string& path) {
  return ReadDocuments(ReadAll(path), path);
}

CaseNode ReadCaseFile(const std::string& path) { return ReadCaseText(ReadAll(path), path); }

CaseNode ReadCaseText(const std::string& text, const std::string& file) {
  std::vector<CaseNode> documents = ReadDocuments(text, file);
  if (documents.size() != 1) Fail(file, "must hold one document");
  return std::move(documents.front());
}

std::vector<std::string> CaseFiles(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  if (files.empty()) Fail(folder, "holds no *.yaml file");
  std::sort(files.begin(), files.end());
  return files;
}

std::string ExpandMacros(std::string_view text) {
  std::string expanded;
  while (true) {
    const size_t start = text.find("${");
    expanded += text.substr(0, start);
    if (start == std::string_view::npos) return expanded;
    text.remove_prefix(start);
    const bool base64 = text.starts_with("${BASE64_REPEAT:");
    const size_t end = text.find('}');
    const std::string_view body = text.substr(0, end);
    const size_t first = body.find(':');
    const size_t last = body.rfind(':');
    if ((!base64 && !text.starts_with("${REPEAT:")) || end == std::string_view::npos ||
        first == last) {
      Fail("macro", std::string(text.substr(0, 40)));
    }
    const std::string_view piece = body.substr(first + 1, last - first - 1);
    std::string repeated;
    for (int n = std::atoi(std::string(body.substr(last + 1)).c_str()); n > 0; --n) {
      repeated += piece;
    }
    std::string encoded = repeated;
    if (base64) absl::Base64Escape(repeated, &encoded);
    expanded += encoded;
    text.remove_prefix(end + 1);
  }
}

}  // namespace postern
