#include "lib/match/names.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lib/base/strings.h"
#include "lib/match/ip.h"

namespace postern {
namespace {

using Kind = DomainProblem::Kind;

constexpr size_t kMaxDomain = 255;
constexpr size_t kMaxLabel = 63;

// IsName accepts alphanumeric ends with `inner` bytes allowed between them.
bool IsName(std::string_view text, std::string_view inner) {
  if (text.empty() || !IsAsciiAlnum(text.front()) || !IsAsciiAlnum(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [inner](char c) {
    return IsAsciiAlnum(c) || inner.find(c) != std::string_view::npos;
  });
}

bool IsWildcardLabel(std::string_view text) {
  if (text.empty() || text.size() > kMaxLabel) return false;
  if (text.front() != '*') return IsDnsLabel(text);
  text.remove_prefix(1);
  if (!text.empty() && text.front() == '-')
    text.remove_prefix(1);
  else if (text.empty())
    return true;
  return IsDnsLabel(text);
}

// IsNumber accepts what strconv.ParseInt does: digits with an optional sign, within 64 bits.
bool IsNumber(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return false;
  }
  return ParseDecimal<int64_t>(text).has_value();
}

std::optional<DomainProblem> CheckSize(std::string_view text) {
  if (text.size() > kMaxDomain) return DomainProblem{Kind::kTooLong, {}};
  if (text.empty()) return DomainProblem{Kind::kEmpty, {}};
  return std::nullopt;
}

std::optional<DomainProblem> CheckLabels(std::string_view text) {
  const std::string_view top = text.substr(text.rfind('.') + 1);
  if (IsNumber(top)) return DomainProblem{Kind::kNumericTop, top};
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    const std::string_view label = text.substr(0, dot);
    if (!IsDnsLabel(label)) return DomainProblem{Kind::kLabel, label};
    text.remove_prefix(dot + 1);
  }
  if (!top.empty() && !IsDnsLabel(top)) return DomainProblem{Kind::kLabel, top};
  return std::nullopt;
}

std::string_view TrimDots(std::string_view text) {
  while (!text.empty() && text.front() == '.') text.remove_prefix(1);
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string DomainProblem::Clause() const {
  switch (kind) {
    case Kind::kTooLong:
      return "is longer than 255 bytes";
    case Kind::kEmpty:
      return "must not be empty";
    case Kind::kFirstLabel:
    case Kind::kLabel:
      return StrCat("has the label ", Quote(label), ", which is none of a DNS name");
    case Kind::kNumericTop:
      return StrCat("ends in the number ", Quote(label));
    case Kind::kSniForm:
      return StrCat("has ", Quote(label),
                    " where \"outbound_.<port>_<subset>_.<host>\" has its port or host");
  }
  return {};
}

bool IsDnsLabel(std::string_view text) { return text.size() <= kMaxLabel && IsName(text, "-"); }

std::optional<DomainProblem> CheckFqdn(std::string_view text) {
  if (const auto problem = CheckSize(text)) return problem;
  return CheckLabels(text);
}

std::optional<DomainProblem> CheckWildcardDomain(std::string_view text) {
  if (const auto problem = CheckSize(text)) return problem;
  const size_t dot = text.find('.');
  const std::string_view first = text.substr(0, dot);
  if (!IsWildcardLabel(first)) return DomainProblem{Kind::kFirstLabel, first};
  if (dot == std::string_view::npos) return std::nullopt;
  return CheckLabels(text.substr(dot + 1));
}

std::optional<DomainProblem> CheckSniDomain(std::string_view text) {
  if (const auto problem = CheckSize(text)) return problem;
  if (!text.starts_with("outbound_")) return CheckWildcardDomain(text);
  const std::vector<std::string_view> parts = Split(text, '_');
  if (parts.size() < 4) return DomainProblem{Kind::kSniForm, text};
  const std::string_view port = TrimDots(parts[1]);
  if (!std::any_of(port.begin(), port.end(), IsAsciiDigit)) {
    return DomainProblem{Kind::kSniForm, port};
  }
  const std::string_view host = TrimDots(parts[3]);
  if (!std::any_of(host.begin(), host.end(), IsAsciiAlpha)) {
    return DomainProblem{Kind::kSniForm, host};
  }
  return std::nullopt;
}

bool IsIpLiteral(std::string_view text) { return ParseIp(text).has_value(); }

bool IsCidr(std::string_view text) { return Cidr::Parse(text).ok(); }

bool IsLabelKey(std::string_view key) {
  const size_t slash = key.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view prefix = key.substr(0, slash);
    if (prefix.size() > 253) return false;
    for (const std::string_view piece : Split(prefix, '.')) {
      if (!IsName(piece, "-")) return false;
    }
    key.remove_prefix(slash + 1);
  }
  return key.size() <= kMaxLabel && IsName(key, "-_.");
}

bool IsLabelValue(std::string_view value) { return value.empty() || IsName(value, "-_."); }

bool IsHeaderName(std::string_view name) {
  // Istio's expression has the range from "+" to ".", which holds the comma.
  static constexpr std::string_view kSigns = "!#$%&'*+,-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return IsAsciiAlnum(c) || kSigns.find(c) != std::string_view::npos;
  });
}

bool IsJwtClaimKey(std::string_view key) {
  constexpr std::string_view kPrefix = "@request.auth.claims";
  if (!EqualsIgnoreCase(key.substr(0, kPrefix.size()), kPrefix)) return false;
  const std::string_view claim = key.substr(kPrefix.size());
  if (claim.starts_with('.')) return claim.size() > 1;
  return claim.starts_with('[') && claim.ends_with(']') && claim.size() > 2;
}

bool IsMatchHeaderName(std::string_view key) {
  constexpr std::string_view kPseudo[] = {":method", ":scheme", ":authority", ":path", ":status"};
  return IsHeaderName(key) || IsJwtClaimKey(key) ||
         std::find(std::begin(kPseudo), std::end(kPseudo), key) != std::end(kPseudo);
}

}  // namespace postern
