// The main job: Istio's Gateway and VirtualService, loaded, checked, compiled and served.
//
//   bazel run //examples:quickstart
//   bazel run //examples:quickstart -- --serve
//   bazel run //examples:quickstart -- --config my-gateway.yaml my-routes.yaml --serve
//
// It prints what listens, what is dropped and why, and where connections and requests go; then it
// makes each request to itself and prints the answer. The requests are those of Istio's Gateway
// page, or for a configuration of yours the first one of each listener. --help lists the flags.

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "examples/answer.h"
#include "examples/client.h"
#include "examples/load.h"
#include "examples/local_gateway.h"
#include "examples/quickstart_arguments.h"
#include "examples/stand_in_credentials.h"
#include "examples/story.h"
#include "postern/config.h"
#include "postern/snapshot.h"

namespace {

using SnapshotPtr = std::shared_ptr<const postern::Snapshot>;

// Load compiles `files`, or prints why it cannot and returns null.
SnapshotPtr Load(const std::vector<std::string>& files, const std::string& secrets) {
  std::printf("== ");
  for (const std::string& file : files) std::printf("%s ", file.c_str());
  std::printf("\n\n");
  const postern::Config config = postern::Config::FromFiles(files);
  PrintFindings(config);
  StandInCredentials credentials(config, secrets);
  absl::StatusOr<SnapshotPtr> snapshot =
      postern::Snapshot::Build(config, OptionsFor(config), &credentials);
  for (const std::string& name : credentials.missing()) {
    std::printf("%s is not here: a self-signed certificate stands in\n", name.c_str());
  }
  if (snapshot.ok()) return *std::move(snapshot);
  std::printf("%s\n", snapshot.status().ToString().c_str());
  return nullptr;
}

void PrintListeners(const postern::Snapshot& snapshot, const LocalGateway& gateway) {
  std::printf("listeners:\n");
  for (const postern::Listener& listener : snapshot.listeners()) {
    std::printf("  %-16s on 127.0.0.1:%-6u %-6s %s\n", listener.key.ToString().c_str(),
                gateway.Port(listener.key), listener.tls ? "TLS" : "plain",
                listener.provenance.c_str());
  }
  for (const std::string& name : gateway.stand_ins()) {
    std::printf("upstream %s is this program\n", name.c_str());
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

// PrintDecision explains one probe, and how often each of several destinations is chosen. It
// returns how many there are.
size_t PrintDecision(const postern::Snapshot& snapshot, const postern::Probe& probe) {
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
  return answers.size();
}

// PrintAnswers makes a request `times` times. It returns false if it could not be made.
bool PrintAnswers(const postern::Probe& probe, uint16_t port, int times) {
  std::map<std::string, int> answers;
  for (int i = 0; i < times; ++i) {
    const absl::StatusOr<std::string> answer = Ask(probe, port);
    if (!answer.ok()) {
      std::printf("<= %s\n", answer.status().ToString().c_str());
      return false;
    }
    ++answers[Summary(*answer)];
  }
  for (const auto& [answer, count] : answers) {
    std::printf("<= %s", answer.c_str());
    if (count < times) std::printf(" (%d of %d times)", count, times);
    std::printf("\n");
  }
  return true;
}

// Tell tells `stories` of what `gateway` serves, and returns whether all could be told.
bool Tell(const postern::Snapshot& snapshot, const LocalGateway& gateway,
          const std::vector<Story>& stories) {
  for (const Story& story : stories) {
    std::printf("\n%s\n  # %s\n", story.title.c_str(), story.why.c_str());
    const bool chance = PrintDecision(snapshot, story.probe) > 1;
    const uint16_t port = gateway.Port(story.probe.listener);
    if (port == 0) {
      std::printf("<= there is nothing to connect to\n");
    } else if (!PrintAnswers(story.probe, port, chance ? 40 : 1)) {
      return false;
    }
  }
  std::printf("\n");
  return true;
}

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// WaitForSignal returns when the user has had enough.
void WaitForSignal() {
  const sigset_t signals = EndSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  std::printf("%s: the gateway ends\n", strsignal(signal));
}

// Show loads `files`, serves them, and tells `stories`; an empty list stands for FirstStories.
bool Show(const std::vector<std::string>& files, const QuickstartArguments& arguments,
          const absl::StatusOr<std::vector<Story>>& stories) {
  if (!stories.ok()) return false;
  const SnapshotPtr snapshot = Load(files, arguments.secrets);
  if (snapshot == nullptr) return false;
  LocalGateway gateway(snapshot, arguments.gateway);
  if (const absl::Status listening = gateway.Listen(); !listening.ok()) {
    std::printf("%s\n", listening.ToString().c_str());
    return false;
  }
  PrintListeners(*snapshot, gateway);
  PrintReport(*snapshot);
  std::atomic<bool> stop = false;
  std::thread serving([&] { gateway.Run(stop); });
  const bool told = Tell(*snapshot, gateway, stories->empty() ? FirstStories(*snapshot) : *stories);
  if (arguments.serve) {
    std::printf("serving until SIGINT\n");
    std::fflush(stdout);
    WaitForSignal();
  }
  stop = true;
  serving.join();
  return told;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = QuickstartArguments::Parse(std::span(argv + 1, argv + argc));
  if (!arguments.ok() || arguments->help) {
    if (!arguments.ok()) std::fprintf(stderr, "%s\n", arguments.status().ToString().c_str());
    std::fputs(kQuickstartUsage, arguments.ok() ? stdout : stderr);
    return arguments.ok() ? 0 : 2;
  }
  if (arguments->serve) {
    // Threads inherit this: signals are waited for in one place.
    const sigset_t signals = EndSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  }
  if (!arguments->files.empty())
    return Show(arguments->files, *arguments, std::vector<Story>()) ? 0 : 1;
  const std::vector<std::string> bookinfo = {"examples/configs/bookinfo.yaml",
                                             "examples/configs/mongo.yaml"};
  bool told = Show(bookinfo, *arguments, BookinfoStories());
  if (!arguments->serve) {
    told = Show({"examples/configs/namespaces.yaml"}, *arguments, NamespaceStories()) && told;
  }
  return told ? 0 : 1;
}
