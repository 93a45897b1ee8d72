// RING_HASH and MAGLEV. What Envoy 1.40 picked was recorded with its own binary: a header "k0",
// "k1" and so on as the hash, endpoints 127.0.1.1:28080, 127.0.1.2:28080 and so on.
#include "lib/upstream/hash_balancer.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "lib/upstream/xx_hash.h"
#include "tests/upstream/endpoints.h"

namespace postern {
namespace {

using Maker = std::function<std::unique_ptr<Balancer>()>;

Maker Ring(uint64_t size) {
  return [size] { return MakeRingHash(size); };
}
Maker Table(uint64_t size) {
  return [size] { return MakeMaglev(size); };
}

// Addressed returns an endpoint for each of `weights`, with the addresses of above.
std::vector<EndpointPtr> Addressed(const std::vector<uint32_t>& weights) {
  std::vector<EndpointPtr> endpoints = MakeEndpoints(weights);
  for (size_t i = 0; i < endpoints.size(); ++i) {
    endpoints[i]->name.clear();
    endpoints[i]->address = Address::Ipv4({127, 0, 1, static_cast<uint8_t>(i + 1)}, 28080);
  }
  return endpoints;
}

size_t PickFor(Balancer& balancer, const std::vector<EndpointPtr>& endpoints, std::string_view key,
               uint32_t refused = 0) {
  KeyedRandom random({7});
  Draw draw{random, XxHash64(key), refused};
  return balancer.Pick(endpoints, draw);
}

// Picks returns the place, from 1, of the endpoint for each of "k0", "k1" and so on.
std::string Picks(Balancer& balancer, const std::vector<EndpointPtr>& endpoints, size_t count) {
  std::string picks;
  for (size_t i = 0; i < count; ++i) {
    StrAppend(&picks, PickFor(balancer, endpoints, StrCat("k", i)) + 1);
  }
  return picks;
}

TEST(XxHash64Test, IsTheFunctionOfThatName) {
  EXPECT_EQ(XxHash64(""), 0xef46db3751d8e999);
  EXPECT_EQ(XxHash64("a"), 0xd24ec4f1a98c6e5b);
  EXPECT_EQ(XxHash64("abc"), 0x44bc2cf5ad770999);
  EXPECT_EQ(XxHash64("abc", 1), 0xbea9ca8199328908);
}

TEST(HashBalancerTest, PicksWhatEnvoyPicks) {
  const struct {
    std::string_view name;
    Maker make;
    std::vector<uint32_t> weights;
    std::string_view picks;
  } cases[] = {
      {"ring",
       Ring(1024),
       {1, 1, 1, 1, 1},
       "35121112333244535253133543155154435533513353541232314342453355121132531343112553"},
      {"ring without the third",
       Ring(1024),
       {1, 1, 0, 1, 1},
       "45121512514244155152155541145154411525515452541242514452451125421142541142112552"},
      {"ring by weight",
       Ring(1024),
       {1, 2, 5, 3},
       "34321132333144331233433333334344433333333433441332314332443334421332331343332133"},
      {"smallest ring",
       Ring(1),
       {1, 1, 1},
       "22222222222213222232322232232223222221222222222322222222322222122222222222322222"},
      {"small ring by weight",
       Ring(7),
       {1, 2, 5},
       "32333233333313332332323332332223223321233322323332232332332233132232332322323232"},
      {"largest ring by weight",
       [] { return MakeRingHash(1, 5); },
       {1, 2, 4},
       "22322232322213232332323332332223223221223222223322232332332223122232322322322232"},
      {"table",
       Table(65537),
       {1, 1, 1, 1, 1},
       "13251113533222244121445214431223133525453214133432324352355423121525525312224142"},
      {"table without the third",
       Table(65537),
       {1, 1, 0, 1, 1},
       "15251115522222244121445214451225115525452214151452424452555421121525525112224142"},
      {"table by weight",
       Table(65537),
       {1, 2, 5, 3},
       "33231233233222244321444243433233333424433234133432333342333423441343423313324342"},
      {"small table by weight",
       Table(1009),
       {3, 1, 7, 2},
       "33334331323332343433342441331333231413334331143333342133233331343313313334331341"},
      {"smaller table by weight",
       Table(7),
       {1, 2, 5},
       "32233133333332333233322133313223131333322222212322221232331333332233313333123332"},
      {"table of a place each",
       Table(3),
       {1, 1, 1},
       "11123222332333223233221232323112232313221113232122322111331112113311323313231322"},
      {"table too small for all",
       Table(2),
       {1, 1, 1},
       "21221112222111212121212211222222211121211222122111121212121212221222111112111112"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(Picks(*row.make(), Addressed(row.weights), 80), row.picks.substr(0, 80)) << row.name;
  }
}

// The first try and three more, each of which avoids those before if five picks can.
TEST(HashBalancerTest, FurtherPicksGoWhereEnvoyHasThemGo) {
  const auto tries = [](Balancer& balancer, std::string_view key) {
    const auto endpoints = Addressed({1, 1, 1, 1, 1});
    std::string picks;
    for (int attempt = 0; attempt < 4; ++attempt) {
      uint32_t refused = 0;
      std::string pick = StrCat(PickFor(balancer, endpoints, key) + 1);
      while (refused < 5 && picks.find(pick) != std::string::npos) {
        pick = StrCat(PickFor(balancer, endpoints, key, ++refused) + 1);
      }
      picks += pick;
    }
    return picks;
  };
  const std::string_view ring[] = {"3421", "5412", "1322", "2451", "1352", "1324"};
  const std::string_view table[] = {"1222", "3153", "2133", "5142", "1532", "1435"};
  for (size_t i = 0; i < std::size(ring); ++i) {
    EXPECT_EQ(tries(*MakeRingHash(1024), StrCat("k", i)), ring[i]) << i;
    EXPECT_EQ(tries(*MakeMaglev(65537), StrCat("k", i)), table[i]) << i;
  }
}

TEST(HashBalancerTest, AnEndpointThatGoesTakesFewKeysOfOthersWithIt) {
  const std::vector<EndpointPtr> all = Addressed(std::vector<uint32_t>(10, 1));
  const EndpointPtr gone = all[3];
  std::vector<EndpointPtr> rest = all;
  rest.erase(rest.begin() + 3);
  const struct {
    Maker make;
    int own;
    int others;
  } cases[] = {{Ring(1024), 243, 126},  // The places of the others become a few more.
               {Table(65537), 221, 8}};
  for (const auto& row : cases) {
    const auto balancer = row.make();
    std::vector<EndpointPtr> before;
    for (int i = 0; i < 2000; ++i) before.push_back(all[PickFor(*balancer, all, StrCat(i))]);
    int own = 0, others = 0;
    for (int i = 0; i < 2000; ++i) {
      const EndpointPtr now = rest[PickFor(*balancer, rest, StrCat(i))];
      own += before[i] == gone;
      others += before[i] != gone && before[i] != now;
    }
    EXPECT_EQ(own, row.own);
    EXPECT_EQ(others, row.others);
    for (int i = 0; i < 2000; ++i) {
      EXPECT_EQ(all[PickFor(*balancer, all, StrCat(i))], before[i]) << "it is back";
    }
  }
}

TEST(HashBalancerTest, WeightsAreSharesOfTheKeys) {
  for (const Maker& make : {Ring(1024), Table(65537)}) {
    const auto balancer = make();
    const auto endpoints = Addressed({1, 3, 0});
    std::vector<int> counts(3);
    for (int i = 0; i < 8000; ++i) ++counts[PickFor(*balancer, endpoints, StrCat(i))];
    EXPECT_NEAR(counts[0], 2000, 300);
    EXPECT_NEAR(counts[1], 6000, 300);
    EXPECT_EQ(counts[2], 0);
    endpoints[0]->weight = 0;
    EXPECT_EQ(PickFor(*balancer, endpoints, "a"), 1u) << "the table is made anew";
    for (const EndpointPtr& endpoint : endpoints) endpoint->weight = 0;
    std::vector<int> equal(3);
    for (int i = 0; i < 3000; ++i) ++equal[PickFor(*balancer, endpoints, StrCat(i))];
    for (const int count : equal) EXPECT_NEAR(count, 1000, 200);
  }
}

TEST(HashBalancerTest, WithoutAHashOneIsMadeUpForAllPicksOfADraw) {
  const auto endpoints = Addressed({1, 1, 1, 1, 1});
  for (const Maker& make : {Ring(1024), Table(65537)}) {
    const auto balancer = make();
    KeyedRandom random({7});
    std::vector<int> counts(5);
    for (int i = 0; i < 5000; ++i) {
      Draw draw{random};
      const size_t first = balancer->Pick(endpoints, draw);
      EXPECT_EQ(balancer->Pick(endpoints, draw), first);
      ++counts[first];
    }
    for (const int count : counts) EXPECT_NEAR(count, 1000, 200);
  }
}

// The order in which the endpoints are told is nothing that a key should move for.
TEST(HashBalancerTest, TheOrderOfTheEndpointsDoesNotCount) {
  const auto endpoints = Addressed({1, 1, 1, 1, 1});
  const std::vector<EndpointPtr> backwards(endpoints.rbegin(), endpoints.rend());
  for (const Maker& make : {Ring(1024), Table(65537)}) {
    const auto balancer = make();
    const auto other = make();
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ(endpoints[PickFor(*balancer, endpoints, StrCat(i))],
                backwards[PickFor(*other, backwards, StrCat(i))]);
    }
  }
}

TEST(HashBalancerTest, AnEndpointIsPlacedByItsNameOrItsAddressAsEnvoyWritesIt) {
  std::vector<EndpointPtr> endpoints = MakeEndpoints({1, 1, 1});
  endpoints[0]->name = "db.example.com:5432";
  endpoints[1]->name.clear();
  endpoints[1]->address = *Address::Parse("[2001:DB8::1]:80");
  endpoints[2]->name.clear();
  endpoints[2]->address = *Address::Parse("unix:///run/a.sock");
  // With a ring of three places, the hash of a place is that of a request which goes there.
  const auto balancer = MakeRingHash(1);
  EXPECT_EQ(PickFor(*balancer, endpoints, "db.example.com:5432_0"), 0u);
  EXPECT_EQ(PickFor(*balancer, endpoints, "[2001:db8::1]:80_0"), 1u);
  EXPECT_EQ(PickFor(*balancer, endpoints, "/run/a.sock_0"), 2u);
}

}  // namespace
}  // namespace postern
