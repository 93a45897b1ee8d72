#include "lib/snapshot/action_text.h"

#include <chrono>
#include <span>
#include <string_view>

#include "lib/base/strings.h"

namespace postern {
namespace {

// ShareText returns millionths as per cent: "12.5%".
std::string ShareText(uint32_t millionths) {
  std::string text = StrCat(millionths / 10'000);
  if (uint32_t rest = millionths % 10'000; rest != 0) {
    std::string digits = StrCat(10'000 + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    StrAppend(&text, ".", digits);
  }
  return text + "%";
}

void AppendOps(std::string_view title, std::span<const HeaderOp> ops, std::string* text) {
  for (const HeaderOp& op : ops) {
    switch (op.kind) {
      case HeaderOp::Kind::kRemove:
        StrAppend(text, " ", title, " remove ", op.name);
        break;
      case HeaderOp::Kind::kSet:
        StrAppend(text, " ", title, " set ", op.name, " ", Quote(op.value));
        break;
      case HeaderOp::Kind::kAdd:
        StrAppend(text, " ", title, " add ", op.name, " ", Quote(op.value));
        break;
    }
  }
}

void AppendCors(const CompiledCors& cors, std::string* text) {
  StrAppend(text, " cors");
  if (cors.any_origin) StrAppend(text, " any-origin");
  for (const StringMatcher& origin : cors.origins) {
    constexpr std::string_view kKinds[] = {"exact", "prefix", "regex"};
    StrAppend(text, " ", kKinds[static_cast<size_t>(origin.kind())], " ", Quote(origin.text()));
  }
  const auto part = [text](std::string_view title, std::string_view value) {
    if (!value.empty()) StrAppend(text, " ", title, " ", Quote(value));
  };
  part("methods", cors.allow_methods);
  part("headers", cors.allow_headers);
  part("expose", cors.expose_headers);
  part("max-age", cors.max_age);
  if (cors.echo_method) StrAppend(text, " echo-method");
  if (cors.echo_headers) StrAppend(text, " echo-headers");
  if (cors.allow_credentials) StrAppend(text, " credentials");
  if (!cors.forward_unmatched) StrAppend(text, " unmatched-ignored");
}

void AppendFault(const CompiledFault& fault, std::string* text) {
  if (fault.delay_millionths != 0) {
    StrAppend(text, " delay ", DurationText(fault.delay), " ", ShareText(fault.delay_millionths));
  }
  if (fault.abort_millionths != 0) {
    StrAppend(text, " abort ", fault.abort_status);
    if (fault.abort_grpc_status >= 0) StrAppend(text, " grpc ", fault.abort_grpc_status);
    StrAppend(text, " ", ShareText(fault.abort_millionths));
  }
}

void AppendHash(const HashPolicy& policy, std::string* text) {
  constexpr std::string_view kKinds[] = {"header", "cookie", "source-ip", "query"};
  StrAppend(text, " hash ", kKinds[static_cast<size_t>(policy.kind)]);
  if (policy.kind != HashPolicy::Kind::kSourceIp) StrAppend(text, " ", Quote(policy.name));
  if (!policy.set_cookie.empty()) StrAppend(text, " set ", Quote(policy.set_cookie));
}

void AppendForward(const ForwardAction& forward, const ActionExtras& extras, std::string* text) {
  StrAppend(text, "forward");
  uint64_t before = 0;
  for (const WeightedCluster& cluster : forward.clusters()) {
    if (before != 0) StrAppend(text, ",");
    StrAppend(text, " ", ClusterText(cluster.cluster));
    if (forward.split != nullptr) StrAppend(text, " weight ", cluster.weight_end - before);
    before = cluster.weight_end;
    if (cluster.extras == nullptr) continue;
    const DestinationExtras& own = *cluster.extras;
    if (!own.authority.empty()) StrAppend(text, " authority ", Quote(own.authority));
    AppendOps("request", own.request_ops, text);
    AppendOps("response", own.response_ops, text);
  }
  if (extras.rewrite.kind == PathRewrite::Kind::kMatched) {
    StrAppend(text, " rewrite ", Quote(extras.rewrite.text));
  } else if (extras.rewrite.kind == PathRewrite::Kind::kRegex) {
    StrAppend(text, " rewrite-regex ", extras.rewrite.regex->ToString());
  }
  if (forward.timeout != Duration()) StrAppend(text, " timeout ", DurationText(forward.timeout));
  if (forward.retry != nullptr) {
    const RetryPolicy& retry = forward.retry->policy;
    StrAppend(text, " retries ", retry.attempts, " on ", retry.retry_on);
    for (const uint16_t code : retry.status_codes) StrAppend(text, ",", int{code});
    if (retry.per_try_timeout != Duration()) {
      StrAppend(text, " per-try ", DurationText(retry.per_try_timeout));
    }
    StrAppend(text, " backoff ", DurationText(retry.base_backoff), "-",
              DurationText(retry.max_backoff));
    if (!retry.avoid_previous_hosts) StrAppend(text, " previous-hosts");
    if (retry.remote_localities) StrAppend(text, " remote-localities");
  } else {
    StrAppend(text, " retries none");
  }
  for (const HashPolicy& policy : extras.hash_policies) AppendHash(policy, text);
  for (const Mirror& mirror : extras.mirrors) {
    StrAppend(text, " mirror ", ClusterText(mirror.cluster), " ", ShareText(mirror.millionths));
  }
  if (extras.cors) AppendCors(*extras.cors, text);
  if (extras.fault) AppendFault(*extras.fault, text);
}

void AppendRedirect(const RedirectAction& redirect, std::string* text) {
  StrAppend(text, "redirect ", redirect.status);
  const auto part = [text](std::string_view title, std::string_view value) {
    if (!value.empty()) StrAppend(text, " ", title, " ", Quote(value));
  };
  part("scheme", redirect.scheme);
  part("authority", redirect.authority);
  if (redirect.port != 0) StrAppend(text, " port ", redirect.port);
  part("path", redirect.path);
  part("prefix", redirect.prefix_rewrite);
}

}  // namespace

std::string ClusterText(const ClusterName& cluster) {
  std::string text = StrCat(cluster.host, ":", cluster.port);
  if (!cluster.subset.empty()) StrAppend(&text, " subset ", cluster.subset);
  return text;
}

std::string ActionText(const RouteAction& action) {
  std::string text;
  if (const auto* forward = std::get_if<ForwardAction>(&action.action)) {
    AppendForward(*forward, *action.extras, &text);
  } else if (const auto* redirect = std::get_if<RedirectAction>(&action.action)) {
    AppendRedirect(*redirect, &text);
  } else if (const auto* response = std::get_if<DirectResponse>(&action.action)) {
    StrAppend(&text, "respond ", response->status);
    if (!response->body.empty()) StrAppend(&text, " ", Quote(response->body));
  }
  AppendOps("request", action.extras->request_ops, &text);
  AppendOps("response", action.extras->response_ops, &text);
  return text;
}

std::string DurationText(Duration duration) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return ms % 1000 == 0 ? StrCat(ms / 1000, "s") : StrCat(ms, "ms");
}

std::string DestinationsText(const Chain& chain) {
  std::string text;
  uint64_t before = 0;
  for (const Chain::Destination& destination : chain.destinations) {
    if (before != 0) StrAppend(&text, ", ");
    StrAppend(&text, ClusterText(destination.cluster));
    if (chain.destinations.size() > 1)
      StrAppend(&text, " weight ", destination.weight_end - before);
    before = destination.weight_end;
  }
  if (chain.hash_source_ip) StrAppend(&text, " hash source-ip");
  return text;
}

}  // namespace postern
