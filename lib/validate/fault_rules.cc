#include "lib/validate/fault_rules.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "lib/validate/value_rules.h"

namespace postern {
namespace {

constexpr Rule kRequired = {
    .id = "fault-action-required",
    .what = "`fault` has neither `abort` nor `delay`",
    .why = "it would do nothing",
    .istio = "VS-FLT-01",
    .text = "HTTP fault injection must have an abort and/or a delay",
};
constexpr Rule kStatus = {
    .id = "fault-abort-status-range",
    .what = "`abort.httpStatus` is not in the range 200 to 600",
    .why = "it would not be the status of an answer",
    .istio = "VS-FLT-03",
    .text = "HTTP status <n> is not in range 200-599",
};
constexpr Rule kGrpcStatus = {
    .id = "fault-abort-grpc-status-unknown",
    .what =
        "`abort.grpcStatus` is not the name of a status of gRPC, in upper case; numbers are none",
    .why = "which number to send would be open",
    .istio = "VS-FLT-04",
    .text = "gRPC status \"<s>\" is not supported. See <more>",
};
constexpr Rule kHttp2Error = {
    .id = "fault-abort-http2-error-unsupported",
    .what = "`abort.http2Error` is set",
    .why = "no data plane carries it out",
    .istio = "VS-FLT-05",
    .text = "HTTP/2 abort fault injection not supported yet",
};
constexpr Rule kExponentialDelay = {
    .id = "fault-delay-exponential-unsupported",
    .what = "`delay.exponentialDelay` is set",
    .why = "no data plane carries it out",
    .istio = "VS-FLT-08",
    .text = "exponentialDelay not supported yet",
};
constexpr Rule kAbortEmpty = {
    .id = "fault-abort-type-missing",
    .what = "`abort` says neither a status of HTTP nor one of gRPC",
    .why = "it does nothing",
    .istio = "VS-FLT-09",
    .severity = Severity::kWarning,
};

constexpr const Rule* kRules[] = {&kRequired,   &kStatus,           &kGrpcStatus,
                                  &kHttp2Error, &kExponentialDelay, &kAbortEmpty};

constexpr std::string_view kGrpcStatuses[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

void CheckAbort(const HttpFaultInjection::Abort& abort, const FieldPath& path,
                const FindingSink& sink) {
  const FieldPath percentage = path.Field("percentage");
  if (abort.percentage) CheckPercentage(abort.percentage->value, percentage.Field("value"), sink);
  if (abort.http2_error) {
    sink.Report(kHttp2Error, path.Field("http2Error"), "\"http2Error\" is not supported");
  } else if (abort.grpc_status) {
    if (std::find(std::begin(kGrpcStatuses), std::end(kGrpcStatuses), *abort.grpc_status) ==
        std::end(kGrpcStatuses)) {
      sink.Report(kGrpcStatus, path.Field("grpcStatus"), Quote(*abort.grpc_status),
                  " is not a status of gRPC such as \"NOT_FOUND\"");
    }
  } else if (abort.http_status) {
    if (*abort.http_status < 200 || *abort.http_status > 600) {
      sink.Report(kStatus, path.Field("httpStatus"), "status ", *abort.http_status,
                  " is not in the range 200 to 599");
    }
  } else {
    sink.Report(kAbortEmpty, path, "\"abort\" says no status and does nothing");
  }
}

void CheckDelay(const HttpFaultInjection::Delay& delay, const FieldPath& path,
                const FindingSink& sink) {
  const FieldPath percentage = path.Field("percentage");
  if (delay.percentage) CheckPercentage(delay.percentage->value, percentage.Field("value"), sink);
  CheckDuration(delay.fixed_delay, path.Field("fixedDelay"), sink);
  if (!delay.exponential_delay) return;
  CheckDuration(delay.exponential_delay, path.Field("exponentialDelay"), sink);
  sink.Report(kExponentialDelay, path.Field("exponentialDelay"),
              "\"exponentialDelay\" is not supported");
}

}  // namespace

void CheckFault(const HttpFaultInjection& fault, const FieldPath& path, const FindingSink& sink) {
  if (!fault.abort && !fault.delay) {
    sink.Report(kRequired, path, "one of \"abort\" and \"delay\" is required");
  }
  if (fault.abort) CheckAbort(*fault.abort, path.Field("abort"), sink);
  if (fault.delay) CheckDelay(*fault.delay, path.Field("delay"), sink);
}

RuleList FaultRules() { return kRules; }

}  // namespace postern
