// The requests of Istio's Gateway page, which the quickstart tells about.

#ifndef POSTERN_EXAMPLES_STORY_H_
#define POSTERN_EXAMPLES_STORY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "postern/decision.h"
#include "postern/snapshot.h"

// A Story is a request, and what makes it worth telling.
struct Story {
  std::string title;
  std::string why;
  postern::Probe probe;
};

// BookinfoStories are told of examples/configs/bookinfo.yaml and mongo.yaml, NamespaceStories of
// namespaces.yaml.
absl::StatusOr<std::vector<Story>> BookinfoStories();
absl::StatusOr<std::vector<Story>> NamespaceStories();

// FirstStories asks each listener of `snapshot` for "/" of localhost.
std::vector<Story> FirstStories(const postern::Snapshot& snapshot);

#endif  // POSTERN_EXAMPLES_STORY_H_
