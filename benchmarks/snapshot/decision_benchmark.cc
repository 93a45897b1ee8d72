// bazel run //benchmarks/snapshot:decision_benchmark
//
// How long Snapshot::Decide takes for one request, among H hosts with R routes each, asked in
// random order; and what trying the same routes one after another would take. The routes of a host
// are half exact paths and half prefixes, every fourth with a condition on a header. A hundred
// hosts share a VirtualService, as a model with 2,560,000 rules of its own would not fit in memory;
// each host has its own entry in the table of hosts.
//
// Instructions of one decision, without the noise of a shared machine:
//   tools/instructions.sh 'postern::Snapshot::Decide(postern::ChainDecision*'
//     bazel-bin/benchmarks/snapshot/decision_benchmark --benchmark_filter='Instructions.*/1/1/'

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "lib/snapshot/route.h"
#include "postern/snapshot.h"
#include "tests/support/allocations.h"

namespace {

using postern::StrCat;

constexpr size_t kAsked = 1 << 14;
constexpr size_t kHostsPerService = 100;

std::string HostName(size_t i) { return StrCat("shop-", i * 7919, ".example.com"); }

std::string Path(size_t route) { return StrCat("/team", route % 16, "/service", route); }

postern::HttpRoute Rule(size_t i) {
  postern::HttpMatchRequest match;
  match.uri.emplace();
  (i % 2 == 0 ? match.uri->exact : match.uri->prefix) = Path(i);
  if (i % 4 == 1) match.headers["x-canary"].exact = "yes";
  postern::HttpRoute rule;
  rule.match.push_back(match);
  postern::HttpRouteDestination destination;
  destination.destination = postern::Destination{"upstream.example.com", "", {{80}}};
  rule.route.push_back(destination);
  return rule;
}

postern::Config MakeConfig(size_t hosts, size_t routes) {
  postern::Config config;
  postern::Gateway& gateway = config.gateways.emplace_back();
  gateway.metadata.name = "g";
  gateway.metadata.ns = "default";
  postern::Server server;
  server.port = postern::Port{80, "HTTP", "http", 0};
  server.hosts = {"*"};
  gateway.servers.push_back(server);
  for (size_t first = 0; first < hosts; first += kHostsPerService) {
    postern::VirtualService& service = config.virtual_services.emplace_back();
    service.metadata.name = StrCat("v", first);
    service.metadata.ns = "default";
    service.gateways = {"g"};
    for (size_t i = first; i < std::min(hosts, first + kHostsPerService); ++i) {
      service.hosts.push_back(HostName(i));
    }
    for (size_t i = 0; i < routes; ++i) service.http.push_back(Rule(i));
  }
  return config;
}

// A Question is a request that some route takes.
struct Question {
  std::string authority;
  std::string path;
};

std::vector<Question> MakeQuestions(size_t hosts, size_t routes) {
  std::mt19937_64 random(1);
  std::vector<Question> questions(kAsked);
  for (Question& question : questions) {
    const size_t route = random() % routes;
    question.authority = HostName(random() % hosts);
    question.path = StrCat(Path(route), route % 2 == 0 ? "?id=1" : "/items/17?id=1");
  }
  return questions;
}

constexpr postern::HeaderView kHeaders[] = {
    {"user-agent", "curl/8.5.0"}, {"accept", "*/*"}, {"x-canary", "yes"}};

postern::RequestHead HeadOf(const Question& question) {
  postern::RequestHead head;
  head.method = "GET";
  head.authority = question.authority;
  head.path = question.path;
  head.headers = kHeaders;
  return head;
}

std::shared_ptr<const postern::Snapshot> Build(size_t hosts, size_t routes) {
  auto snapshot = postern::Snapshot::Build(MakeConfig(hosts, routes));
  if (!snapshot.ok()) {
    std::fputs(snapshot.status().ToString().c_str(), stderr);
    std::abort();
  }
  return *snapshot;
}

void Decide(benchmark::State& state) {
  const auto hosts = static_cast<size_t>(state.range(0));
  const auto routes = static_cast<size_t>(state.range(1));
  const auto snapshot = Build(hosts, routes);
  const std::vector<Question> questions = MakeQuestions(hosts, routes);
  postern::ConnectionFacts facts;
  facts.listener = {"", 80};
  const postern::ChainDecision chain = snapshot->Decide(facts, 0);
  size_t at = 0;
  size_t forwarded = 0;
  const uint64_t before = postern::Allocations();
  for (auto _ : state) {
    const postern::RouteDecision decision =
        snapshot->Decide(chain, HeadOf(questions[at % kAsked]), at);
    ++at;
    forwarded += std::holds_alternative<postern::Forward>(decision.action);
    benchmark::DoNotOptimize(decision);
  }
  state.counters["allocations"] = static_cast<double>(postern::Allocations() - before);
  if (forwarded != at) state.SkipWithError("a request found no route");
}
BENCHMARK(Decide)->Args({1, 1})->Args({1, 256})->Args({10'000, 1})->Args({10'000, 256});

// Instructions does a fixed amount of work, for callgrind.
void Instructions(benchmark::State& state) { Decide(state); }
BENCHMARK(Instructions)->Args({1, 1})->Args({10'000, 256})->Iterations(4096);

// LinearScan tries the routes of one host in their order: what the index stands in for.
void LinearScan(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  std::vector<postern::Route> routes(count);
  std::vector<std::string> texts(count);
  for (size_t i = 0; i < count; ++i) {
    texts[i] = Path(i);
    routes[i].path.kind =
        i % 2 == 0 ? postern::PathCondition::Kind::kExact : postern::PathCondition::Kind::kPrefix;
    routes[i].path.text = texts[i];
    if (i % 4 == 1) {
      postern::RouteCondition condition;
      condition.name = "x-canary";
      condition.matcher = postern::StringMatcher::Exact("yes");
      routes[i].conditions.push_back(std::move(condition));
    }
  }
  const std::vector<Question> questions = MakeQuestions(1, count);
  size_t at = 0;
  size_t found = 0;
  for (auto _ : state) {
    const postern::RequestHead head = HeadOf(questions[at++ % kAsked]);
    postern::RequestView view;
    view.head = &head;
    view.path = head.path;
    view.path_end = head.path.find('?');
    const auto route =
        std::find_if(routes.begin(), routes.end(),
                     [&view](const postern::Route& candidate) { return candidate.Matches(view); });
    found += route != routes.end();
    benchmark::DoNotOptimize(route);
  }
  if (found != at) state.SkipWithError("a request found no route");
}
BENCHMARK(LinearScan)->Arg(1)->Arg(256);

}  // namespace
