// What HTTP has to know of gRPC (engine.md 2.7): which requests are, and how statuses translate.
// gRPC's own frames are left alone.

#ifndef POSTERN_HTTP_GRPC_H_
#define POSTERN_HTTP_GRPC_H_

#include <optional>
#include <string>
#include <string_view>

#include "postern/time.h"

namespace postern {

// IsGrpc returns whether `content_type` is gRPC's, gRPC-Web's not.
bool IsGrpc(std::string_view content_type);

// GrpcFromHttp returns the grpc-status of an answer with HTTP `status`.
int GrpcFromHttp(int status);

// GrpcMessage returns `text` as the value of grpc-message: percent-encoded.
std::string GrpcMessage(std::string_view text);

// ParseGrpcTimeout reads "10S": up to eight digits and one of H M S m u n. Longer than a Duration
// can be is as long as one can be.
std::optional<Duration> ParseGrpcTimeout(std::string_view text);

// GrpcTimeout writes `timeout` so, in milliseconds unless these take more than eight digits.
std::string GrpcTimeout(Duration timeout);

}  // namespace postern

#endif  // POSTERN_HTTP_GRPC_H_
