#include "lib/compile/credential_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/strings.h"
#include "postern/config.h"
#include "tests/support/test_certificates.h"

namespace postern {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using TlsMode = ServerTlsSettings::TlsMode;

const ListenerKey kListener = {"", 443};

// A CountingSource counts how often it is asked.
class CountingSource : public CredentialSource {
 public:
  explicit CountingSource(CredentialSource* inner) : inner_(inner) {}

  absl::StatusOr<Credential> Find(const CredentialName& name) override {
    asked.push_back(name.ToString());
    return inner_->Find(name);
  }
  absl::StatusOr<SecretText> ReadFile(std::string_view path) override {
    asked.push_back("file " + std::string(path));
    return inner_->ReadFile(path);
  }

  std::vector<std::string> asked;

 private:
  CredentialSource* inner_;
};

ServerTlsSettings Settings(TlsMode mode, std::string credential_name) {
  ServerTlsSettings settings;
  settings.mode = mode;
  settings.credential_name = std::move(credential_name);
  return settings;
}

class CredentialLoaderTest : public testing::Test {
 protected:
  CredentialLoaderTest() {
    TestSubject subject;
    subject.dns = {"a.example", "*.b.example"};
    subject.ips = {"192.0.2.1"};
    web_ = ca_.Issue(subject);
  }

  void AddSecret(const std::string& ns, const std::string& name,
                 std::map<std::string, std::string> data) {
    Secret secret;
    secret.metadata.ns = ns;
    secret.metadata.name = name;
    secret.data = std::move(data);
    config_.secrets.push_back(std::move(secret));
  }
  void AddWeb() { AddSecret("istio-system", "web", Pair()); }
  std::map<std::string, std::string> Pair() const {
    return {{"tls.crt", web_.certificate}, {"tls.key", web_.key}};
  }

  ServerCredentials Load(const ServerTlsSettings& settings) {
    source_ = MakeConfigCredentials(config_);
    counting_ = std::make_unique<CountingSource>(source_.get());
    loader_ = std::make_unique<CredentialLoader>(counting_.get(), "istio-system");
    return loader_->Load(settings, "server 1", {"http/1.1"}, kListener);
  }
  std::string Problem(const ServerTlsSettings& settings) {
    const ServerCredentials loaded = Load(settings);
    EXPECT_FALSE(loaded.ready());
    return std::string(loaded.problem.message());
  }

  TestCa ca_;
  TestCertificate web_;
  Config config_;
  std::unique_ptr<CredentialSource> source_;
  std::unique_ptr<CountingSource> counting_;
  std::unique_ptr<CredentialLoader> loader_;
};

TEST_F(CredentialLoaderTest, ASecretOfTheProxysNamespaceMakesAServerReady) {
  AddWeb();
  const ServerCredentials loaded = Load(Settings(TlsMode::kSimple, "web"));
  ASSERT_TRUE(loaded.ready()) << loaded.problem;
  EXPECT_THAT(counting_->asked, ElementsAre("secret istio-system/web"));
  const std::vector<CertificateInfo> infos = loader_->certificates();
  ASSERT_EQ(infos.size(), 1);
  EXPECT_EQ(infos[0].source, "secret istio-system/web");
  EXPECT_EQ(infos[0].serial, "03e9");
  EXPECT_THAT(infos[0].names, ElementsAre("a.example", "*.b.example", "192.0.2.1"));
  EXPECT_EQ(infos[0].not_before, kTestWallTime - std::chrono::hours(24));
  EXPECT_EQ(infos[0].not_after, kTestWallTime + std::chrono::hours(24 * 365));
  EXPECT_THAT(infos[0].listeners, ElementsAre(kListener));
}

TEST_F(CredentialLoaderTest, APolicyThatLeavesNothingMakesNoServerReady) {
  AddWeb();
  ServerTlsSettings settings = Settings(TlsMode::kSimple, "web");
  settings.max_protocol_version = ServerTlsSettings::TlsProtocol::kTls11;
  EXPECT_THAT(Problem(settings), HasSubstr("the lowest version of TLS is above the highest"));

  settings = Settings(TlsMode::kSimple, "web");
  settings.cipher_suites = {"-ALL"};
  EXPECT_THAT(Problem(settings), HasSubstr("the TLS policy cannot be set up"));

  // A name that Istio does not keep leaves the default.
  settings.cipher_suites = {"HIGH"};
  EXPECT_TRUE(Load(settings).ready());
}

TEST_F(CredentialLoaderTest, EachNameIsAskedForOnce) {
  AddWeb();
  Load(Settings(TlsMode::kSimple, "web"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(loader_->Load(Settings(TlsMode::kSimple, "web"), "x", {}, kListener).ready());
    EXPECT_FALSE(loader_->Load(Settings(TlsMode::kSimple, "gone"), "y", {}, kListener).ready());
  }
  EXPECT_THAT(counting_->asked, ElementsAre("secret istio-system/web", "secret istio-system/gone"));
  EXPECT_EQ(loader_->credentials().size(), 2);
}

TEST_F(CredentialLoaderTest, ACaIsTakenFromTheSecretOfItsOwnFirst) {
  AddWeb();
  config_.secrets[0].data["ca.crt"] = ca_.certificate();
  const ServerTlsSettings settings = Settings(TlsMode::kMutual, "web");
  ServerCredentials loaded = Load(settings);
  ASSERT_TRUE(loaded.ready()) << loaded.problem;
  EXPECT_EQ(loaded.context->verifier()->trust()->source(), "CA of secret istio-system/web");
  EXPECT_THAT(counting_->asked,
              ElementsAre("secret istio-system/web", "CA of secret istio-system/web-cacert",
                          "CA of secret istio-system/web"));

  AddSecret("istio-system", "web-cacert", {{"ca.crt", ca_.certificate()}});
  loaded = Load(settings);
  ASSERT_TRUE(loaded.ready()) << loaded.problem;
  EXPECT_EQ(loaded.context->verifier()->trust()->source(), "CA of secret istio-system/web-cacert");

  // Once it is there, nothing else is looked at.
  config_.secrets.back().data = {{"bundle.pem", ca_.certificate()}};
  EXPECT_THAT(Problem(settings), HasSubstr("neither a key \"cacert\" nor \"ca.crt\""));
}

TEST_F(CredentialLoaderTest, OnlyTheSecretsOfTheProxysNamespaceAreUsed) {
  AddSecret("apps", "web", Pair());
  EXPECT_THAT(Problem(Settings(TlsMode::kSimple, "web")), HasSubstr("does not exist"));
  EXPECT_THAT(Problem(Settings(TlsMode::kSimple, "apps/web")), HasSubstr("another namespace"));
  EXPECT_THAT(Problem(Settings(TlsMode::kSimple, "kubernetes://apps/web")),
              HasSubstr("another namespace"));
  EXPECT_THAT(counting_->asked, IsEmpty());
}

TEST_F(CredentialLoaderTest, NamesAreReadByIstiosRules) {
  AddWeb();
  AddSecret("istio-system", "web-cacert", {{"cacert", ca_.certificate()}});
  ConfigMap map;
  map.metadata.ns = "trust";
  map.metadata.name = "roots";
  map.data = {{"ca.crt", ca_.certificate()}};
  config_.config_maps.push_back(map);
  struct {
    const char* name;
    const char* ca;
    bool ready;
  } const kCases[] = {
      {"web", "", true},
      {"istio-system/web", "", true},
      {"kubernetes://istio-system/web", "", true},
      {"kubernetes://web", "", true},
      {"sds://web", "", true},
      {"web", "web-cacert", true},
      {"web", "configmap://trust/roots", true},
      {"web", "configmap://trust/none", false},
      {"web", "web", false},
      {"web-cacert", "", false},
      {"configmap://trust/roots", "", false},
      {"invalid://web", "", false},
      {"kubernetes-gateway://istio-system/web", "", false},
      {"builtin://", "", false},
      {"a/b/c", "", false},
      {"/web", "", false},
  };
  for (const auto& [name, ca, ready] : kCases) {
    ServerTlsSettings settings = Settings(TlsMode::kMutual, name);
    settings.ca_cert_credential_name = ca;
    const ServerCredentials loaded = Load(settings);
    EXPECT_EQ(loaded.ready(), ready) << name << " " << ca << ": " << loaded.problem;
  }
}

TEST_F(CredentialLoaderTest, KeysOfASecretAreTriedInIstiosOrder) {
  const TestCertificate other = ca_.Issue({});
  auto both = Pair();
  both["cert"] = other.certificate;
  both["key"] = other.key;
  AddSecret("istio-system", "web", both);
  ASSERT_TRUE(Load(Settings(TlsMode::kSimple, "web")).ready());
  EXPECT_EQ(loader_->certificates()[0].serial, "03ea");
  config_.secrets[0].data["key"] = "";
  ASSERT_TRUE(Load(Settings(TlsMode::kSimple, "web")).ready());
  EXPECT_EQ(loader_->certificates()[0].serial, "03e9");
  config_.secrets[0].data["tls.key"] = "";
  EXPECT_THAT(Problem(Settings(TlsMode::kSimple, "web")), HasSubstr("empty key \"key\""));
}

TEST_F(CredentialLoaderTest, FilesAreReadThroughTheSource) {
  MemoryCredentials memory;
  memory.SetFile("/etc/tls.crt", SecretText(web_.certificate));
  memory.SetFile("/etc/tls.key", SecretText(web_.key));
  memory.SetFile("/etc/ca.crt", SecretText(ca_.certificate()));
  CountingSource counting(&memory);
  CredentialLoader loader(&counting, "ns");
  ServerTlsSettings settings = Settings(TlsMode::kMutual, "");
  settings.server_certificate = "/etc/tls.crt";
  settings.private_key = "/etc/tls.key";
  settings.ca_certificates = "/etc/ca.crt";
  settings.ca_cert_credential_name = "other-cacert";  // Goes with a credentialName only.
  for (int i = 0; i < 2; ++i) {
    const ServerCredentials loaded = loader.Load(settings, "x", {}, kListener);
    ASSERT_TRUE(loaded.ready()) << loaded.problem;
    EXPECT_THAT(loaded.names, IsEmpty());
  }
  EXPECT_THAT(counting.asked,
              ElementsAre("file /etc/tls.crt", "file /etc/tls.key", "file /etc/ca.crt"));
  EXPECT_EQ(loader.certificates()[0].source, "file /etc/tls.crt");
  settings.ca_crl = "/etc/crl";
  EXPECT_FALSE(loader.Load(settings, "x", {}, kListener).ready());
}

TEST_F(CredentialLoaderTest, TheWorkloadsOwnCertificateServesIstioMutual) {
  MemoryCredentials memory;
  Credential workload = web_.credential();
  workload.ca_certificates = ca_.certificate();
  memory.Set({CredentialName::Kind::kWorkload, "", ""}, std::move(workload));
  CountingSource counting(&memory);
  CredentialLoader loader(&counting, "ns");
  const ServerCredentials loaded =
      loader.Load(Settings(TlsMode::kIstioMutual, ""), "x", {}, kListener);
  ASSERT_TRUE(loaded.ready()) << loaded.problem;
  EXPECT_EQ(loaded.context->client_auth(), ClientAuth::kRequired);
  EXPECT_THAT(counting.asked, ElementsAre("workload certificate"));
}

TEST_F(CredentialLoaderTest, RulesAboutTheCertificateMakeItMandatory) {
  AddWeb();
  config_.secrets[0].data["ca.crt"] = ca_.certificate();
  ServerTlsSettings settings = Settings(TlsMode::kOptionalMutual, "web");
  EXPECT_EQ(Load(settings).context->client_auth(), ClientAuth::kOptional);
  settings.subject_alt_names = {"spiffe://a"};
  EXPECT_EQ(Load(settings).context->client_auth(), ClientAuth::kRequired);
}

TEST_F(CredentialLoaderTest, NamesOfClientsThatNobodyVouchesForAreRefused) {
  AddWeb();
  ServerTlsSettings settings = Settings(TlsMode::kSimple, "web");
  settings.subject_alt_names = {"a"};
  EXPECT_THAT(Problem(settings), HasSubstr("without a CA"));
}

TEST_F(CredentialLoaderTest, OneRotatedNameIsAskedForAgainAndNoOther) {
  AddWeb();
  AddSecret("istio-system", "other", Pair());
  Load(Settings(TlsMode::kSimple, "web"));
  loader_->Load(Settings(TlsMode::kSimple, "other"), "y", {}, kListener);
  CountingSource counting(source_.get());
  CredentialLoader next(&counting, "istio-system");
  const CredentialName web = {CredentialName::Kind::kKeyPair, "istio-system", "web"};
  next.Reuse(loader_->TakeLoaded(), {&web, 1});
  EXPECT_TRUE(next.Load(Settings(TlsMode::kSimple, "web"), "x", {}, kListener).ready());
  EXPECT_TRUE(next.Load(Settings(TlsMode::kSimple, "other"), "y", {}, kListener).ready());
  EXPECT_THAT(counting.asked, ElementsAre("secret istio-system/web"));
}

TEST_F(CredentialLoaderTest, NoMessageHoldsAByteOfAKey) {
  // Each broken in its own way, with the key planted where text is looked at.
  const std::string key = web_.key;
  const std::string line = key.substr(key.find('\n') + 1, 40);
  const std::string half = key.substr(0, key.size() / 2);
  const TestCertificate other = ca_.Issue({});
  const std::pair<std::string, std::string> kPairs[] = {
      {web_.certificate, other.key},
      {web_.certificate, half},
      {web_.certificate, line},
      {key, web_.key},
      {key, key},
      {line, line},
      {web_.certificate, "-----BEGIN " + line + "-----\n" + line},
      {web_.certificate, "-----BEGIN PRIVATE KEY-----\n" + line + "\n-----END PRIVATE KEY-----"},
      {web_.certificate, "-----BEGIN RSA PRIVATE KEY-----\n" + key.substr(28)},
      {"-----BEGIN CERTIFICATE-----\n" + line + "\n-----END CERTIFICATE-----", key},
  };
  for (const auto& [certificate, private_key] : kPairs) {
    config_.secrets.clear();
    AddSecret("istio-system", "web", {{"tls.crt", certificate}, {"tls.key", private_key}});
    const std::string problem = Problem(Settings(TlsMode::kSimple, "web"));
    EXPECT_THAT(problem, HasSubstr("secret istio-system/web"));
    for (size_t at = 0; at + 12 <= line.size(); ++at) {
      EXPECT_THAT(problem, Not(HasSubstr(line.substr(at, 12))));
    }
  }
}

TEST_F(CredentialLoaderTest, SaysWhichRulesAboutClientsItLeavesOut) {
  const auto unused = [](TlsMode mode, std::string credential_name) {
    ServerTlsSettings settings = Settings(mode, std::move(credential_name));
    settings.subject_alt_names = {"spiffe://x"};
    settings.verify_certificate_spki = {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    settings.verify_certificate_hash = {std::string(64, '0')};
    return UnusedClientRules(settings);
  };
  EXPECT_THAT(unused(TlsMode::kMutual, "web"), IsEmpty());
  EXPECT_THAT(unused(TlsMode::kOptionalMutual, "web"), IsEmpty());
  EXPECT_THAT(unused(TlsMode::kMutual, ""),
              ElementsAre("verifyCertificateSpki", "verifyCertificateHash"));
  EXPECT_THAT(unused(TlsMode::kIstioMutual, ""),
              ElementsAre("verifyCertificateSpki", "verifyCertificateHash"));
  EXPECT_THAT(unused(TlsMode::kSimple, ""),
              ElementsAre("subjectAltNames", "verifyCertificateSpki", "verifyCertificateHash"));
  // There the server refuses connections for the names.
  EXPECT_THAT(unused(TlsMode::kSimple, "web"),
              ElementsAre("verifyCertificateSpki", "verifyCertificateHash"));
  EXPECT_THAT(UnusedClientRules(Settings(TlsMode::kSimple, "")), IsEmpty());
}

TEST_F(CredentialLoaderTest, AsksForWhatTheTlsOfAnUpstreamTakes) {
  using Mode = ClientTlsSettings::TlsMode;
  MemoryCredentials memory;
  const auto with_ca = [this](Credential credential) {
    credential.ca_certificates = ca_.certificate();
    return credential;
  };
  memory.Set({CredentialName::Kind::kWorkload, "", ""}, with_ca(web_.credential()));
  memory.Set({CredentialName::Kind::kKeyPair, "istio-system", "web"}, web_.credential());
  memory.Set({CredentialName::Kind::kCa, "istio-system", "web"}, with_ca({}));
  memory.Set({CredentialName::Kind::kCa, "istio-system", "own-cacert"}, with_ca({}));
  memory.Set({CredentialName::Kind::kConfigMap, "apps", "cas"}, with_ca({}));
  memory.SetFile("system", SecretText(ca_.certificate()));
  const struct {
    Mode mode;
    const char* credential_name;
    bool skips;
    std::vector<std::string> asked;
  } rows[] = {
      {Mode::kSimple, "", false, {"file system"}},
      {Mode::kSimple, "", true, {}},
      {Mode::kSimple,
       "web",
       false,
       {"CA of secret istio-system/web-cacert", "CA of secret istio-system/web"}},
      {Mode::kSimple,
       "own-cacert",
       false,
       {"CA of secret istio-system/own-cacert-cacert", "CA of secret istio-system/own-cacert"}},
      {Mode::kSimple, "configmap://apps/cas", false, {"configmap apps/cas"}},
      {Mode::kMutual, "web", true, {"secret istio-system/web"}},
      // The mesh's servers are verified all the same; its bundle came with the certificate.
      {Mode::kIstioMutual, "", true, {"workload certificate"}},
  };
  for (const auto& row : rows) {
    ClientTlsSettings settings;
    settings.mode = row.mode;
    settings.credential_name = row.credential_name;
    settings.insecure_skip_verify = row.skips;
    CountingSource source(&memory);
    CredentialLoader loader(&source, "istio-system");
    const auto context = loader.LoadUpstream(settings, /*verify_name=*/false);
    ASSERT_TRUE(context.ok()) << context.status();
    EXPECT_EQ(source.asked, row.asked);
    EXPECT_EQ((*context)->tls().certificate != nullptr, row.mode != Mode::kSimple);
    EXPECT_EQ((*context)->tls().trust != nullptr, !row.skips || row.mode == Mode::kIstioMutual);
  }
  ClientTlsSettings bare;
  bare.mode = Mode::kMutual;
  CredentialLoader loader(&memory, "istio-system");
  EXPECT_TRUE(absl::IsNotFound(loader.LoadUpstream(bare, false).status())) << "never in the clear";
}

// It stands for the distribution's files, and for no file of that name.
TEST_F(CredentialLoaderTest, TheSystemsCasAreReadBelowTheRootOnly) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) / "system_cas";
  std::filesystem::create_directories(root);
  std::ofstream(root / "system") << ca_.certificate();
  EXPECT_FALSE(MakeConfigCredentials(config_, root.string())->ReadFile("system").ok());
  EXPECT_TRUE(
      absl::IsPermissionDenied(MakeConfigCredentials(config_)->ReadFile("system").status()));
  EXPECT_TRUE(MakeConfigCredentials(config_, root.string())->ReadFile("./system").ok());
}

}  // namespace
}  // namespace postern
