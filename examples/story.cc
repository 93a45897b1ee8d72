#include "examples/story.h"

#include <span>
#include <utility>

#include "examples/probe_url.h"

namespace {

struct Line {
  const char* why;
  const char* url;
  std::pair<std::string, std::string> header = {};
};

absl::StatusOr<std::vector<Story>> Stories(std::span<const Line> lines) {
  std::vector<Story> stories;
  for (const Line& line : lines) {
    absl::StatusOr<postern::Probe> probe = ProbeUrl(line.url);
    if (!probe.ok()) return probe.status();
    if (!line.header.first.empty()) probe->headers = {line.header};
    stories.push_back({line.url, line.why, *std::move(probe)});
  }
  return stories;
}

}  // namespace

absl::StatusOr<std::vector<Story>> BookinfoStories() {
  static const Line kLines[] = {
      {"port 80 sends everyone to https", "http://uk.bookinfo.com/reviews/1"},
      {"most reviews come from prod, some from qa, on the gateway's port as none is given",
       "https://uk.bookinfo.com/reviews/1"},
      {"a developer's cookie leads to qa",
       "https://eu.bookinfo.com/ratings",
       {"cookie", "user=dev-123"}},
      {"the prefix is /reviews/, with its slash", "https://uk.bookinfo.com/reviews"},
      {"no server has this name: the connection is closed", "https://us.bookinfo.com/reviews/1"},
      {"on 9443 any bookinfo.com host of bookinfo-namespace is served",
       "https://uk.bookinfo.com:9443/reviews/1"},
      {"and one that has no VirtualService is not found", "https://us.bookinfo.com:9443/reviews/1"},
      {"9080 takes any host", "http://reviews.prod.svc.cluster.local:9080/reviews/1"},
      {"if a VirtualService names it", "http://other.com:9080/reviews/1"},
      {"nothing listens on 2379: the rule is for 27017", "tcp://:2379"},
      {"where server and rule agree, mongo is reached", "tcp://:27017"},
  };
  return Stories(kLines);
}

absl::StatusOr<std::vector<Story>> NamespaceStories() {
  static const Line kLines[] = {
      {"ns1/* takes any host of ns1", "http://ns1.bar.com/ns1"},
      {"ns2/foo.bar.com takes that host of ns2", "http://foo.bar.com/ns2"},
      {"and no other", "http://ns2.bar.com/ns2"},
      {"ns3 is not invited", "http://foo.bar.com/ns3"},
  };
  return Stories(kLines);
}

std::vector<Story> FirstStories(const postern::Snapshot& snapshot) {
  std::vector<Story> stories;
  for (const postern::Listener& listener : snapshot.listeners()) {
    postern::Probe probe;
    probe.listener = listener.key;
    probe.authority = "localhost";
    if (listener.tls) probe.sni = "localhost";
    stories.push_back({listener.key.ToString(), "/ of localhost", std::move(probe)});
  }
  return stories;
}
