// postern explain: what becomes of one request, and each step of the decision with its place.

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/answer.h"
#include "examples/postern/snapshot_arguments.h"
#include "examples/postern/subcommand.h"
#include "examples/probe_url.h"
#include "lib/base/strings.h"
#include "postern/address.h"

namespace postern {
namespace {

// A Question is the arguments, understood.
struct Question {
  SnapshotArguments snapshot;
  Probe probe;
  bool json = false;
};

// ReadHeader reads "name: value", the blank or not; nullopt if it has no name.
std::optional<std::pair<std::string, std::string>> ReadHeader(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return std::pair(AsciiLower(line.substr(0, colon)),
                   std::string(TrimBlanks(line.substr(colon + 1))));
}

std::optional<Question> ParseArguments(const std::vector<std::string>& arguments) {
  ArgumentReader reader("explain", arguments);
  Question question;
  std::optional<std::string> url, sni, method, client, bind;
  std::vector<std::string> alpn;
  std::vector<std::pair<std::string, std::string>> headers;
  while (const std::optional<std::string> argument = reader.Next()) {
    const std::optional<bool> taken = question.snapshot.Take(*argument, reader);
    if (!taken) return std::nullopt;
    if (*taken) continue;
    if (*argument == "--json") {
      question.json = true;
      continue;
    }
    if (!argument->starts_with('-')) {
      if (url) {
        reader.Refuse("wants one URL, not " + *url + " and " + *argument);
        return std::nullopt;
      }
      url = argument;
      continue;
    }
    const std::optional<std::string> value = reader.ValueOf(*argument);
    if (!value) return std::nullopt;
    if (*argument == "--sni") {
      sni = value;
    } else if (*argument == "--alpn") {
      alpn.push_back(*value);
    } else if (*argument == "--bind") {
      bind = value;
    } else if (*argument == "--client-ip") {
      if (!Address::Parse(*value).ok()) {
        reader.Refuse("--client-ip wants an address, not " + *value);
        return std::nullopt;
      }
      client = value;
    } else if (*argument == "-X") {
      method = value;
    } else if (*argument == "-H") {
      auto header = ReadHeader(*value);
      if (!header) {
        reader.Refuse("-H wants 'name: value', not " + *value);
        return std::nullopt;
      }
      headers.push_back(*std::move(header));
    } else {
      reader.Refuse("does not know " + *argument + " " + *value);
      return std::nullopt;
    }
  }
  if (!url || question.snapshot.files.empty()) {
    reader.Refuse("wants -f FILE and a URL");
    return std::nullopt;
  }
  const auto probe = ProbeUrl(*url);
  if (!probe.ok()) {
    reader.Refuse(ToStd(probe.status().message()));
    return std::nullopt;
  }
  question.probe = *probe;
  if (sni) question.probe.sni = sni;
  if (!alpn.empty()) question.probe.alpn = alpn;
  if (client) question.probe.client_ip = *client;
  if (bind) question.probe.listener.bind = *bind;
  if (method && !question.probe.method.empty()) question.probe.method = *method;
  question.probe.headers = headers;
  return question;
}

int RunExplain(const std::vector<std::string>& arguments) {
  const std::optional<Question> question = ParseArguments(arguments);
  if (!question) return kExitUsage;
  const auto snapshot = question->snapshot.Build(question->snapshot.files);
  if (snapshot == nullptr) return kExitFindings;
  const Trace trace = snapshot->Explain(question->probe);
  std::fputs((question->json ? trace.ToJson() : trace.ToText()).c_str(), stdout);
  if (question->json) return kExitClean;
  const Answer answer = Decide(*snapshot, question->probe, 0);
  std::printf("=> %s\n", answer.ToString().c_str());
  if (!answer.route) return kExitClean;
  for (const Setting& setting : snapshot->EffectiveSettings(*answer.route)) {
    std::printf("   %s = %s (%s)\n", setting.name.c_str(), setting.value.c_str(),
                setting.origin.c_str());
  }
  return kExitClean;
}

}  // namespace

const Subcommand kExplain = {
    "explain",
    "-f FILE... [--json] [--labels k=v,...] [--ns NS] [--bind ADDRESS] [--client-ip IP] [--sni S] "
    "[--alpn A]... [-X METHOD] [-H 'name: value']... URL|tcp://HOST:PORT",
    "says what becomes of a request or connection, and why",
    "  -f FILE     a file or folder of resources; may be repeated\n"
    "  --labels L  of the proxy, k=v,...; those of all selectors if not given\n"
    "  --ns NS     of the proxy, where its Secrets are\n"
    "  --json      the steps as JSON\n"
    "  --bind A    asks the servers with this `bind`, not those without\n"
    "  --client-ip IP, --sni S, --alpn A, -X METHOD, -H 'name: value'  what the client shows\n",
    RunExplain,
};

}  // namespace postern
