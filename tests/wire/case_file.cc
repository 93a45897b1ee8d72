#include "tests/wire/case_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <regex>

namespace postern {
namespace {

// Reads `text` of an expectation about a field: "\\t" and "\\xe9" are escapes of the case's author.
std::string Unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\\t") {
      out += '\t';
      ++i;
    } else if (text.substr(i, 2) == "\\x" && i + 3 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

CaseNode ReadWireCases(const std::string& name) {
  return ReadCaseFile("tests/testdata/wire_cases/" + name);
}

std::string CaseInput(const CaseNode& row) {
  if (row.Has("input")) return row["input"].Bytes();
  std::string input;
  for (const CaseNode& part : row["input_parts"].items) {
    for (int64_t i = 0; i < part["times"].Int(); ++i) input += part["bytes"].Bytes();
  }
  return input;
}

CaseNode CaseExpected(const CaseNode& row, std::string_view level) {
  CaseNode expect = row["expect"];
  const CaseNode* own = row.Find("postern");
  if (own != nullptr && (*own)["level"].Text(level) == level) {
    EXPECT_TRUE(own->Has("why")) << row.Where();
    std::printf("  postern: %s: %s\n", row["name"].Text().c_str(), (*own)["why"].Text().c_str());
    for (const CaseField& ours : own->fields) {
      if (ours.name == "why" || ours.name == "level") continue;
      std::erase_if(expect.fields, [&](const CaseField& field) { return field.name == ours.name; });
      if (!ours.value.IsNull()) expect.fields.push_back(ours);
    }
  }
  return expect;
}

void CheckKeys(const CaseNode& map, std::vector<std::string_view> known) {
  for (const auto& [key, value] : map.fields) {
    EXPECT_NE(std::find(known.begin(), known.end(), key), known.end())
        << map.Where() << ": not understood: " << key;
  }
}

void CheckField(std::string_view name, const std::string& expected, const TextMessage& message) {
  const std::string value = message.Field(name);
  if (expected == "<fresh uuid4>") {
    EXPECT_TRUE(std::regex_match(
        value, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
        << value;
    return;
  }
  std::string wanted = Unescape(expected);
  if (const size_t at = wanted.find("<peer>"); at != std::string::npos) {
    wanted.replace(at, 6, "192.0.2.1");
  }
  EXPECT_TRUE(message.Has(name)) << name;
  EXPECT_EQ(value, wanted) << name;
}

void CheckForwarded(const CaseNode& expect, const TextMessage& request) {
  CheckKeys(expect, {"method", "path", "host", "body", "framing", "headers", "absent", "note"});
  if (expect.Has("method")) {
    EXPECT_EQ(request.Method(), expect["method"].Text());
  }
  if (expect.Has("host")) {
    EXPECT_EQ(request.Field("host"), expect["host"].Text());
  }
  if (expect.Has("body")) {
    EXPECT_EQ(request.body, expect["body"].Bytes());
  }
  if (expect.Has("framing")) {
    EXPECT_EQ(request.framing, expect["framing"].Text());
  }
  for (const auto& [name, value] : expect["headers"].fields) {
    CheckField(name, value.Text(), request);
  }
  for (const std::string& name : expect["absent"].Texts()) {
    EXPECT_FALSE(request.Has(name)) << name;
  }
}

}  // namespace postern
