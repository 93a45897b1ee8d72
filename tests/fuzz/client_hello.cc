// Fuzzes the reader of ClientHellos: whatever the bytes, pieces of any size give the same outcome,
// and what it takes for a name holds no NUL.

#include "lib/tls/client_hello.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace postern {
namespace {

void Check(bool ok) {
  if (!ok) std::abort();
}

}  // namespace
}  // namespace postern

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using postern::ByteSpan;
  using postern::ClientHelloParser;
  const ByteSpan bytes(data, size);
  ClientHelloParser whole, pieces;
  const ClientHelloParser::Result result = whole.Parse(bytes);
  ClientHelloParser::Result in_pieces = ClientHelloParser::Result::kIncomplete;
  for (size_t at = 0, length = 1; at < size; at += length) {
    length = std::min<size_t>(1 + data[at] % 7, size - at);
    in_pieces = pieces.Parse(bytes.subspan(at, length));
  }
  postern::Check(result == in_pieces);
  postern::Check(whole.hello().server_name == pieces.hello().server_name);
  postern::Check(whole.hello().server_name.find('\0') == std::string::npos);
  postern::Check(whole.hello().ja4 == pieces.hello().ja4);
  postern::Check(result != ClientHelloParser::Result::kMalformed ||
                 whole.alert() == pieces.alert());
  return 0;
}
