// Endpoints for the tests of lib/upstream.

#ifndef POSTERN_TESTS_UPSTREAM_ENDPOINTS_H_
#define POSTERN_TESTS_UPSTREAM_ENDPOINTS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lib/upstream/endpoint.h"

namespace postern {

// MakeEndpoints returns one endpoint for each of `weights`, named "e0", "e1" and so on.
inline std::vector<EndpointPtr> MakeEndpoints(const std::vector<uint32_t>& weights) {
  std::vector<EndpointPtr> endpoints;
  for (const uint32_t weight : weights) {
    auto endpoint = std::make_shared<EndpointState>();
    endpoint->name = "e" + std::to_string(endpoints.size());
    endpoint->weight = weight;
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

}  // namespace postern

#endif  // POSTERN_TESTS_UPSTREAM_ENDPOINTS_H_
