#include "lib/model/names.h"

#include <gtest/gtest.h>

namespace postern {
namespace {

template <typename E>
class NamesTest : public testing::Test {};

using Enums = testing::Types<
    ServerTlsSettings::TlsMode, ServerTlsSettings::TlsProtocol, HttpRedirect::RedirectPortSelection,
    CorsPolicy::UnmatchedPreflights, LoadBalancerSettings::SimpleLb,
    ConnectionPoolSettings::HttpSettings::H2UpgradePolicy, ClientTlsSettings::TlsMode,
    TrafficPolicy::ProxyProtocol::Version, ServiceEntry::Location, ServiceEntry::Resolution>;
TYPED_TEST_SUITE(NamesTest, Enums);

TYPED_TEST(NamesTest, EachTableCountsFromZeroAndReadsBack) {
  int32_t next = 0;
  for (const auto& known : EnumNames<TypeParam>()) {
    EXPECT_EQ(static_cast<int32_t>(known.value), next++);
    EXPECT_EQ(EnumOf<TypeParam>(known.name), known.value);
    EXPECT_EQ(NameOf(known.value), known.name);
    EXPECT_EQ(EnumOf<TypeParam>(AsciiLower(known.name)), std::nullopt);
  }
  EXPECT_EQ(NameOf(static_cast<TypeParam>(next)), "");
  EXPECT_EQ(NameOrNumberOf(static_cast<TypeParam>(-7)), "-7");
}

TEST(EnumNamesTest, SpellingIsIstios) {
  EXPECT_EQ(NameOf(ServerTlsSettings::TlsMode::kOptionalMutual), "OPTIONAL_MUTUAL");
  EXPECT_EQ(NameOf(ServerTlsSettings::TlsProtocol::kTls13), "TLSV1_3");
  EXPECT_EQ(NameOrNumberOf(ClientTlsSettings::TlsMode::kIstioMutual), "ISTIO_MUTUAL");
}

}  // namespace
}  // namespace postern
