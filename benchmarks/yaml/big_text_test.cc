#include "benchmarks/yaml/big_text.h"

#include <gtest/gtest.h>

#include "postern/config.h"

namespace postern {
namespace {

TEST(BigTextTest, ItIsReadWithoutAFinding) {
  const std::string text = BigText(50);
  const Config config = Config::FromYaml(text);
  EXPECT_TRUE(config.findings.empty());
  ASSERT_EQ(config.gateways.size(), 1u);
  EXPECT_EQ(config.gateways[0].servers.size(), 50u);
  EXPECT_EQ(config.virtual_services.size(), 50u);
}

TEST(BigTextTest, TenThousandHostsAreSevenMegabytes) {
  const size_t size = BigText(10'000).size();
  EXPECT_GT(size, 7'300'000u);
  EXPECT_LT(size, 7'500'000u);
}

}  // namespace
}  // namespace postern
