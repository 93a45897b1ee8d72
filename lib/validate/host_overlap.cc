#include "lib/validate/host_overlap.h"

#include <algorithm>
#include <tuple>

namespace postern {
namespace {

// A ReversedHost is a host whose text, read from its end, sorts next to all that it covers.
struct ReversedHost {
  std::string text;  // Without the "*".
  bool is_wildcard;
  size_t index;
};

std::vector<ReversedHost> Reverse(std::span<const std::string> hosts) {
  std::vector<ReversedHost> reversed;
  reversed.reserve(hosts.size());
  for (size_t i = 0; i < hosts.size(); ++i) {
    const bool is_wildcard = hosts[i].starts_with('*');
    reversed.push_back({{hosts[i].rbegin(), hosts[i].rend() - is_wildcard}, is_wildcard, i});
  }
  std::sort(reversed.begin(), reversed.end(), [](const ReversedHost& a, const ReversedHost& b) {
    return std::tie(a.text, a.index) < std::tie(b.text, b.index);
  });
  return reversed;
}

// Overlap says whether `a` and `b`, which sorts behind it, do.
bool Overlap(const ReversedHost& a, const ReversedHost& b) {
  return a.is_wildcard ? b.text.starts_with(a.text) : a.text == b.text;
}

}  // namespace

std::vector<std::pair<size_t, size_t>> FindOverlaps(std::span<const std::string> hosts,
                                                    size_t max_pairs) {
  const std::vector<ReversedHost> sorted = Reverse(hosts);
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t a = 0; a < sorted.size() && pairs.size() < max_pairs; ++a) {
    for (size_t b = a + 1; b < sorted.size() && pairs.size() < max_pairs; ++b) {
      // What `a` overlaps stands behind it without a gap: wildcards cover a range of the order.
      if (!Overlap(sorted[a], sorted[b])) break;
      pairs.push_back(std::minmax(sorted[a].index, sorted[b].index));
    }
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

HostCover::HostCover(std::span<const std::string> hosts) {
  for (const std::string& host : hosts) {
    if (host.starts_with('*')) {
      const std::string_view suffix = std::string_view(host).substr(1);
      if (suffixes_.insert(suffix).second) lengths_.push_back(suffix.size());
    } else {
      names_.insert(host);
    }
  }
  std::sort(lengths_.begin(), lengths_.end());
  lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
}

bool HostCover::Covers(std::string_view host) const {
  if (host.starts_with('*')) {
    host.remove_prefix(1);
  } else if (names_.contains(host)) {
    return true;
  }
  return std::any_of(lengths_.begin(), lengths_.end(), [&](size_t length) {
    return length <= host.size() && suffixes_.contains(host.substr(host.size() - length));
  });
}

}  // namespace postern
