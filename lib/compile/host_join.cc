#include "lib/compile/host_join.h"

#include <algorithm>

#include "lib/match/host_names.h"

namespace postern {
namespace {

// Ending returns the text that every host of `name` ends with.
std::string_view Ending(std::string_view name) {
  return IsWildcardHost(name) ? name.substr(1) : name;
}

bool ReversedLess(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

}  // namespace

void HostJoin::Seal() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return ReversedLess(Ending(a.name), Ending(b.name));
  });
  for (uint32_t i = 0; i < entries_.size(); ++i) {
    const std::string_view ending = Ending(entries_[i].name);
    if (!IsWildcardHost(entries_[i].name)) {
      exact_[ending].push_back(i);
      continue;
    }
    wildcards_[ending].push_back(i);
    if (suffix_lengths_.size() <= ending.size()) suffix_lengths_.resize(ending.size() + 1);
    suffix_lengths_[ending.size()] = true;
  }
}

void HostJoin::FindCovering(std::string_view suffix, size_t longest, std::string_view host,
                            std::vector<Match>* matches) const {
  for (size_t length = 0; length < suffix_lengths_.size() && length <= longest; ++length) {
    if (!suffix_lengths_[length]) continue;
    const auto found = wildcards_.find(suffix.substr(suffix.size() - length));
    if (found == wildcards_.end()) continue;
    for (const uint32_t i : found->second) matches->push_back({&entries_[i], host});
  }
}

void HostJoin::Find(std::string_view host, std::vector<Match>* matches) const {
  if (!IsWildcardHost(host)) {
    if (const auto found = exact_.find(host); found != exact_.end()) {
      for (const uint32_t i : found->second) matches->push_back({&entries_[i], host});
    }
    FindCovering(host, host.size(), host, matches);
    return;
  }
  const std::string_view suffix = Ending(host);
  // What ends with `suffix` stands together.
  for (auto it = std::lower_bound(entries_.begin(), entries_.end(), suffix,
                                  [](const Entry&entry, std::string_view wanted) {
                                    return ReversedLess(Ending(entry.name), wanted);
                                  });
       it != entries_.end() && Ending(it->name).ends_with(suffix); ++it) {
    matches->push_back({&*it, it->name});
  }
  if (!suffix.empty()) FindCovering(suffix, suffix.size() - 1, host, matches);
}

}  // namespace postern
