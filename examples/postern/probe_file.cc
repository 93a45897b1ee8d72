#include "examples/postern/probe_file.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/base/strings.h"

namespace postern {
namespace {

using Level = SnapshotOptions::PathNormalization;

constexpr std::pair<std::string_view, Level> kLevels[] = {
    {"NONE", Level::kNone},
    {"BASE", Level::kBase},
    {"DEFAULT", Level::kBase},
    {"MERGE_SLASHES", Level::kMergeSlashes},
    {"DECODE_AND_MERGE_SLASHES", Level::kDecodeAndMergeSlashes},
};

constexpr std::pair<std::string_view, ProbeTest::Certificate> kCertificates[] = {
    {"none", ProbeTest::Certificate::kNone},
    {"valid", ProbeTest::Certificate::kValid},
    {"untrusted", ProbeTest::Certificate::kUntrusted},
};

// A Reader reads a file and notes what it does not understand.
class Reader {
 public:
  ProbeFile Read(const YamlNode& node) {
    ProbeFile file;
    // A list alone is the probes.
    if (node.kind == YamlNode::Kind::kList) {
      ReadProbes(node, &file);
      return file;
    }
    KnownKeys(node, {"name", "source", "rejected_servers", "proxy", "resources", "probes"});
    file.name = node["name"].Text();
    if (node.Find("rejected_servers")) file.rejected_servers = node["rejected_servers"].Int();
    if (node.Find("resources")) file.resources = node["resources"].Text();
    ReadProxy(node["proxy"], &file);
    const YamlNode* probes = node.Find("probes");
    ReadProbes(probes == nullptr ? node : *probes, &file);
    return file;
  }

  const std::string& problems() const { return problems_; }

 private:
  void Complain(const YamlNode& node, std::string_view problem) {
    StrAppend(&problems_, problems_.empty() ? "" : "\n", node.Place(), ": ", problem);
  }

  void KnownKeys(const YamlNode& node, std::initializer_list<std::string_view> known) {
    if (node.kind != YamlNode::Kind::kMap && node.kind != YamlNode::Kind::kNull) {
      Complain(node, "not a map");
    }
    for (const auto& [key, value] : node.fields) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        Complain(value, StrCat("unknown key ", Quote(key)));
      }
    }
  }

  // OneOf returns what `names` has for the text of `node`.
  template <typename T, size_t N>
  T OneOf(const YamlNode& node, std::string_view absent,
          const std::pair<std::string_view, T> (&names)[N]) {
    const std::string text = node.Text(absent);
    for (const auto& [name, value] : names) {
      if (name == text) return value;
    }
    Complain(node, StrCat("unknown value ", Quote(text)));
    return names[0].second;
  }

  void ReadProxy(const YamlNode& proxy, ProbeFile* file) {
    KnownKeys(proxy, {"labels", "namespace", "secrets", "numTrustedProxies", "path_normalization"});
    file->has_proxy = proxy.kind == YamlNode::Kind::kMap;
    file->options.labels = {{"istio", "ingressgateway"}};
    if (const YamlNode* labels = proxy.Find("labels")) {
      file->options.labels.clear();
      for (const auto& [key, value] : labels->fields) file->options.labels[key] = value.Text();
    }
    file->options.ns = proxy["namespace"].Text("istio-system");
    file->options.num_trusted_proxies = static_cast<uint32_t>(proxy["numTrustedProxies"].Int());
    file->options.path_normalization = OneOf(proxy["path_normalization"], "BASE", kLevels);
    for (const auto& [name, value] : proxy["secrets"].fields) {
      file->secrets[name] = value.Text();
      if (value.Text() != "missing" && value.Text() != "invalid") {
        Complain(value, "a secret is missing or invalid");
      }
    }
  }

  void ReadProbes(const YamlNode& list, ProbeFile* file) {
    for (const YamlNode& item : list.items) file->probes.push_back(ReadProbe(item));
    if (file->probes.empty()) Complain(list, "no probes");
  }

  ProbeTest ReadProbe(const YamlNode& node) {
    KnownKeys(node, {"name", "port", "bind", "client_ip", "tls", "http", "expect"});
    ProbeTest test;
    test.name = StrCat("line ", node.line);
    if (node.Find("name")) StrAppend(&test.name, ": ", node["name"].Text());
    test.probe.listener = {node["bind"].Text(), static_cast<uint16_t>(node["port"].Int())};
    test.probe.client_ip = node["client_ip"].Text();
    test.probe.method.clear();
    if (const YamlNode* tls = node.Find("tls")) {
      KnownKeys(*tls, {"sni", "alpn", "client_cert"});
      test.probe.sni = (*tls)["sni"].Text();
      test.probe.alpn = (*tls)["alpn"].Texts();
      test.certificate = OneOf((*tls)["client_cert"], "none", kCertificates);
    }
    if (const YamlNode* http = node.Find("http")) ReadHttp(*http, &test);
    test.expect = node["expect"];
    if (test.expect.fields.empty()) Complain(node, "a probe without expectation");
    return test;
  }

  void ReadHttp(const YamlNode& http, ProbeTest* test) {
    KnownKeys(http, {"method", "authority", "path", "headers", "version"});
    test->probe.method = http["method"].Text("GET");
    test->probe.authority = http["authority"].Text();
    test->probe.path = http["path"].Text("/");
    for (const auto& [name, value] : http["headers"].fields) {
      // A list is one line each.
      for (const std::string& line : value.Texts()) {
        test->probe.headers.emplace_back(AsciiLower(name), line);
      }
    }
    const std::string version = http["version"].Text("1.1");
    test->http_10 = version == "1.0";
    if (version != "1.0" && version != "1.1") Complain(http, "a version is 1.0 or 1.1");
  }

  std::string problems_;
};

}  // namespace

absl::StatusOr<ProbeFile> ProbeFile::Read(std::string_view text) {
  POSTERN_ASSIGN_OR_RETURN(const YamlNode node, YamlNode::Read(text));
  Reader reader;
  ProbeFile file = reader.Read(node);
  if (!reader.problems().empty()) return InvalidArgument(reader.problems());
  return file;
}

}  // namespace postern
