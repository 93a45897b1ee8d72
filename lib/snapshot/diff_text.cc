// SnapshotDiff as text and as JSON. Finding the differences is for lib/snapshot/diff.cc.

#include <string>
#include <string_view>

#include "lib/base/json.h"
#include "lib/base/strings.h"
#include "postern/snapshot.h"

namespace postern {
namespace {

std::string_view KindName(SnapshotDiff::Kind kind) {
  switch (kind) {
    case SnapshotDiff::Kind::kHostAdded:
      return "host-added";
    case SnapshotDiff::Kind::kHostRemoved:
      return "host-removed";
    case SnapshotDiff::Kind::kHostMoved:
      return "host-moved";
    case SnapshotDiff::Kind::kRouteChanged:
      return "route-changed";
    case SnapshotDiff::Kind::kTlsStronger:
      return "tls-stronger";
    case SnapshotDiff::Kind::kTlsWeaker:
      return "tls-weaker";
    case SnapshotDiff::Kind::kTlsChanged:
      return "tls-changed";
    case SnapshotDiff::Kind::kCertificateChanged:
      return "certificate-changed";
  }
  return "";
}

std::string KeyJson(const ListenerKey& key) {
  return StrCat("{\"bind\": ", JsonQuote(key.bind), ", \"port\": ", int{key.port}, "}");
}

}  // namespace

std::string SnapshotDiff::ToText() const {
  std::string text;
  for (const Listener& listener : opened) {
    StrAppend(&text, "opened ", listener.key.ToString(), ": ", listener.provenance, "\n");
  }
  for (const ListenerKey& key : closed) StrAppend(&text, "closed ", key.ToString(), "\n");
  for (const Change& change : changes) {
    const bool of_upstream = change.listener == ListenerKey();
    StrAppend(&text, KindName(change.kind), " ",
              of_upstream ? "upstream" : change.listener.ToString(), " ", change.host, ": ",
              change.what, change.drains ? " (connections drain)" : "", "\n");
  }
  return text;
}

std::string SnapshotDiff::ToJson() const {
  std::string json = "{\"opened\": [";
  std::string_view comma = "";
  for (const Listener& listener : opened) {
    StrAppend(&json, comma, "{\"key\": ", KeyJson(listener.key),
              ", \"tls\": ", listener.tls ? "true" : "false",
              ", \"provenance\": ", JsonQuote(listener.provenance), "}");
    comma = ", ";
  }
  json += "], \"closed\": [";
  comma = "";
  for (const ListenerKey& key : closed) {
    StrAppend(&json, comma, KeyJson(key));
    comma = ", ";
  }
  json += "], \"changes\": [";
  comma = "";
  for (const Change& change : changes) {
    StrAppend(&json, comma, "{\"kind\": ", JsonQuote(KindName(change.kind)),
              ", \"listener\": ", KeyJson(change.listener), ", \"host\": ", JsonQuote(change.host),
              ", \"what\": ", JsonQuote(change.what),
              ", \"drains\": ", change.drains ? "true" : "false", "}");
    comma = ", ";
  }
  json += "]}";
  return json;
}

}  // namespace postern
