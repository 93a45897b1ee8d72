// Istio's Bookinfo example in memory, with a fixed seed: the exact sequence of destinations.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "examples/load.h"
#include "examples/local_upstream.h"
#include "postern/config.h"
#include "tests/support/engine_harness.h"

namespace postern {
namespace {

TEST(BookinfoTest, TwoHundredReviewsGoToProdAndQaInASequenceThatTheSeedFixes) {
  const std::vector<std::string> files = {"examples/configs/bookinfo.yaml"};
  const Config config = Config::FromFiles(files);
  const auto snapshot = Snapshot::Build(config, OptionsFor(config));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EngineHarness::Options options;
  options.seed = 0x0101010101010101;
  EngineHarness harness(*snapshot, options);
  LocalUpstream prod("p"), qa("q");
  harness.engine().Serve("reviews.prod.svc.cluster.local", 0, &prod);
  harness.engine().Serve("reviews.qa.svc.cluster.local", 0, &qa);

  const ConnectionId client = harness.Accept(9080);
  std::string sequence;
  for (int i = 0; i < 200; ++i) {
    harness.Receive(client, "GET /reviews/1 HTTP/1.1\r\nhost: uk.bookinfo.com\r\n\r\n");
    const std::string answer = harness.Take(client);
    const size_t body = answer.find("\r\n\r\n");
    ASSERT_NE(body, answer.npos) << answer;
    sequence += answer[body + 4];
  }
  const auto to_prod = std::ranges::count(sequence, 'p');
  EXPECT_EQ(to_prod + std::ranges::count(sequence, 'q'), 200) << sequence;
  EXPECT_GE(to_prod, 140);
  EXPECT_LE(to_prod, 180);
  EXPECT_EQ(sequence,
            "ppppppqqppqppppqqpppppppppppppppppppppppppppqppppp"
            "qppppqqpppppppppppppppqppppppppqpppppppppppppppppp"
            "qpqpqppqppqpppppqppqqqpppppqqpppppppqpqqpppppppppp"
            "ppqqqpppppqpppppqqpppppppppppppqpppqpppqppppqppppp");
}

}  // namespace
}  // namespace postern
