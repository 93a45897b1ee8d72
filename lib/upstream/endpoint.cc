#include "lib/upstream/endpoint.h"

namespace postern {

const ConnectionPool* EndpointState::FindPool(std::string_view server_name) const {
  if (server_name.empty()) return &pool_;
  const auto found = named_pools_.find(server_name);
  return found == named_pools_.end() ? nullptr : &found->second;
}

ConnectionPool& EndpointState::PoolFor(std::string_view server_name) {
  if (server_name.empty()) return pool_;
  const auto found = named_pools_.find(server_name);
  return found != named_pools_.end() ? found->second : named_pools_[std::string(server_name)];
}

void EndpointState::DropPool(std::string_view server_name) {
  const auto found = named_pools_.find(server_name);
  if (found == named_pools_.end()) return;
  const ConnectionPool& pool = found->second;
  if (pool.connections == 0 && pool.pending.empty()) named_pools_.erase(found);
}

}  // namespace postern
