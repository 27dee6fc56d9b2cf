#include "http/negotiation.h"

#include <gtest/gtest.h>

namespace parley::http {
namespace {

constexpr Codings kBoth{.gzip = true, .brotli = true};

TEST(ChooseCoding, TakesTheSmallestOfThoseLikedAsMuch) {
  for (const char* accept : {"gzip, deflate, br", "br", "BR;q=0.5, gzip;q=0.5", "*", "gzip, *",
                             "deflate;q=1.0, br;q=0.001", "br;q=1.000, gzip ; q=0.9"}) {
    EXPECT_EQ(ChooseCoding(accept, kBoth), Coding::kBrotli) << accept;
  }
}

TEST(ChooseCoding, FollowsTheWeights) {
  EXPECT_EQ(ChooseCoding("br;q=0.1, gzip;q=0.2", kBoth), Coding::kGzip);
  EXPECT_EQ(ChooseCoding("br;q=0, *", kBoth), Coding::kGzip);
  EXPECT_EQ(ChooseCoding("gzip;q=0.5, identity", kBoth), Coding::kIdentity);
  EXPECT_EQ(ChooseCoding("gzip;q=0.5, identity;q=0.4", kBoth), Coding::kGzip);
}

TEST(ChooseCoding, NeverWhatIsRefusedOrNotNamed) {
  for (const char* accept :
       {"", "identity", "deflate, zstd", "br;q=0, gzip;q=0.000", "*;q=0", "x-gzipped, brotli",
        "gzip;Q=0", "br;q=0.0, gzip; q=0", "identity;q=0"}) {
    EXPECT_EQ(ChooseCoding(accept, kBoth), Coding::kIdentity) << accept;
  }
}

TEST(ChooseCoding, WeightsThatCannotBeRead_AreNotFollowed) {
  for (const char* accept : {"br;q=", "br;q=2", "br;q=1.5", "br;q=0.1234", "br;q=-1", "br;q=.5",
                             "br;q=1x", "br;q=0,5", "br;q=0.x"}) {
    EXPECT_EQ(ChooseCoding(accept, kBoth), Coding::kIdentity) << accept;
  }
}

TEST(ChooseCoding, OnlyWhatIsAtHand) {
  EXPECT_EQ(ChooseCoding("br, gzip", {.gzip = true}), Coding::kGzip);
  EXPECT_EQ(ChooseCoding("br, gzip", {.brotli = true}), Coding::kBrotli);
  EXPECT_EQ(ChooseCoding("br, gzip", {}), Coding::kIdentity);
}

TEST(NamesHtml, ByItsNameAlone) {
  for (const char* accept : {"text/html", "application/xml;q=0.9, TEXT/HTML;q=0.8, */*;q=0.1",
                             "text/html;level=1", "text/html;charset=utf-8;q=0.2"}) {
    EXPECT_TRUE(NamesHtml(accept)) << accept;
  }
  for (const char* accept :
       {"", "*/*", "text/*", "application/json", "text/html;q=0", "text/htmlx", "xtext/html"}) {
    EXPECT_FALSE(NamesHtml(accept)) << accept;
  }
}

TEST(Knows, ByWeakComparison) {
  for (const char* known : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", "*", "\"b\" , W/\"a\""}) {
    EXPECT_TRUE(Knows(known, "\"a\"")) << known;
  }
  for (const char* known : {"", "\"b\"", "a", "\"a", "w/\"a\""}) {
    EXPECT_FALSE(Knows(known, "\"a\"")) << known;
  }
}

}  // namespace
}  // namespace parley::http
