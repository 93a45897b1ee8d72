#include "tests/support/random_gateways.h"

#include <chrono>
#include <utility>

#include "lib/base/strings.h"
#include "postern/host_pattern.h"
#include "tests/support/test_certificates.h"

namespace postern {

using TlsMode = ServerTlsSettings::TlsMode;

std::string RandomGateways::Pick(std::initializer_list<const char*> words) {
  return words.begin()[Below(words.size())];
}

SnapshotOptions RandomGateways::Options() {
  SnapshotOptions options;
  options.labels = {{"istio", "gw"}};
  options.ns = "n0";
  options.invalid = SnapshotOptions::Invalid::kDropResource;
  options.wall_time = kTestWallTime;
  return options;
}

Metadata RandomGateways::DrawMetadata(std::string name) {
  Metadata metadata;
  metadata.api_version = "networking.istio.io/v1";
  metadata.name = std::move(name);
  metadata.ns = Pick({"n0", "n0", "n1"});
  if (Chance(50)) {
    metadata.creation_timestamp =
        std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + Below(4)));
  }
  return metadata;
}

Server RandomGateways::DrawServer(size_t number) {
  Server server;
  Port& port = server.port.emplace();
  port.name = StrCat("p", number % 3);
  port.number = Chance(50) ? 443 : Chance(60) ? 80 : 9000;
  if (Chance(15)) server.bind = Pick({"10.0.0.1", "10.0.0.2"});
  for (size_t i = Chance(35) ? 2 : 1; i > 0; --i) {
    server.hosts.push_back(Pick({"*", "a.com", "a.com", "b.com", "*.a.com", "x.a.com", "n0/a.com",
                                 "n1/*", "./b.com", "A.com", "c.org", "d.org"}));
  }
  // Hosts that are equal in one respect only, and hosts that seldom meet.
  if (theme_ == Theme::kNone && Chance(40)) {
    server.hosts = {Pick({"a.com", "n0/a.com", "A.com", "n1/a.com"})};
  } else if (theme_ == Theme::kTerminated && Chance(60)) {
    server.hosts = {StrCat("h", Below(12), ".net")};
  }
  if (Chance(3)) server.hosts = {"*/*", "./a.com"};
  if (Chance(10)) server.hosts = {"A.com", "a.com"};
  size_t kind = Below(20);
  bool passthrough = Chance(35);
  if (theme_ != Theme::kNone && Chance(80)) {
    kind = theme_ == Theme::kBytes ? 4 + Below(3) : 7 + Below(8);
    passthrough = theme_ == Theme::kPassthrough;
    if (theme_ != Theme::kBytes) port.number = 443;
  }
  if (kind < 4) {
    port.protocol = Chance(80) ? "HTTP" : Pick({"http", "GRPC", "HTTP2"});
    if (Chance(30)) server.tls.emplace().https_redirect = true;
  } else if (kind < 7) {
    port.protocol = Pick({"TCP", "MONGO"});
  } else {
    ServerTlsSettings& tls = server.tls.emplace();
    port.protocol = kind < 14 ? "HTTPS" : "TLS";
    tls.mode = passthrough ? TlsMode::kPassthrough : TlsMode::kSimple;
    if (tls.mode == TlsMode::kSimple && Chance(20)) tls.mode = TlsMode::kMutual;
    if (tls.mode != TlsMode::kPassthrough) {
      tls.credential_name =
          Pick({"fits", "all", "expired", "expiring", "early", "missing", "bad", "other"});
    }
  }
  return server;
}

Gateway RandomGateways::DrawGateway(size_t number) {
  Gateway gateway;
  // Two resources of one name are a mistake that Istio lets pass.
  const bool twins = theme_ == Theme::kTerminated && Chance(70);
  gateway.metadata = DrawMetadata(StrCat("g", twins ? 0 : number));
  if (twins) gateway.metadata.ns = "n0";
  if (Chance(60)) gateway.selector = {{"istio", Chance(90) ? "gw" : "other"}};
  for (size_t i = 0, count = 1 + Below(3); i < count; ++i) {
    gateway.servers.push_back(DrawServer(number + i));
  }
  return gateway;
}

std::vector<RouteDestination> RandomGateways::DrawDestination(size_t number) {
  RouteDestination destination;
  destination.destination = Destination{StrCat("d", number, ".example.com"), "", PortSelector{80}};
  return {destination};
}

VirtualService RandomGateways::DrawService(size_t number) {
  VirtualService service;
  service.metadata = DrawMetadata(StrCat("v", number));
  service.hosts.push_back(
      Pick({"*", "a.com", "a.com", "*.a.com", "b.com", "x.a.com", "c.org", "q.org"}));
  const std::string second(Pick({"b.com", "d.org", "x.a.com"}));
  const auto first = HostPattern::Parse(service.hosts.front());
  if (Chance(65) && !first->Overlaps(*HostPattern::Parse(second))) service.hosts.push_back(second);
  service.gateways.push_back(Pick({"n0/g0", "n0/g1", "n0/g2", "n1/g0", "n1/g1"}));
  if (Chance(50)) service.gateways.push_back(Pick({"n0/g0", "n1/g2", "n0/nobody", "mesh"}));
  if (Chance(30)) service.export_to = {Pick({".", "n0", "n9"})};
  // Invalid without the mesh's own form: hosts that are short or "*" are for Gateways only.
  if (Chance(60)) {
    for (size_t i = 0, rules = 1 + Below(3); i < rules; ++i) {
      service.http.push_back(routes_.DrawRule(i));
    }
  }
  if (Chance(45) || service.http.empty()) {
    for (size_t i = 0, rules = 1 + Below(2); i < rules; ++i) {
      TlsRoute& rule = service.tls.emplace_back();
      TlsMatchAttributes& match = rule.match.emplace_back();
      match.sni_hosts = {service.hosts[Below(service.hosts.size())]};
      if (Chance(15)) match.port = 443;
      rule.route = DrawDestination(i);
    }
  }
  if (Chance(45) || theme_ == Theme::kBytes) {
    for (size_t i = 0, rules = 1 + Below(3); i < rules; ++i) {
      TcpRoute& rule = service.tcp.emplace_back();
      if (Chance(30)) rule.match.emplace_back().port = Chance(70) ? 443 : 9000;
      rule.route = DrawDestination(i);
    }
  }
  return service;
}

Config RandomGateways::DrawConfig() {
  Config config;
  theme_ = static_cast<Theme>(Below(4));
  for (size_t i = 0; i < 3; ++i) config.gateways.push_back(DrawGateway(i));
  for (size_t i = 0, services = 3 + Below(3); i < services; ++i) {
    config.virtual_services.push_back(DrawService(i));
  }
  return config;
}

RandomCredentials::RandomCredentials() {
  using std::chrono::hours;
  TestCa ca("ca");
  ca_ = ca.certificate();
  const auto issue = [&](const char* name, std::vector<std::string> dns,
                         std::chrono::seconds begins, std::chrono::seconds ends) {
    TestSubject subject;
    subject.dns = std::move(dns);
    subject.begins = begins;
    subject.ends = ends;
    key_pairs_[name] = ca.Issue(subject).credential();
  };
  const std::vector<std::string> some = {"a.com", "*.a.com", "c.org"};
  issue("fits", {"a.com", "*.a.com", "b.com", "c.org", "d.org"}, -hours(24), hours(24 * 365));
  issue("all", {"a.com", "b.com"}, -hours(24), hours(24 * 365));
  issue("other", {"elsewhere.net"}, -hours(24), hours(24 * 365));
  issue("expired", some, -hours(48), -hours(24));
  issue("expiring", some, -hours(48), hours(24 * 9));
  issue("early", some, hours(24), hours(24 * 365));
  key_pairs_["bad"].certificate_chain = "-----BEGIN CERTIFICATE-----\nnot one\n";
}

absl::StatusOr<Credential> RandomCredentials::Find(const CredentialName& name) {
  if (name.kind == CredentialName::Kind::kCa) {
    Credential credential;
    credential.ca_certificates = ca_;
    return credential;
  }
  const auto found = key_pairs_.find(name.name);
  if (found == key_pairs_.end()) return NotFound(name.ToString(), " does not exist");
  Credential credential;
  credential.certificate_chain = found->second.certificate_chain;
  credential.private_key = found->second.private_key.Clone();
  return credential;
}

absl::StatusOr<SecretText> RandomCredentials::ReadFile(std::string_view path) {
  return NotFound(path, " does not exist");
}

}  // namespace postern
