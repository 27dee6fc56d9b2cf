#include "client/cli/chat/wrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/chat/clusters.h"

namespace parley::client::cli::chat {
namespace {

using ::testing::ElementsAre;

TEST(WrapTest, BreaksBetweenWords) {
  EXPECT_THAT(Wrap("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("one two", 100), ElementsAre("one two"));
}

TEST(WrapTest, NewlinesAndEmptyLinesAreKept) {
  EXPECT_THAT(Wrap("", 5), ElementsAre(""));
  EXPECT_THAT(Wrap("a\n\nb\n", 5), ElementsAre("a", "", "b", ""));
}

TEST(WrapTest, LongWord_IsBrokenBetweenClusters) {
  EXPECT_THAT(Wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(Wrap("hi abcdefgh", 4), ElementsAre("hi", "abcd", "efgh"));
  EXPECT_THAT(
      Wrap("👨‍👩‍👧‍👦👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 5),
      ElementsAre("👨‍👩‍👧‍👦👨‍👩‍👧‍👦",
                  "👨‍👩‍👧‍👦"));
  EXPECT_THAT(Wrap("eeee\u0301e", 4), ElementsAre("eeee\u0301", "e"));
}

TEST(WrapTest, WideScript_BreaksAnywhereButBeforeWhatCloses) {
  EXPECT_THAT(Wrap("日本語です", 4), ElementsAre("日本", "語で", "す"));
  EXPECT_THAT(Wrap("日本。語", 4), ElementsAre("日", "本。", "語"));
}

TEST(WrapTest, SpacesHangOver_AndIndentationStays) {
  EXPECT_THAT(Wrap("abc   def", 4), ElementsAre("abc", "def"));
  EXPECT_THAT(Wrap("  abcd", 4), ElementsAre("  ab", "cd"));
}

TEST(WrapTest, EveryLineFits) {
  const std::string text =
      "a bb 日本語 ccc 👨‍👩‍👧‍👦 dddd 🇫🇷🇩🇪 eeeeeeeee e\u0301 ff";
  for (int width = 2; width < 40; ++width) {
    for (const std::string_view line : Wrap(text, width)) {
      const std::size_t end = line.find_last_not_of(' ');
      EXPECT_LE(WidthOf(line.substr(0, end + 1)), width) << width << ": " << line;
    }
  }
}

}  // namespace
}  // namespace parley::client::cli::chat
