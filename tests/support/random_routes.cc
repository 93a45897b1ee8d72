#include "tests/support/random_routes.h"

#include "lib/base/strings.h"
#include "postern/host_pattern.h"

namespace postern {

std::string RandomRoutes::Pick(std::initializer_list<const char*> words) {
  return words.begin()[Below(words.size())];
}

StringMatch RandomRoutes::DrawText(std::initializer_list<const char*> words,
                                   std::initializer_list<const char*> expressions) {
  StringMatch match;
  switch (Below(8)) {
    case 0:
    case 1:
    case 2:
      match.exact = Pick(words);
      break;
    case 3:
    case 4: {
      const std::string word = Pick(words);
      match.prefix = word.substr(0, 1 + Below(word.size()));
      break;
    }
    case 5:
    case 6:
      match.regex = Pick(expressions);
      break;
    default:
      break;  // Present.
  }
  return match;
}

StringMatch RandomRoutes::DrawUri() {
  StringMatch match;
  switch (Below(10)) {
    case 0:
    case 1:
    case 2:
      match.exact = Pick({"/", "/a", "/a/b", "/A", "/api/v1", "/API/v1", "/abc", "/img.png"});
      break;
    case 3:
    case 4:
    case 5:
    case 6:
      match.prefix =
          Pick({"/a", "/a/", "/A", "/api", "/api/", "/Api/V", "/ab", "/abc", "/i", "/", ""});
      break;
    case 7:
    case 8:
      match.regex = Pick({"/a.*", "/api/v[0-9]", ".*", "/[a-c]+", "/.*", ".*png", "/(a|b)/b"});
      break;
    default:
      break;  // Says nothing: like the prefix "/".
  }
  return match;
}

HttpMatchRequest RandomRoutes::DrawMatch(size_t number) {
  HttpMatchRequest match;
  match.name = StrCat("m", number);
  if (Chance(80)) match.uri = DrawUri();
  match.ignore_uri_case = Chance(25);
  if (Chance(12)) match.scheme = DrawText({"http", "https"}, {"https?", "h.*s"});
  if (Chance(15)) match.method = DrawText({"GET", "POST", "PUT"}, {"GET|PUT", "P.*"});
  if (Chance(12)) {
    match.authority = DrawText({"a.com", "b.com", "x.a.com", "a.com:8080"}, {".*com", "a.*"});
  }
  for (size_t i = Chance(25) ? 1 + Below(2) : 0; i > 0; --i) {
    match.headers[Pick({"x-a", "X-B", "end-user"})] = DrawText({"1", "2", "12", "jason"}, {"1.*"});
  }
  for (size_t i = Chance(15) ? 1 + Below(2) : 0; i > 0; --i) {
    match.without_headers[Pick({"x-a", "x-b", "End-User"})] =
        DrawText({"1", "2", "jason"}, {"1.*", ".*"});
  }
  for (size_t i = Chance(20) ? 1 + Below(2) : 0; i > 0; --i) {
    match.query_params[Pick({"q", "r"})] = DrawText({"1", "2", "12"}, {"1.*", "[0-9]+"});
  }
  if (Chance(8)) match.port = Chance(50) ? 80 : 81;
  if (Chance(6)) match.gateways = {Pick({"g0", "g1", "n1/g0", "n0/g1", "mesh"})};
  if (Chance(6)) match.source_labels = {{"app", Pick({"gw", "other"})}};
  if (Chance(4)) match.source_namespace = Pick({"n0", "istio-system"});
  return match;
}

HttpRoute RandomRoutes::DrawRule(size_t number) {
  HttpRoute rule;
  rule.name = StrCat("r", number);
  // Rules that match everything hide all that follows them: only a few have no match at all.
  const size_t matches = Chance(5) ? 0 : 1 + Below(3);
  for (size_t i = 0; i < matches; ++i) rule.match.push_back(DrawMatch(i));
  HttpRouteDestination destination;
  destination.destination = Destination{"d.example.com", "", PortSelector{80}};
  rule.route.push_back(destination);
  return rule;
}

VirtualService RandomRoutes::DrawService(size_t number) {
  VirtualService service;
  service.metadata.api_version = "networking.istio.io/v1";
  service.metadata.name = StrCat("v", number);
  service.metadata.ns = Pick({"n0", "n1"});
  if (Chance(50)) {
    service.metadata.creation_timestamp =
        std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + Below(4)));
  }
  service.hosts.push_back(Pick({"*", "a.com", "*.com", "*.a.com", "b.com", "x.a.com"}));
  const std::string second(Pick({"c.com", "d.a.com", "*.org"}));
  // Hosts of one VirtualService that overlap are invalid.
  const auto first = HostPattern::Parse(service.hosts.front());
  if (Chance(40) && !first->Overlaps(*HostPattern::Parse(second))) service.hosts.push_back(second);
  service.gateways.push_back(Pick({"n0/g0", "n1/g1", "n0/g0"}));
  if (Chance(40)) service.gateways.push_back("n1/g2");
  for (size_t i = 0, rules = 1 + Below(8); i < rules; ++i) service.http.push_back(DrawRule(i));
  return service;
}

Config RandomRoutes::DrawConfig() {
  Config config;
  for (size_t i = 0; i < 3; ++i) {
    Gateway gateway;
    gateway.metadata.api_version = "networking.istio.io/v1";
    gateway.metadata.name = StrCat("g", i);
    gateway.metadata.ns = i == 0 ? "n0" : "n1";
    if (Chance(50)) {
      gateway.metadata.creation_timestamp =
          std::chrono::sys_seconds(std::chrono::seconds(1'700'000'000 + Below(4)));
    }
    Server server;
    server.port = Port{80, "HTTP", "http", 0};
    server.hosts.push_back(Pick({"*", "*.com", "*", "n0/*", "./*.com", "n1/a.com"}));
    if (Chance(30)) server.hosts.push_back(Pick({"a.com", "*.a.com", "c.com"}));
    gateway.servers.push_back(server);
    config.gateways.push_back(gateway);
  }
  for (size_t i = 0, services = 1 + Below(5); i < services; ++i) {
    config.virtual_services.push_back(DrawService(i));
  }
  return config;
}

OracleRequest RandomRoutes::DrawRequest() {
  OracleRequest request;
  request.method = Pick({"GET", "GET", "POST", "PUT"});
  request.scheme = Pick({"http", "http", "https"});
  request.authority = Pick({"a.com", "b.com", "x.a.com", "A.com", "c.com", "d.a.com", "e.org",
                            "a.com:8080", "y.x.a.com"});
  request.path = Pick({"/", "/a", "/a/b", "/A", "/A/b", "/api/v1", "/API/V1", "/api", "/abc",
                       "/abcd", "/img.png", "/b/b", "/zzz"});
  if (Chance(40)) {
    request.path += Pick({"?q=1", "?q=2&r=1", "?r=12", "?q", "?q=1&q=2", "?r=&q=12", "??q=1"});
  }
  for (size_t i = Chance(60) ? 1 + Below(3) : 0; i > 0; --i) {
    request.headers.emplace_back(Pick({"x-a", "x-b", "end-user"}),
                                 Pick({"1", "2", "12", "jason", "", "1,2"}));
  }
  return request;
}

}  // namespace postern
