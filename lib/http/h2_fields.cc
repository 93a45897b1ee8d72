#include "lib/http/h2_fields.h"

#include "lib/http/field_rules.h"

namespace postern {
namespace {

bool MayStand(const HeaderView& field) {
  return IsFieldName(field.name) && IsFieldValue(field.value) && field.name != "connection" &&
         field.name != "keep-alive" && field.name != "proxy-connection" &&
         field.name != "transfer-encoding" && field.name != "upgrade";
}

}  // namespace

void H2Fields::AddPseudo(std::string_view name, std::string_view value) {
  fields_.push_back({reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
                     reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(),
                     value.size(), NGHTTP2_NV_FLAG_NONE});
}

void H2Fields::Add(std::span<const HeaderView> headers) {
  for (const HeaderView& header : headers) {
    if (MayStand(header)) AddPseudo(header.name, header.value);
  }
}

}  // namespace postern
