// What the balancers by hash share: which endpoints a table is made of, and when it is made anew.
// How a table is laid out is for lib/upstream/ring_hash.cc and lib/upstream/maglev.cc.

#ifndef POSTERN_UPSTREAM_HASH_BALANCER_H_
#define POSTERN_UPSTREAM_HASH_BALANCER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/upstream/balancer.h"

namespace postern {

// A HashBalancer keeps a table for the endpoints that it was last asked to pick from, and makes it
// anew when these or their weights are others.
class HashBalancer : public Balancer {
 public:
  size_t Pick(std::span<const EndpointPtr> endpoints, Draw& draw) final;

 protected:
  // A Share is one endpoint of a table.
  struct Share {
    std::string key;  // What it is placed by: "192.0.2.1:80".
    uint32_t index = 0;
    double weight = 0;  // Above 0; the sum of all is 1.
  };

  // Build makes the table for `shares`, which are not empty.
  virtual void Build(std::span<const Share> shares) = 0;

  // Find returns the index of the endpoint for `hash`, once `refused` others have been turned down.
  virtual size_t Find(uint64_t hash, uint32_t refused) const = 0;

 private:
  bool StandsFor(std::span<const EndpointPtr> endpoints) const;

  std::vector<std::pair<EndpointPtr, uint32_t>> built_for_;  // With the weight of then.
};

}  // namespace postern

#endif  // POSTERN_UPSTREAM_HASH_BALANCER_H_
