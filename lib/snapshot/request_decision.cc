// Snapshot::Decide of a request: the order of the checks is Envoy's (dataplane.md section 9).

#include "lib/snapshot/request_decision.h"

#include <algorithm>

#include "lib/base/find_header.h"
#include "lib/base/strings.h"
#include "lib/http/grpc.h"
#include "lib/snapshot/action_decision.h"
#include "lib/snapshot/chain_decision.h"
#include "lib/snapshot/tables.h"
#include "lib/snapshot/trace_recorder.h"

namespace postern {
namespace {

using Stage = TraceStep::Stage;

// HasToken returns whether the comma-separated `list` holds `token`, in any case.
bool HasToken(std::string_view list, std::string_view token) {
  return AnyListItem(list,
                     [token](std::string_view item) { return EqualsIgnoreCase(item, token); });
}

enum class Upgrade { kNone, kWebsocket, kOther };

// UpgradeOf returns what protocol an HTTP/1.1 request asks to go on in. "h2c" is passed over: the
// request is served as it is. Several lines are no protocol that is known.
Upgrade UpgradeOf(const RequestHead& head) {
  if (head.version != HttpVersion::kHttp11) return Upgrade::kNone;
  int lines = 0;
  std::string_view wanted;
  for (const HeaderView& header : head.headers) {
    if (header.name == "upgrade") ++lines, wanted = header.value;
  }
  if (lines == 0) return Upgrade::kNone;
  if (lines == 1 && (wanted.empty() || EqualsIgnoreCase(wanted, "h2c"))) return Upgrade::kNone;
  const bool asks =
      std::any_of(head.headers.begin(), head.headers.end(), [](const HeaderView& header) {
        return header.name == "connection" && HasToken(header.value, "upgrade");
      });
  if (!asks) return Upgrade::kNone;
  const bool websocket = lines == 1 && EqualsIgnoreCase(wanted, "websocket");
  return websocket ? Upgrade::kWebsocket : Upgrade::kOther;
}

RouteDecision Answer(RouteDecision decision, int status, std::string_view detail,
                     TraceRecorder& record) {
  decision.action = Reject{status, detail};
  if (record.on()) {
    record.Step(Stage::kAction, true, StrCat("reject ", status), std::string(detail));
  }
  return decision;
}

RouteDecision SendTo(RouteDecision decision, int status, std::string location,
                     TraceRecorder& record) {
  if (record.on()) {
    record.Step(Stage::kAction, true, StrCat("redirect ", status, " ", location), "");
  }
  decision.action = Redirect{status, std::move(location)};
  return decision;
}

// RecordRoutes writes a step for each route up to the one `found`: why it does not match.
void RecordRoutes(const RouteTable& routes, const Route* found, const RequestView& view,
                  TraceRecorder& record) {
  for (const Route* route : routes.routes()) {
    std::string reason = route->Failure(view);
    const bool matched = reason.empty();
    record.Step(Stage::kRoute, matched, PlaceSubject(route->match), std::move(reason),
                route->match);
    if (route == found) return;
  }
}

}  // namespace

PathRules PathRulesOf(const SnapshotOptions& options) {
  if (options.edge_profile) return PathRules::Edge();
  switch (options.path_normalization) {
    case SnapshotOptions::PathNormalization::kNone:
      return PathRules::None();
    case SnapshotOptions::PathNormalization::kBase:
      return PathRules::Base();
    case SnapshotOptions::PathNormalization::kMergeSlashes:
      return PathRules::MergeSlashes();
    case SnapshotOptions::PathNormalization::kDecodeAndMergeSlashes:
      return PathRules::DecodeAndMergeSlashes();
  }
  return PathRules::Base();
}

std::string_view HostOf(std::string_view authority) {
  // Most have no port, and a search from the start looks at many bytes at once.
  if (authority.find(':') == std::string_view::npos) return authority;
  const size_t colon = authority.rfind(':');
  const size_t bracket = authority.rfind(']');
  if (bracket != std::string_view::npos && bracket > colon) return authority;
  return authority.substr(0, colon);
}

bool SetSchemes(const SnapshotOptions& options, bool tls, RequestView* view, std::string* storage) {
  const RequestHead& head = *view->head;
  const std::string_view transport = tls ? "https" : "http";
  view->forwarded_proto = transport;
  if (options.num_trusted_proxies > 0) {
    view->forwarded_proto = FindHeader(head.headers, "x-forwarded-proto").value_or(transport);
  }
  const bool own = head.version == HttpVersion::kHttp2 && !head.scheme.empty();
  const std::string_view scheme = own ? head.scheme : view->forwarded_proto;
  if (scheme.empty()) return false;
  if (scheme == "http" || scheme == "https") {
    view->scheme = scheme;
    return true;
  }
  *storage = AsciiLower(scheme);
  const bool known = *storage == "http" || *storage == "https";
  view->scheme = own || known ? std::string_view(*storage) : transport;
  return true;
}

RouteDecision Snapshot::Decide(const ChainDecision& chain, const RequestHead& request,
                               uint64_t random, Trace* trace) const {
  const SnapshotTables& tables = *tables_->shared;
  TraceRecorder record(trace);
  RouteDecision decision;
  decision.random = random;
  if (chain.action != ChainDecision::Action::kHttp || chain.chain >= tables.chains.size()) {
    return Answer(std::move(decision), 404, "route_not_found", record);
  }
  if (request.version == HttpVersion::kHttp10 && !tables.options.accept_http_10) {
    return Answer(std::move(decision), 426, "low_version", record);
  }
  if (request.authority.empty()) {
    return Answer(std::move(decision), 400, "missing_host_header", record);
  }
  if (request.method == "CONNECT") {
    // No path, prefix or expression matches a request that has none.
    return Answer(std::move(decision), 404, "route_not_found", record);
  }
  if (!request.path.starts_with('/')) {
    return Answer(std::move(decision), 404, "absolute_path_rejected", record);
  }

  // While the path is normalized, what finding the virtual host reads comes from memory.
  const RouteConfig& config = tables.route_configs[tables.chains[chain.chain].route_config];
  const std::string_view host = HostOf(request.authority);
  const SuffixTable::Lookup lookup(config.hosts, host);

  RequestView view;
  view.head = &request;
  std::string path_storage;
  const NormalPath path = NormalizePath(request.path, PathRulesOf(tables.options), &path_storage);
  const bool redirect = path.outcome == NormalPath::Outcome::kRedirect;
  if (path.outcome == NormalPath::Outcome::kInvalid ||
      (redirect && IsGrpc(FindHeader(request.headers, "content-type").value_or("")))) {
    return Answer(std::move(decision), 400, "path_normalization_failed", record);
  }
  if (redirect) {
    return SendTo(std::move(decision), 307, std::string(path.target), record);
  }
  view.path = path.target;
  view.path_end = path.path_size;
  std::string scheme_storage;
  const VirtualHost* virtual_host = config.Find(lookup);
  __builtin_prefetch(virtual_host);
  const Upgrade upgrade = UpgradeOf(request);
  if (!SetSchemes(tables.options, chain.tls == ChainDecision::Tls::kTerminate, &view,
                  &scheme_storage)) {
    return Answer(std::move(decision), 404, "route_not_found", record);
  }

  if (tables.options.misdirected == SnapshotOptions::Misdirected::k421 &&
      IsMisdirected(tables, chain.chain, host)) {
    if (record.on()) {
      record.Step(Stage::kVirtualHost, false, std::string(host),
                  StrCat("host ", Quote(host),
                         " belongs to another server than the one that the SNI chose"));
    }
    return Answer(std::move(decision), 421, "misdirected", record);
  }
  if (virtual_host == nullptr) {
    if (record.on()) {
      record.Step(Stage::kVirtualHost, false, std::string(host),
                  StrCat("no virtual host of ", config.name, " covers ", Quote(host)));
    }
    return Answer(std::move(decision), 404, "route_not_found", record);
  }
  decision.virtual_host = virtual_host->domain;
  if (record.on()) record.Step(Stage::kVirtualHost, true, std::string(virtual_host->domain), "");
  if (virtual_host->redirect != nullptr && view.forwarded_proto != "https") {
    if (record.on()) {
      record.Step(Stage::kRoute, true, "httpsRedirect",
                  StrCat("x-forwarded-proto is ", Quote(view.forwarded_proto)),
                  *virtual_host->redirect);
    }
    return SendTo(std::move(decision), 301, StrCat("https://", request.authority, view.path),
                  record);
  }

  const Route* route = virtual_host->routes == nullptr ? nullptr : virtual_host->routes->Find(view);
  if (record.on() && virtual_host->routes != nullptr) {
    RecordRoutes(*virtual_host->routes, route, view, record);
  }
  if (route == nullptr) return Answer(std::move(decision), 404, "route_not_found", record);
  decision.route_name = route->name;
  decision.rule = route->action.rule;
  if (upgrade == Upgrade::kOther) {
    return Answer(std::move(decision), 403, "upgrade_failed", record);
  }
  DecideAction(*route, view, &decision);
  if (auto* forward = std::get_if<Forward>(&decision.action)) {
    forward->websocket = upgrade == Upgrade::kWebsocket;
  }
  if (record.on()) {
    record.Step(Stage::kAction, true, ActionSubject(decision), "", decision.rule);
  }
  return decision;
}

}  // namespace postern
