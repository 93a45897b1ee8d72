#include "lib/snapshot/listener_table.h"

#include <algorithm>

#include "lib/base/strings.h"

namespace postern {
namespace {

// CheckServerName refuses what no ClientHello can hold, and a "*" that is not the first label.
absl::Status CheckServerName(std::string_view name) {
  const std::string_view rest = name.starts_with("*.") ? name.substr(2) : name;
  if (rest.empty() || name.size() > SuffixTable::kMaxName) {
    return InvalidArgument("server name is empty or longer than ", SuffixTable::kMaxName,
                           " bytes: ", Quote(name));
  }
  if (rest.find('*') != std::string_view::npos) {
    return InvalidArgument("\"*\" is not the first label of the server name ", Quote(name));
  }
  return absl::OkStatus();
}

}  // namespace

uint32_t ListenerTable::TakenIn(const Candidates& candidates, const Chain& chain) {
  if (chain.alpn.empty()) return candidates.plain;
  for (const auto& [alpn, number] : candidates.by_alpn) {
    if (std::find(chain.alpn.begin(), chain.alpn.end(), alpn) != chain.alpn.end()) return number;
  }
  return Chain::kNone;
}

uint32_t ListenerTable::Taken(const Chain& chain) const {
  if (chain.names.empty()) return TakenIn(any_, chain);
  for (const std::string_view name : chain.names) {
    const size_t known = names_.FindPattern(name);
    if (known == SuffixTable::kNone) continue;
    if (const uint32_t taken = TakenIn(named_[known], chain); taken != Chain::kNone) return taken;
  }
  return Chain::kNone;
}

void ListenerTable::AddTo(Candidates* candidates, const Chain& chain, uint32_t number) {
  if (chain.alpn.empty()) candidates->plain = number;
  for (const std::string_view alpn : chain.alpn) candidates->by_alpn.emplace_back(alpn, number);
}

absl::Status ListenerTable::Add(const Chain& chain, uint32_t number) {
  for (const std::string_view name : chain.names) {
    if (absl::Status checked = CheckServerName(name); !checked.ok()) return checked;
  }
  if (chain.names.empty()) AddTo(&any_, chain, number);
  for (const std::string_view name : chain.names) {
    size_t known = names_.FindPattern(name);
    if (known == SuffixTable::kNone) {
      if (absl::Status added = names_.Add(name); !added.ok()) return added;
      known = named_.size();
      named_.emplace_back().name = name;
    }
    AddTo(&named_[known], chain, number);
  }
  chains_.push_back(number);
  return absl::OkStatus();
}

const ListenerTable::Candidates& ListenerTable::CandidatesFor(std::string_view host) const {
  const size_t known = host.empty() ? SuffixTable::kNone : names_.Find(host);
  return known == SuffixTable::kNone ? any_ : named_[known];
}

uint32_t ListenerTable::Find(std::string_view sni, std::span<const std::string_view> alpn) const {
  const Candidates& candidates = CandidatesFor(sni);
  for (const std::string_view offered : alpn) {
    for (const auto& [wanted, number] : candidates.by_alpn) {
      if (wanted == offered) return number;
    }
  }
  return candidates.plain;
}

std::string_view ListenerTable::Name(std::string_view sni) const { return CandidatesFor(sni).name; }

}  // namespace postern
