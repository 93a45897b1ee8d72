#include "lib/http/grpc_web.h"

#include <charconv>
#include <cstdint>

#include "lib/base/strings.h"
#include "lib/http/grpc.h"

namespace postern {
namespace {

constexpr std::string_view kWeb = "application/grpc-web";
constexpr std::string_view kWebProto = "application/grpc-web+proto";
constexpr std::string_view kText = "application/grpc-web-text";
constexpr std::string_view kTextProto = "application/grpc-web-text+proto";

bool IsText(std::string_view type) { return type == kText || type == kTextProto; }

}  // namespace

std::optional<GrpcWebForm> FindGrpcWeb(const HeaderList& headers) {
  const std::string_view type = headers.Find("content-type").value_or("");
  GrpcWebForm form;
  form.text_request = IsText(type);
  if (!form.text_request && type != kWeb && type != kWebProto) return std::nullopt;
  if (headers.Count("content-type") > 1) return std::nullopt;  // One value, with a comma.
  form.text_response = IsText(headers.Find("accept").value_or("")) && headers.Count("accept") == 1;
  return form;
}

void SetGrpcRequest(HeaderList* headers) {
  headers->Remove("content-length");
  headers->Set("content-type", "application/grpc");
  headers->Set("te", "trailers");
  if (!headers->Find("grpc-accept-encoding")) headers->Add("grpc-accept-encoding", "identity");
}

bool HoldsGrpc(int status, std::string_view content_type) {
  if (status != 200) return false;
  if (IsGrpc(content_type)) return true;
  const std::string_view type = TrimBlanks(content_type.substr(0, content_type.find(';')));
  return EqualsIgnoreCase(type, kWeb) || EqualsIgnoreCase(type, kWebProto);
}

void SetGrpcWebType(bool text, HeaderList* headers) {
  headers->Set("content-type", text ? kTextProto : kWebProto);
  headers->Remove("content-length");
}

void SetGrpcOutcome(int status, std::string_view message, HeaderList* headers) {
  headers->Set("grpc-message", headers->text().Copy(message));
  char* const begin = headers->text().Reserve(2);
  const char* end = std::to_chars(begin, begin + 2, GrpcFromHttp(status)).ptr;
  headers->Set("grpc-status", headers->text().Commit(static_cast<size_t>(end - begin)));
  headers->Set("content-length", "0");
}

std::string GrpcWebTrailers(std::span<const HeaderView> trailers) {
  constexpr char kTrailers = '\x80';
  std::string frame = {kTrailers, 0, 0, 0, 0};
  const size_t head = frame.size();
  for (const HeaderView& field : trailers) {
    frame.append(field.name).append(":").append(field.value).append("\r\n");
  }
  const size_t size = frame.size() - head;
  for (size_t i = 0; i < 4; ++i) frame[head - 1 - i] = static_cast<char>(size >> (8 * i));
  return frame;
}

}  // namespace postern
