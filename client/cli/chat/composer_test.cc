#include "client/cli/chat/composer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::client::cli::chat {
namespace {

using ::testing::ElementsAre;
using Unit = Composer::Unit;

TEST(ComposerTest, MovesAndDeletesByCluster) {
  Composer composer;
  composer.Insert("a👨‍👩‍👧‍👦b");
  composer.MoveBack(Unit::kCluster);
  composer.DeleteBack(Unit::kCluster);
  EXPECT_EQ(composer.text(), "ab");
  composer.Insert("🇫🇷");
  composer.MoveBack(Unit::kCluster);
  EXPECT_EQ(composer.cursor(), 1U);
  composer.DeleteForward(Unit::kCluster);
  EXPECT_EQ(composer.text(), "ab");
}

TEST(ComposerTest, Accent_JoinsTheLetterBefore) {
  Composer composer;
  composer.Insert("eb");
  composer.MoveBack(Unit::kCluster);
  composer.Insert("\u0301");
  EXPECT_EQ(composer.cursor(), 3U);
  composer.DeleteBack(Unit::kCluster);
  EXPECT_EQ(composer.text(), "b");
}

TEST(ComposerTest, WordsAndLines) {
  Composer composer;
  composer.Insert("one two\nthree four ");
  composer.DeleteBack(Unit::kWord);
  EXPECT_EQ(composer.text(), "one two\nthree ");
  composer.DeleteBack(Unit::kLine);
  EXPECT_EQ(composer.text(), "one two\n");
  composer.MoveBack(Unit::kWord);
  EXPECT_EQ(composer.cursor(), 4U);
  composer.MoveForward(Unit::kLine);
  EXPECT_EQ(composer.cursor(), 7U);
  composer.MoveBack(Unit::kAll);
  composer.DeleteForward(Unit::kWord);
  EXPECT_EQ(composer.text(), " two\n");
  EXPECT_EQ(composer.Take(), " two\n");
  EXPECT_TRUE(composer.empty());
}

TEST(ComposerTest, Lay_WrapsAndFindsTheCursor) {
  Composer composer;
  composer.Insert("one two three");
  const Composer::Layout end = composer.Lay(9);
  EXPECT_THAT(end.lines, ElementsAre("one two", "three"));
  EXPECT_EQ(end.row, 1);
  EXPECT_EQ(end.col, 5);
  composer.MoveBack(Unit::kAll);
  EXPECT_EQ(composer.Lay(9).row, 0);
  EXPECT_EQ(composer.Lay(9).col, 0);
}

TEST(ComposerTest, MoveLine_KeepsTheColumn) {
  Composer composer;
  composer.Insert("日本語\nabcdef");
  composer.MoveBack(Unit::kCluster);  // column 5
  EXPECT_TRUE(composer.MoveLine(-1, 40));
  EXPECT_EQ(composer.cursor(), 6U);  // before 語, which holds columns 4 and 5
  EXPECT_FALSE(composer.MoveLine(-1, 40));
  EXPECT_TRUE(composer.MoveLine(1, 40));
  EXPECT_FALSE(composer.MoveLine(1, 40));
}

}  // namespace
}  // namespace parley::client::cli::chat
