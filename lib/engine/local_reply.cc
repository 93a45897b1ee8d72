#include "lib/engine/local_reply.h"

#include <algorithm>
#include <charconv>

#include "lib/base/strings.h"
#include "lib/engine/escape.h"
#include "lib/http/grpc.h"
#include "lib/http/hygiene.h"

namespace postern {
namespace {

std::string_view Number(uint64_t number, HeaderList* headers) {
  char* const begin = headers->text().Reserve(20);
  const char* end = std::to_chars(begin, begin + 20, number).ptr;
  return headers->text().Commit(static_cast<size_t>(end - begin));
}

}  // namespace

void BeginReply(const LocalReply& reply, HeaderList* headers) {
  for (const HeaderView& field : reply.first) headers->Add(field.name, field.value);
}

void EndReply(const LocalReply& reply, std::string_view date, std::string_view server,
              HeaderList* headers) {
  // What operations say of a body that there is not.
  if (reply.wire_body().empty()) headers->Remove("content-length");
  if (reply.grpc) {
    headers->Set("content-type", "application/grpc");
    const int status = reply.grpc_status >= 0 ? reply.grpc_status : GrpcFromHttp(reply.status);
    headers->Add("grpc-status", Number(static_cast<uint64_t>(status), headers));
    if (!reply.body.empty()) {
      headers->Add("grpc-message", headers->text().Copy(GrpcMessage(reply.body)));
    }
  } else if (!reply.body.empty()) {
    headers->Set("content-length", Number(reply.body.size(), headers));
    if (!headers->Find("content-type")) headers->Add("content-type", reply.content_type);
  } else {
    headers->Remove("content-type");
  }
  if (reply.web != nullptr) {
    SetGrpcWebType(reply.web->text_response, headers);
    if (!reply.body.empty()) SetGrpcOutcome(reply.status, GrpcMessage(reply.body), headers);
  }
  FinishResponse(date, server, headers);
}

std::string ResetBody(std::string_view reason, bool retried) {
  return StrCat("upstream connect error or disconnect/reset before headers. ",
                retried ? "retried and the latest reset reason: " : "reset reason: ", reason);
}

std::string ExpandBody(const EngineOptions::LocalBody& body, std::string_view detail,
                       std::string_view request_id) {
  const bool json = body.content_type.find("json") != std::string::npos;
  const auto escaped = [json](std::string_view text) {
    return json ? JsonEscaped(text) : HtmlEscaped(text);
  };
  std::string out;
  std::string_view rest = body.body;
  while (!rest.empty()) {
    constexpr std::string_view kDetail = "%DETAIL%", kRequestId = "%REQUEST_ID%";
    if (rest.starts_with(kDetail)) {
      out += escaped(detail);
      rest.remove_prefix(kDetail.size());
    } else if (rest.starts_with(kRequestId)) {
      out += escaped(request_id);
      rest.remove_prefix(kRequestId.size());
    } else {
      const size_t next = std::min(rest.find('%', 1), rest.size());
      out += rest.substr(0, next);
      rest.remove_prefix(next);
    }
  }
  return out;
}

}  // namespace postern
