#include "lib/match/lowered_host.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace postern {
namespace {

std::string RandomHost(std::mt19937_64& random, size_t size) {
  constexpr std::string_view kBytes = "abcXYZ019-_.....";
  std::string host(size, '\0');
  for (char& c : host) c = kBytes[random() % kBytes.size()];
  return host;
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

TEST(LoweredHostTest, LowersLettersAndNothingElse) {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(LoweredHost(all).text(), Lower(all));
  EXPECT_EQ(LoweredHost("").text(), "");
  EXPECT_EQ(LoweredHost("@[`{").text(), "@[`{") << "the neighbours of the letters";
}

TEST(LoweredHostTest, KeepsTheEndOfAHostThatIsTooLong) {
  std::mt19937_64 random(1);
  for (const size_t size : {254u, 255u, 256u, 300u, 5000u}) {
    const std::string host = RandomHost(random, size);
    const std::string end = host.substr(size - std::min(size, LoweredHost::kMaxSize));
    EXPECT_EQ(LoweredHost(host).text(), Lower(end)) << size;
  }
}

TEST(LoweredHostTest, FindsTheStartOfEachLabelWhereverItsDotStands) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 2000; ++i) {
    const LoweredHost host(RandomHost(random, 1 + random() % LoweredHost::kMaxSize));
    const std::string_view text = host.text();
    for (size_t end = 1; end <= text.size(); ++end) {
      const size_t dot = text.substr(0, end).rfind('.');
      ASSERT_EQ(host.LabelStart(end), dot == text.npos ? 0 : dot) << text << " " << end;
    }
  }
}

TEST(LoweredHostTest, HashesASuffixOnTheWayToTheWhole) {
  const LoweredHost whole("a.example.COM");
  const LoweredHost suffix(".example.com");
  // From the right: ".com", then ".example", then "a".
  uint64_t hash = LoweredHost::kSeed;
  hash = whole.Extend(hash, 9, 13);
  hash = whole.Extend(hash, 1, 9);
  EXPECT_EQ(hash, suffix.Hash());
  EXPECT_EQ(whole.Extend(hash, 0, 1), whole.Hash());
}

TEST(LoweredHostTest, HashesOfDifferentHostsDiffer) {
  std::mt19937_64 random(3);
  std::set<std::string> hosts;
  std::set<uint64_t> hashes;
  for (int i = 0; i < 20'000; ++i) {
    const std::string host = Lower(RandomHost(random, 1 + random() % 40));
    if (hosts.insert(host).second) hashes.insert(LoweredHost(host).Hash());
  }
  EXPECT_EQ(hashes.size(), hosts.size());
}

}  // namespace
}  // namespace postern
