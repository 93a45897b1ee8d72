#include "postern/credentials.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace postern {
namespace {

using Kind = CredentialName::Kind;

TEST(CredentialNameTest, IsSpelledAsReportsSpellIt) {
  const std::pair<CredentialName, std::string> cases[] = {
      {{Kind::kKeyPair, "ns", "web"}, "secret ns/web"},
      {{Kind::kCa, "ns", "web-cacert"}, "CA of secret ns/web-cacert"},
      {{Kind::kConfigMap, "ns", "roots"}, "configmap ns/roots"},
      {{Kind::kWorkload, "", ""}, "workload certificate"},
      {{Kind::kExternal, "", "vault"}, "sds://vault"},
  };
  for (const auto& [name, text] : cases) EXPECT_EQ(name.ToString(), text);
}

TEST(MemoryCredentialsTest, FindsACopyOfWhatItWasTold) {
  MemoryCredentials source;
  const CredentialName web{Kind::kKeyPair, "ns", "web"};
  Credential credential;
  credential.certificate_chain = "chain";
  credential.private_key = SecretText(std::string("key"));
  credential.key_id = "hsm-1";
  credential.ocsp_staple = "staple";
  credential.ca_certificates = "roots";
  credential.crl = "crl";
  source.Set(web, std::move(credential));
  for (int times = 0; times < 2; ++times) {  // The second is as whole as the first.
    const auto found = source.Find(web);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->certificate_chain, "chain");
    EXPECT_EQ(found->private_key.view(), "key");
    EXPECT_EQ(found->key_id, "hsm-1");
    EXPECT_EQ(found->ocsp_staple, "staple");
    EXPECT_EQ(found->ca_certificates, "roots");
    EXPECT_EQ(found->crl, "crl");
  }
}

TEST(MemoryCredentialsTest, TheLastSettingCounts) {
  MemoryCredentials source;
  const CredentialName web{Kind::kKeyPair, "ns", "web"};
  for (const char* chain : {"old", "new"}) {
    Credential credential;
    credential.certificate_chain = chain;
    source.Set(web, std::move(credential));
    source.SetFile("/etc/tls.crt", SecretText(std::string(chain)));
  }
  EXPECT_EQ(source.Find(web)->certificate_chain, "new");
  EXPECT_EQ(source.ReadFile("/etc/tls.crt")->view(), "new");
}

TEST(MemoryCredentialsTest, WhatItWasNotToldIsNotFoundByKindNamespaceOrName) {
  MemoryCredentials source;
  source.Set({Kind::kKeyPair, "ns", "web"}, Credential());
  for (const CredentialName& name :
       {CredentialName{Kind::kCa, "ns", "web"}, CredentialName{Kind::kKeyPair, "other", "web"},
        CredentialName{Kind::kKeyPair, "ns", "we"}}) {
    const absl::Status status = source.Find(name).status();
    EXPECT_TRUE(absl::IsNotFound(status)) << status;
    EXPECT_NE(status.ToString().find(name.ToString()), std::string::npos) << status;
  }
  EXPECT_TRUE(absl::IsNotFound(source.ReadFile("/etc/tls.key").status()));
}

}  // namespace
}  // namespace postern
