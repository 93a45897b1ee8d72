#include "postern/host_pattern.h"

#include <algorithm>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"
#include "lib/match/host_names.h"
#include "lib/match/ip.h"
#include "lib/match/names.h"

namespace postern {
namespace {

constexpr size_t kMaxName = 255;
constexpr size_t kMaxLabel = 63;

// CheckLabels allows any label that DNS can hold: "_" too, as in the SNI of AUTO_PASSTHROUGH.
absl::Status CheckLabels(std::string_view text) {
  for (size_t start = 0, end = 0; start <= text.size(); start = end + 1) {
    end = std::min(text.find('.', start), text.size());
    std::string_view label = text.substr(start, end - start);
    if (label.size() > kMaxLabel) {
      return InvalidArgument("label of more than 63 bytes in host ", Quote(text));
    }
    if (start == 0 && IsWildcardHost(label)) {
      label.remove_prefix(1);
    } else if (label.empty() && (start == 0 || end < text.size())) {
      return InvalidArgument("empty label in host ", Quote(text));
    }
    for (const char c : label) {
      if (c == '*') return InvalidArgument("\"*\" is not the first byte of host ", Quote(text));
      if (!IsAsciiAlnum(c) && c != '-' && c != '_') {
        return InvalidArgument("no DNS name has the byte ", Quote(std::string_view(&c, 1)), " of ",
                               Quote(text));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HostPattern> HostPattern::Parse(std::string_view text) {
  if (text.empty()) return InvalidArgument("host is empty");
  if (text.size() > kMaxName) return InvalidArgument("host of more than 255 bytes: ", Quote(text));
  if (!ParseIp(text)) POSTERN_RETURN_IF_ERROR(CheckLabels(text));
  return HostPattern(AsciiLower(text));
}

bool HostPattern::Matches(std::string_view host) const {
  if (text_ == "*") return true;
  if (!IsWildcardHost(text_)) return EqualsIgnoreCase(host, text_);
  const std::string_view suffix = std::string_view(text_).substr(1);
  return host.size() > suffix.size() &&
         EqualsIgnoreCase(host.substr(host.size() - suffix.size()), suffix);
}

bool HostPattern::Covers(const HostPattern& other) const {
  return HostIsSubset(other.text_, text_);
}

bool HostPattern::Overlaps(const HostPattern& other) const {
  return HostsOverlap(text_, other.text_);
}

bool HostPattern::Precedes(const HostPattern& other) const {
  return HostPrecedes(text_, other.text_);
}

std::optional<HostPattern> HostPattern::Intersect(const HostPattern& a, const HostPattern& b) {
  if (b.Covers(a)) return a;
  if (a.Covers(b)) return b;
  return std::nullopt;
}

absl::StatusOr<ServerHost> ServerHost::Parse(std::string_view text,
                                             std::string_view gateway_namespace) {
  std::string_view ns = "*";
  std::string_view host = text;
  if (const size_t slash = text.find('/'); slash != std::string_view::npos) {
    ns = text.substr(0, slash);
    host = text.substr(slash + 1);
    if (ns == ".") {
      ns = gateway_namespace;
    } else if (ns != "*" && !IsDnsLabel(ns)) {
      return InvalidArgument("namespace ", Quote(ns), " in server host ", Quote(text));
    }
  }
  POSTERN_ASSIGN_OR_RETURN(HostPattern pattern, HostPattern::Parse(host));
  return ServerHost{std::string(ns), std::move(pattern)};
}

}  // namespace postern
