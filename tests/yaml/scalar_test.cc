#include "lib/yaml/scalar.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/base/strings.h"

namespace postern {
namespace {

using Type = ResolvedScalar::Type;

// Show spells a scalar: "bool true", "int -8", "float 0.5", "null", "text".
std::string Show(const ResolvedScalar& scalar) {
  switch (scalar.type) {
    case Type::kNull:
      return "null";
    case Type::kBool:
      return scalar.boolean ? "bool true" : "bool false";
    case Type::kInteger:
      return StrCat("int ", scalar.negative ? "-" : "", scalar.magnitude);
    case Type::kFloat:
      return StrCat("float ", scalar.number);
    case Type::kText:
      break;
  }
  return "text";
}

TEST(ScalarTest, PlainTextsResolveAsGoYamlResolvesThem) {
  const struct {
    std::string_view text;
    std::string_view meaning;
  } cases[] = {
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"NULL", "null"},
      {"nULL", "text"},
      {"y", "bool true"},
      {"Y", "bool true"},
      {"yes", "bool true"},
      {"Yes", "bool true"},
      {"YES", "bool true"},
      {"yEs", "text"},
      {"on", "bool true"},
      {"On", "bool true"},
      {"ON", "bool true"},
      {"oN", "text"},
      {"true", "bool true"},
      {"TRUE", "bool true"},
      {"tRUE", "text"},
      {"n", "bool false"},
      {"N", "bool false"},
      {"no", "bool false"},
      {"off", "bool false"},
      {"OFF", "bool false"},
      {"False", "bool false"},
      {"falsehood", "text"},
      {"nothing", "text"},
      {"80", "int 80"},
      {"+80", "int 80"},
      {"-80", "int -80"},
      {"0x50", "int 80"},
      {"0X50", "int 80"},
      {"-0x50", "int -80"},
      {"010", "int 8"},
      {"0o10", "int 8"},
      {"0b101", "int 5"},
      {"-0b101", "int -5"},
      {"08", "float 8"},
      {"09", "float 9"},
      {"1_000", "int 1000"},
      {"0", "int 0"},
      {"-0", "int -0"},
      {"9223372036854775807", "int 9223372036854775807"},
      {"9223372036854775808", "int 9223372036854775808"},
      {"18446744073709551615", "int 18446744073709551615"},
      {"+9223372036854775808", "float 9.22337e+18"},
      {"18446744073709551616", "float 1.84467e+19"},
      {"-9223372036854775808", "int -9223372036854775808"},
      {"-9223372036854775809", "float -9.22337e+18"},
      {"0x", "text"},
      {"0b2", "text"},
      {"1a", "text"},
      {"+-5", "text"},
      {"-", "text"},
      {"--5", "text"},
      {"80.0", "float 80"},
      {"80.", "float 80"},
      {".5", "float 0.5"},
      {"-.5", "float -0.5"},
      {"1e2", "float 100"},
      {"1E+2", "float 100"},
      {"1e", "text"},
      {".", "text"},
      {"..", "text"},
      {".5s", "text"},
      {".2_5", "float 0.25"},
      {".1_0e1_0", "float 1e+09"},
      {".5_", "text"},
      {"._5", "text"},
      {".2__5", "text"},
      {".5_e1", "text"},
      {"1e999", "text"},
      {"1e-999", "float 0"},
      {".inf", "float inf"},
      {"-.INF", "float -inf"},
      {"+.Inf", "float inf"},
      {".iNF", "text"},
      {".nan", "float nan"},
      {"-.nan", "text"},
      {"1:30", "text"},
      {"190:20:30", "text"},
      {"2001-01-01", "text"},
      {"2001-12-14T21:59:43Z", "text"},
      {"5s", "text"},
      {"1h30m", "text"},
      {"1.2.3.4", "text"},
      {"*", "text"},
      {"a", "text"},
      {"/", "text"},
      {"=", "text"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Show(ResolvePlain(c.text)), c.meaning) << c.text;
    if (IsPlainText(c.text)) {
      EXPECT_EQ(c.meaning, "text") << c.text;
    }
  }
}

TEST(ScalarTest, KeysAndLabelsAreMadeStrings) {
  const struct {
    std::string_view text;
    std::string_view key;
    std::string_view value;
  } cases[] = {
      {"y", "true", "true"},
      {"off", "false", "false"},
      {"0x50", "80", "80"},
      {"-0", "0", "0"},
      {"1.50", "1.5", "1.5"},
      {"1.0", "1", "1"},
      {"0.1", "0.1", "0.1"},
      {"1234567.0", "1.234567e+06", "1.234567e+06"},
      {"123456.0", "123456", "123456"},
      {"0.00001", "1e-05", "1e-05"},
      {"1.123456789", "1.1234568", "1.123456789"},
      {".inf", ".inf", "+Inf"},
      {"-.Inf", "-.inf", "-Inf"},
      {".nan", ".nan", "NaN"},
      {"name", "name", "name"},
      {"2001-01-01", "2001-01-01", "2001-01-01"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(KeyText(ResolvePlain(c.text), c.text), c.key) << c.text;
    EXPECT_EQ(ValueText(ResolvePlain(c.text), c.text), c.value) << c.text;
  }
}

TEST(ScalarTest, JsonNumbersAreJsons) {
  const struct {
    std::string_view text;
    std::string_view meaning;  // Empty: none.
  } cases[] = {
      {"80", "int 80"},
      {" 20", "int 20"},
      {"20 ", "int 20"},
      {"20\t", ""},
      {"20\n", ""},
      {"-1", "int -1"},
      {"0", "int 0"},
      {"1.5", "float 1.5"},
      {"8e1", "float 80"},
      {"1E-1", "float 0.1"},
      {"", ""},
      {"+5", ""},
      {"010", ""},
      {"0x50", ""},
      {"1_000", ""},
      {".5", ""},
      {"5.", ""},
      {"1e", ""},
      {"1 2", ""},
      {"-", ""},
      {"NaN", ""},
      {"b", ""},
      {"1e999", ""},
      {"18446744073709551616", "float 1.84467e+19"},
  };
  for (const auto& c : cases) {
    const auto number = ParseJsonNumber(c.text);
    EXPECT_EQ(number.has_value() ? Show(*number) : "", c.meaning) << c.text;
  }
}

}  // namespace
}  // namespace postern
