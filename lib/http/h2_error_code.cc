#include "lib/http/h2_error_code.h"

#include <nghttp2/nghttp2.h>

namespace postern {

uint32_t H2CodeOf(ResetReason reason) {
  switch (reason) {
    case ResetReason::kNone:
      return NGHTTP2_NO_ERROR;
    case ResetReason::kProtocolError:
      return NGHTTP2_PROTOCOL_ERROR;
    case ResetReason::kRefused:
      return NGHTTP2_REFUSED_STREAM;
    case ResetReason::kCancelled:
      return NGHTTP2_CANCEL;
    case ResetReason::kEnhanceYourCalm:
      return NGHTTP2_ENHANCE_YOUR_CALM;
    case ResetReason::kInternalError:
    case ResetReason::kConnectionLost:
      return NGHTTP2_INTERNAL_ERROR;
  }
  return NGHTTP2_INTERNAL_ERROR;
}

ResetReason ReasonOfH2(uint32_t code) {
  switch (code) {
    case NGHTTP2_NO_ERROR:
      return ResetReason::kNone;
    case NGHTTP2_PROTOCOL_ERROR:
      return ResetReason::kProtocolError;
    case NGHTTP2_REFUSED_STREAM:
      return ResetReason::kRefused;
    case NGHTTP2_CANCEL:
      return ResetReason::kCancelled;
    case NGHTTP2_ENHANCE_YOUR_CALM:
      return ResetReason::kEnhanceYourCalm;
    default:
      return ResetReason::kInternalError;
  }
}

}  // namespace postern
