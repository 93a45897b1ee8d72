// The main job: Istio's Gateway and VirtualService, loaded, checked, compiled and asked.
//
//   bazel run //examples:quickstart
//   bazel run //examples:quickstart -- --config my-gateway.yaml my-routes.yaml
//
// It prints what would listen, what is dropped and why, and where connections and requests go: for
// its own configuration the stories of Istio's Gateway page, for yours the first request of each
// listener.

#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/answer.h"
#include "examples/load.h"
#include "examples/probe_url.h"
#include "examples/stand_in_credentials.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace {

using SnapshotPtr = std::shared_ptr<const postern::Snapshot>;

// A Story is a request, and what makes it worth telling.
struct Story {
  const char* why;
  const char* url;
  std::pair<std::string, std::string> header = {};
};

const std::vector<Story> kBookinfo = {
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

const std::vector<Story> kNamespaces = {
    {"ns1/* takes any host of ns1", "http://ns1.bar.com/ns1"},
    {"ns2/foo.bar.com takes that host of ns2", "http://foo.bar.com/ns2"},
    {"and no other", "http://ns2.bar.com/ns2"},
    {"ns3 is not invited", "http://foo.bar.com/ns3"},
};

// Load compiles `files`, or prints why it cannot and returns null.
SnapshotPtr Load(const std::vector<std::string>& files) {
  std::printf("== ");
  for (const std::string& file : files) std::printf("%s ", file.c_str());
  std::printf("\n\n");
  const postern::Config config = postern::Config::FromFiles(files);
  PrintFindings(config);
  StandInCredentials credentials(config);
  absl::StatusOr<SnapshotPtr> snapshot =
      postern::Snapshot::Build(config, OptionsFor(config), &credentials);
  for (const std::string& name : credentials.missing()) {
    std::printf("%s is not here: a self-signed certificate stands in\n", name.c_str());
  }
  if (snapshot.ok()) return *std::move(snapshot);
  std::printf("%s\n", snapshot.status().ToString().c_str());
  return nullptr;
}

void PrintListeners(const postern::Snapshot& snapshot) {
  std::printf("listeners:\n");
  for (const postern::Listener& listener : snapshot.listeners()) {
    std::printf("  %-16s %-6s %s\n", listener.key.ToString().c_str(),
                listener.tls ? "TLS" : "plain", listener.provenance.c_str());
  }
}

void PrintReport(const postern::Snapshot& snapshot) {
  std::printf("report:\n");
  for (const postern::Finding& finding : snapshot.report()) {
    std::printf("  %s\n", finding.diagnostic.ToString().c_str());
    if (finding.diagnostic.other) {
      std::printf("    and %s: %s\n", finding.diagnostic.other->where.ToString().c_str(),
                  finding.diagnostic.other->resource.c_str());
    }
  }
}

// PrintDecision explains one probe, and how often each of several destinations is chosen.
void PrintDecision(const postern::Snapshot& snapshot, const postern::Probe& probe) {
  std::fputs(snapshot.Explain(probe).ToText().c_str(), stdout);
  constexpr int kTries = 1000;
  std::map<std::string, int> answers;
  for (int i = 0; i < kTries; ++i) {
    // Any numbers will do, as long as they are spread evenly.
    const auto random = static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15;
    ++answers[Decide(snapshot, probe, random).ToString()];
  }
  for (const auto& [answer, count] : answers) {
    std::printf("=> %s", answer.c_str());
    if (count < kTries) std::printf(" (%d of %d times)", count, kTries);
    std::printf("\n");
  }
}

// PrintStories returns whether all of them could be told.
bool PrintStories(const postern::Snapshot& snapshot, const std::vector<Story>& stories) {
  for (const Story& story : stories) {
    std::printf("\n%s\n  # %s\n", story.url, story.why);
    absl::StatusOr<postern::Probe> probe = ProbeUrl(story.url);
    if (!probe.ok()) return false;
    if (!story.header.first.empty()) probe->headers = {story.header};
    PrintDecision(snapshot, *probe);
  }
  return true;
}

// PrintFirstRequests asks each listener for "/" of localhost.
void PrintFirstRequests(const postern::Snapshot& snapshot) {
  for (const postern::Listener& listener : snapshot.listeners()) {
    postern::Probe probe;
    probe.listener = listener.key;
    probe.authority = "localhost";
    if (listener.tls) probe.sni = "localhost";
    std::printf("\n%s, / of localhost\n", listener.key.ToString().c_str());
    PrintDecision(snapshot, probe);
  }
}

// Show tells all about `files`; their stories, if there are none, are their first requests.
bool Show(const std::vector<std::string>& files, const std::vector<Story>& stories) {
  const SnapshotPtr snapshot = Load(files);
  if (snapshot == nullptr) return false;
  PrintListeners(*snapshot);
  PrintReport(*snapshot);
  if (stories.empty()) PrintFirstRequests(*snapshot);
  const bool told = PrintStories(*snapshot, stories);
  std::printf("\n");
  return told;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::strcmp(argv[1], "--config") == 0) {
    std::vector<std::string> files;
    for (int i = 2; i < argc; ++i) files.push_back(FromCommandLine(argv[i]));
    return Show(files, {}) ? 0 : 1;
  }
  if (argc > 1) {
    std::fputs("usage: quickstart [--config FILE...]\n", stderr);
    return 2;
  }
  const bool bookinfo =
      Show({"examples/configs/bookinfo.yaml", "examples/configs/mongo.yaml"}, kBookinfo);
  return Show({"examples/configs/namespaces.yaml"}, kNamespaces) && bookinfo ? 0 : 1;
}
