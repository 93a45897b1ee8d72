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
  std::string storage;
  const std::string_view wanted = JoinHeader(head.headers, "upgrade", &storage).value_or("");
  if (wanted.empty() || EqualsIgnoreCase(wanted, "h2c")) return Upgrade::kNone;
  const bool asks =
      std::any_of(head.headers.begin(), head.headers.end(), [](const HeaderView& header) {
        return header.name == "connection" && HasToken(header.value, "upgrade");
      });
  if (!asks) return Upgrade::kNone;
  return EqualsIgnoreCase(wanted, "websocket") ? Upgrade::kWebsocket : Upgrade::kOther;
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

bool AsksUpgrade(const RequestHead& head) { return UpgradeOf(head) != Upgrade::kNone; }

bool SetSchemes(const SnapshotOptions& options, bool tls, RequestView* view, SchemeTexts* storage) {
  const RequestHead& head = *view->head;
  const std::string_view transport = tls ? "https" : "http";
  view->forwarded_proto = transport;
  if (options.num_trusted_proxies > 0) {
    view->forwarded_proto = JoinHeader(head.headers, "x-forwarded-proto", &storage->forwarded_proto)
                                .value_or(transport);
  }
  const bool own = head.version == HttpVersion::kHttp2 && !head.scheme.empty();
  const std::string_view scheme = own ? head.scheme : view->forwarded_proto;
  if (scheme.empty()) return false;
  if (scheme == "http" || scheme == "https") {
    view->scheme = scheme;
    return true;
  }
  storage->scheme = AsciiLower(scheme);
  const bool known = storage->scheme == "http" || storage->scheme == "https";
  view->scheme = own || known ? std::string_view(storage->scheme) : transport;
  return true;
}

namespace {

// A RequestDecider makes one decision. Its steps return whether the request goes on to the next; if
// not, they have decided.
class RequestDecider {
 public:
  RequestDecider(const SnapshotTables& tables, const ChainDecision& chain,
                 const RequestHead& request, Trace* trace, RouteDecision* decision)
      : tables_(tables), chain_(chain), request_(request), record_(trace), decision_(*decision) {
    view_.head = &request;
  }

  void Run() {
    if (!CheckHead()) return;
    const RouteConfig& config = tables_.route_configs[tables_.chains[chain_.chain].route_config];
    host_ = HostOf(request_.authority);
    // What Find reads comes from memory while the path is normalized.
    const SuffixTable::Lookup lookup(config.hosts, host_);
    if (!NormalizeTarget()) return;
    virtual_host_ = config.Find(lookup);
    __builtin_prefetch(virtual_host_);
    upgrade_ = UpgradeOf(request_);
    if (ReadScheme() && CheckServer() && CheckHost(config)) ChooseRoute();
  }

 private:
  bool Answer(int status, std::string_view detail) {
    decision_.action = Reject{status, detail};
    if (record_.on()) {
      record_.Step(Stage::kAction, true, StrCat("reject ", status), std::string(detail));
    }
    return false;
  }

  bool SendTo(int status, std::string location) {
    if (record_.on()) {
      record_.Step(Stage::kAction, true, StrCat("redirect ", status, " ", location), "");
    }
    decision_.action = Redirect{status, std::move(location)};
    return false;
  }

  bool CheckHead() {
    if (chain_.action != ChainDecision::Action::kHttp || chain_.chain >= tables_.chains.size()) {
      return Answer(404, "route_not_found");
    }
    if (request_.version == HttpVersion::kHttp10 && !tables_.options.accept_http_10) {
      return Answer(426, "low_version");
    }
    if (request_.authority.empty()) return Answer(400, "missing_host_header");
    // No path, prefix or expression matches a request that has none.
    if (request_.method == "CONNECT") return Answer(404, "route_not_found");
    return request_.path.starts_with('/') || Answer(404, "absolute_path_rejected");
  }

  bool NormalizeTarget() {
    const NormalPath path =
        NormalizePath(request_.path, PathRulesOf(tables_.options), &path_storage_);
    const bool redirect = path.outcome == NormalPath::Outcome::kRedirect;
    if (path.outcome == NormalPath::Outcome::kInvalid ||
        (redirect && IsGrpc(FindHeader(request_.headers, "content-type").value_or("")))) {
      return Answer(400, "path_normalization_failed");
    }
    if (redirect) return SendTo(307, std::string(path.target));
    view_.path = path.target;
    view_.path_end = path.path_size;
    return true;
  }

  bool ReadScheme() {
    const bool tls = chain_.tls == ChainDecision::Tls::kTerminate;
    return SetSchemes(tables_.options, tls, &view_, &scheme_storage_) ||
           Answer(404, "route_not_found");
  }

  bool CheckServer() {
    if (tables_.options.misdirected != SnapshotOptions::Misdirected::k421 ||
        !IsMisdirected(tables_, chain_.chain, host_)) {
      return true;
    }
    if (record_.on()) {
      record_.Step(Stage::kVirtualHost, false, std::string(host_),
                   StrCat("host ", Quote(host_),
                          " belongs to another server than the one that the SNI chose"));
    }
    return Answer(421, "misdirected");
  }

  bool CheckHost(const RouteConfig& config) {
    if (virtual_host_ == nullptr) {
      if (record_.on()) {
        record_.Step(Stage::kVirtualHost, false, std::string(host_),
                     StrCat("no virtual host of ", config.name, " covers ", Quote(host_)));
      }
      return Answer(404, "route_not_found");
    }
    decision_.virtual_host = virtual_host_->domain;
    if (record_.on()) {
      record_.Step(Stage::kVirtualHost, true, std::string(virtual_host_->domain), "");
    }
    if (virtual_host_->redirect == nullptr || view_.forwarded_proto == "https") return true;
    if (record_.on()) {
      record_.Step(Stage::kRoute, true, "httpsRedirect",
                   StrCat("x-forwarded-proto is ", Quote(view_.forwarded_proto)),
                   *virtual_host_->redirect);
    }
    return SendTo(301, StrCat("https://", request_.authority, view_.path));
  }

  bool ChooseRoute() {
    const RouteTable* routes = virtual_host_->routes;
    const Route* route = routes == nullptr ? nullptr : routes->Find(view_);
    if (record_.on() && routes != nullptr) RecordRoutes(*routes, route, view_, record_);
    if (route == nullptr) return Answer(404, "route_not_found");
    decision_.route_name = route->name;
    decision_.rule = route->action.rule;
    if (upgrade_ == Upgrade::kOther) return Answer(403, "upgrade_failed");
    DecideAction(*route, view_, &decision_);
    if (auto* forward = std::get_if<Forward>(&decision_.action)) {
      forward->websocket = upgrade_ == Upgrade::kWebsocket;
    }
    if (record_.on()) {
      record_.Step(Stage::kAction, true, ActionSubject(decision_), "", decision_.rule);
    }
    return true;
  }

  const SnapshotTables& tables_;
  const ChainDecision& chain_;
  const RequestHead& request_;
  TraceRecorder record_;
  RouteDecision& decision_;
  RequestView view_;
  std::string_view host_;  // Without a port.
  const VirtualHost* virtual_host_ = nullptr;
  Upgrade upgrade_ = Upgrade::kNone;
  std::string path_storage_;  // What the view's texts may stand in.
  SchemeTexts scheme_storage_;
};

}  // namespace

RouteDecision Snapshot::Decide(const ChainDecision& chain, const RequestHead& request,
                               uint64_t random, Trace* trace) const {
  RouteDecision decision;
  decision.random = random;
  RequestDecider(*tables_->shared, chain, request, trace, &decision).Run();
  return decision;
}

}  // namespace postern
