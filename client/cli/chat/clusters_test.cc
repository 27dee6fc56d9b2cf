#include "client/cli/chat/clusters.h"

#include <gtest/gtest.h>

namespace parley::client::cli::chat {
namespace {

TEST(ClustersTest, Width_IsThatOfWhatIsSeen) {
  EXPECT_EQ(WidthOf("abc"), 3);
  EXPECT_EQ(WidthOf("日本"), 4);
  EXPECT_EQ(WidthOf("e\u0301te\u0301"), 3);  // combining accents
  EXPECT_EQ(WidthOf("🎉"), 2);
  EXPECT_EQ(WidthOf("👨‍👩‍👧‍👦"), 2);  // a family of four, joined
  EXPECT_EQ(WidthOf("🇫🇷🇩🇪"), 4);                       // two flags
  EXPECT_EQ(WidthOf("👍🏽"), 2);                       // a skin tone
  EXPECT_EQ(WidthOf("❤️"), 2);                          // text made a picture
  EXPECT_EQ(WidthOf("1️⃣"), 2);                          // keycap
  EXPECT_EQ(WidthOf("각"), 2);                         // joined from three
  EXPECT_EQ(WidthOf("\u200b"), 0);
  EXPECT_EQ(WidthOf("\t"), 1);
}

TEST(ClustersTest, First_TakesAllThatBelongsTogether) {
  EXPECT_EQ(FirstCluster("👨‍👩‍👧‍👦!").text, "👨‍👩‍👧‍👦");
  EXPECT_EQ(FirstCluster("🇫🇷🇩🇪").text, "🇫🇷");
  EXPECT_EQ(FirstCluster("e\u0301a").text, "e\u0301");
}

TEST(ClustersTest, Firm_WhereTerminalsAgree) {
  EXPECT_TRUE(FirstCluster("a").firm);
  EXPECT_TRUE(FirstCluster("日").firm);
  EXPECT_TRUE(FirstCluster("e\u0301").firm);
  EXPECT_FALSE(FirstCluster("🎉").firm);
  EXPECT_FALSE(FirstCluster("☕").firm);
  EXPECT_FALSE(FirstCluster("❤️").firm);
  EXPECT_FALSE(FirstCluster("\u00ad").firm);
}

TEST(ClustersTest, Fit_CutsBetweenClusters) {
  EXPECT_EQ(Fit("hello", 5), "hello");
  EXPECT_EQ(Fit("hello!", 5), "hell…");
  EXPECT_EQ(Fit("日本語", 5), "日本…");
  EXPECT_EQ(Fit("日本語", 4), "日…");
  EXPECT_EQ(Fit("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 3),
            "👨‍👩‍👧‍👦…");
  EXPECT_EQ(Fit("ab", 1), "…");
  EXPECT_EQ(Fit("ab", 0), "");
  EXPECT_EQ(Fit("", 3), "");
}

TEST(ClustersTest, PreviousBoundary_IsTheStartOfTheClusterBefore) {
  const std::string text = "a🇫🇷b";
  EXPECT_EQ(PreviousBoundary(text, text.size()), text.size() - 1);
  EXPECT_EQ(PreviousBoundary(text, text.size() - 1), 1U);
  EXPECT_EQ(PreviousBoundary(text, 1), 0U);
  EXPECT_EQ(PreviousBoundary(text, 0), 0U);
}

TEST(ClustersTest, Folded_ForgetsCaseAndAccents) {
  EXPECT_EQ(Folded("Éléonore"), Folded("ELEONORE"));
  EXPECT_EQ(Folded("ﬁne"), "fine");
}

}  // namespace
}  // namespace parley::client::cli::chat
