#include "client/cli/chat/screen.h"

#include <gtest/gtest.h>

namespace parley::client::cli::chat {
namespace {

TEST(ScreenTest, Put_WritesWholeClustersUpToTheEnd) {
  Screen screen({1, 5});
  EXPECT_EQ(screen.Put({0, 0}, "a日本c"), 5);
  EXPECT_EQ(screen.RowText(0), "a日本");
  Screen narrow({1, 4});
  EXPECT_EQ(narrow.Put({0, 0}, "a日本"), 3);
  EXPECT_EQ(narrow.RowText(0), "a日");
}

TEST(ScreenTest, Put_OverHalfOfAWideOne_LeavesASpace) {
  Screen screen({1, 6});
  screen.Put({0, 0}, "日本");
  screen.Put({0, 1}, "x");
  EXPECT_EQ(screen.RowText(0), " x本");
  screen.Put({0, 2}, "y");
  EXPECT_EQ(screen.RowText(0), " xy");
}

TEST(ScreenTest, Put_OutsideIsNothing) {
  Screen screen({2, 3});
  screen.Put({5, 0}, "x");
  screen.Put({-1, 0}, "x");
  screen.Put({0, 3}, "x");
  screen.Fill({0, 1, 9, 9}, "#");
  EXPECT_EQ(screen.Text(), " ##\n ##\n");
}

TEST(ScreenTest, Put_WithoutAnythingToStandOn_IsLeftOut) {
  Screen screen({1, 4});
  screen.Put({0, 0}, "\u0301a\u200b");
  EXPECT_EQ(screen.RowText(0), "a");
}

TEST(ScreenTest, Put_MarksWithoutEnd_AreCut) {
  std::string zalgo = "a";
  for (int i = 0; i < 1'000; ++i) zalgo += "\u0301";
  Screen screen({1, 4});
  screen.Put({0, 0}, zalgo + "b");
  EXPECT_LE(screen.at(0, 0).text.size(), 64U);
  EXPECT_EQ(screen.at(0, 1).text, "b");
}

TEST(ScreenTest, PutRight_NeedsRoom) {
  Screen screen({2, 6});
  screen.PutRight(0, 2, 6, "abc");
  screen.PutRight(1, 4, 6, "abc");
  EXPECT_EQ(screen.Text(), "   abc\n\n");
}

}  // namespace
}  // namespace parley::client::cli::chat
