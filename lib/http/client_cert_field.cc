#include "lib/http/client_cert_field.h"

#include <algorithm>

#include "lib/base/strings.h"

namespace postern {
namespace {

bool HasControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

void AppendQuoted(std::string_view value, std::string* out) {
  out->push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out->push_back('\\');
    out->push_back(c);
  }
  out->push_back('"');
}

// Appends "key=value" behind what is there.
void AppendPair(std::string_view key, std::string_view value, std::string* out) {
  if (HasControl(value)) return;
  StrAppend(out, out->empty() ? "" : ";", key, "=");
  if (value.find_first_of(",;=\"") == std::string_view::npos) {
    StrAppend(out, value);
  } else {
    AppendQuoted(value, out);
  }
}

}  // namespace

std::string ClientCertElement(const ClientCertFacts& facts) {
  std::string element;
  for (const std::string& uri : facts.own_uris) AppendPair("By", uri, &element);
  AppendPair("Hash", facts.sha256, &element);
  StrAppend(&element, ";Cert=\"", facts.encoded_pem, "\"");
  // RFC 2253 has escaped what could end the quotes.
  if (!HasControl(facts.subject)) StrAppend(&element, ";Subject=\"", facts.subject, "\"");
  if (facts.uris.empty()) AppendPair("URI", "", &element);
  for (const std::string_view uri : facts.uris) AppendPair("URI", uri, &element);
  for (const std::string_view name : facts.dns_names) AppendPair("DNS", name, &element);
  return element;
}

}  // namespace postern
