#include "postern/host_table.h"

#include "lib/match/suffix_table.h"

namespace postern {

class HostIndex::Impl {
 public:
  SuffixTable table;
};

HostIndex::HostIndex() : impl_(std::make_unique<Impl>()) {}
HostIndex::HostIndex(HostIndex&&) noexcept = default;
HostIndex& HostIndex::operator=(HostIndex&&) noexcept = default;
HostIndex::~HostIndex() = default;

absl::Status HostIndex::Add(const HostPattern& pattern) { return impl_->table.Add(pattern.text()); }

size_t HostIndex::Find(std::string_view host) const { return impl_->table.Find(host); }

}  // namespace postern
