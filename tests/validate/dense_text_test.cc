// Texts of few bytes for much that must be kept, as a minifier makes them, are read and checked
// within the limits of lib/yaml.

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/support/heap_watch.h"

namespace postern {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

std::string Head(std::string_view kind) {
  return StrCat("apiVersion: networking.istio.io/v1\nkind: ", kind,
                "\nmetadata: {name: a}\nspec: ");
}

// A Dense is one resource, whose list is `item(0), item(1), ...`.
struct Dense {
  std::string name;
  std::string head;
  std::function<std::string(int)> item;
  std::string tail;
};

void PrintTo(const Dense& dense, std::ostream* out) { *out << dense.name; }

std::string TextOf(const Dense& dense, size_t bytes) {
  std::string text = dense.head;
  for (int i = 0; text.size() + dense.tail.size() < bytes; ++i) text += dense.item(i);
  return text + dense.tail;
}

class DenseTextTest : public testing::TestWithParam<std::tuple<Dense, size_t>> {};

TEST_P(DenseTextTest, IsReadAndCheckedWithinTwentyTimesItsSize) {
  const auto& [dense, bytes] = GetParam();
  const std::string text = TextOf(dense, bytes);
  const HeapWatch watch;
  const Config config = Config::FromYaml(text);
  EXPECT_TRUE(ToStatus(config.findings).ok()) << ToStatus(config.findings);
  const size_t decoded = watch.peak();
  const std::vector<Diagnostic> findings = Validate(config);
  EXPECT_TRUE(ToStatus(findings).ok()) << ToStatus(findings).message().substr(0, 500);
  EXPECT_LE(watch.peak(), 20 * text.size() + kMiB)
      << "decoded: " << decoded / text.size() << " times, " << findings.size() << " findings";
  RecordProperty("times", StrCat(watch.peak() / text.size()));
}

const Dense kDense[] = {
    {"Servers", StrCat(Head("Gateway"), "{servers: ["),
     [](int i) {
       return StrCat("{port: {number: ", i % 60'000 + 1, ", protocol: TCP, name: a", i,
                     "}, hosts: [a", i, ".b]},");
     },
     "]}"},
    {"ForwardingRoutes", StrCat(Head("VirtualService"), "{hosts: [a.b], http: ["),
     [](int i) {
       return StrCat("{match: [{uri: {exact: /", i, "}}], route: [{destination: {host: a}}]},");
     },
     "]}"},
    {"RoutesInJson",
     "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{"
     "\"name\":\"a\"},\"spec\":{\"hosts\":[\"a.b\"],\"http\":[",
     [](int i) {
       return StrCat(i == 0 ? "" : ",", "{\"match\":[{\"uri\":{\"exact\":\"/", i,
                     "\"}}],\"route\":[{\"destination\":{\"host\":\"a\"}}]}");
     },
     "]}}"},
    {"RoutesInMinifiedYaml", StrCat(Head("VirtualService"), "{hosts: [a.b], http: ["),
     [](int i) {
       return StrCat("{match: [{uri: {prefix: /api/", i,
                     "/}}],route: [{destination: {host: a}}]},");
     },
     "]}"},
    {"Subsets", StrCat(Head("DestinationRule"), "{host: a.b, subsets: ["),
     [](int i) { return StrCat("{name: a", i, ", labels: {v: a}},"); }, "]}"},
    {"Endpoints",
     StrCat(Head("ServiceEntry"),
            "{hosts: [a.b], resolution: STATIC, ports: [{number: 80, protocol: HTTP, name: a}], "
            "endpoints: ["),
     [](int i) { return StrCat("{address: 10.", i >> 16, ".", i >> 8 & 255, ".", i & 255, "},"); },
     "]}"},
    {"Ports", StrCat(Head("ServiceEntry"), "{hosts: [a.b], resolution: DNS, ports: ["),
     [](int i) { return StrCat("{number: ", i % 60'000 + 1, ", protocol: TCP, name: a", i, "},"); },
     "]}"},
    {"WorkloadEntries", "",
     [](int i) { return StrCat(Head("WorkloadEntry"), "{address: 10.0.0.", i & 255, "}\n---\n"); },
     ""},
    {"ConfigMapKeys", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {",
     [](int i) { return StrCat("a", i, ": some-value,"); }, "}"},
    {"SecretKeys", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {",
     [](int i) { return StrCat("a", i, ": c29tZS12YWx1ZQ==,"); }, "}"},
    {"ServicePorts", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [",
     [](int i) { return StrCat("{name: a", i, ", port: ", i % 60'000 + 1, "},"); }, "]}"},
    {"SliceEndpoints",
     "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\n"
     "addressType: IPv4\nendpoints: [",
     [](int i) { return StrCat("{addresses: [10.0.", i >> 8 & 255, ".", i & 255, "]},"); }, "]"},
};

INSTANTIATE_TEST_SUITE_P(All, DenseTextTest,
                         testing::Combine(testing::ValuesIn(kDense),
                                          testing::Values(4'000, 60'000, 400'000)),
                         [](const auto& info) {
                           return StrCat(std::get<0>(info.param).name,
                                         std::get<1>(info.param) / 1000, "KB");
                         });

TEST(DenseTextTest, WhatIsDenserIsRefusedOnceItIsLarge) {
  const Dense redirects = {
      "", StrCat(Head("VirtualService"), "{hosts: [a.b], http: ["),
      [](int i) { return StrCat("{match: [{uri: {exact: /", i, "}}], redirect: {uri: /}},"); },
      "]}"};
  EXPECT_TRUE(ToStatus(Config::FromYaml(TextOf(redirects, 60'000)).findings).ok());
  const std::string text = TextOf(redirects, 4'000'000);
  const HeapWatch watch;
  const Config config = Config::FromYaml(text);
  EXPECT_LE(watch.peak(), 20 * text.size() + kMiB);
  ASSERT_EQ(config.findings.size(), 1u);
  EXPECT_EQ(config.findings[0].rule, "text-memory-limit");
}

}  // namespace
}  // namespace postern
