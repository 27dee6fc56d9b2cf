#include "client/cli/chat/painter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parley::client::cli::chat {
namespace {

/// Says what it does in words: "<1,2>" moves, "{b}" is bold.
class FakeCapabilities : public Capabilities {
 public:
  std::string MoveTo(Point to) const override { return fmt::format("<{},{}>", to.row, to.col); }
  std::string StyleAs(Style style) const override { return style.bold ? "{b}" : "{}"; }
  std::string Clear() const override { return "(clear)"; }
  std::string HideCursor() const override { return "(hide)"; }
  std::string ShowCursor() const override { return "(show)"; }
};

class PainterTest : public ::testing::Test {
 protected:
  FakeCapabilities capabilities_;
  Painter painter_{capabilities_};
};

TEST_F(PainterTest, First_ClearsAndWritesWhatIsThere) {
  Screen screen({2, 4});
  screen.Put({0, 0}, "ab", {Ink::kPlain, true});
  EXPECT_EQ(painter_.Paint(screen), "{}(clear)(hide)<0,0>{b}ab");
}

TEST_F(PainterTest, Next_WritesWhatDiffers) {
  Screen screen({2, 6});
  screen.Put({0, 0}, "abcdef");
  painter_.Paint(screen);
  EXPECT_EQ(painter_.Paint(screen), "");
  screen.Put({0, 2}, "XY");
  EXPECT_EQ(painter_.Paint(screen), "<0,2>XY");
  screen.set_cursor(Point{1, 1});
  EXPECT_EQ(painter_.Paint(screen), "<1,1>(show)");
  screen.Put({1, 0}, "z");
  EXPECT_EQ(painter_.Paint(screen), "(hide)<1,0>z<1,1>(show)");
}

TEST_F(PainterTest, Wide_IsWrittenAsAWhole) {
  Screen screen({2, 6});
  screen.Put({0, 0}, "a日b");
  painter_.Paint(screen);
  screen.Put({0, 1}, "x ");
  EXPECT_EQ(painter_.Paint(screen), "<0,1>x ");
  screen.Put({0, 1}, "本");
  EXPECT_EQ(painter_.Paint(screen), "<0,1>本");
}

TEST_F(PainterTest, Emoji_CursorIsPlacedAnew_AndTheRowIsDrawnAsAWhole) {
  Screen screen({2, 5});
  screen.Put({0, 0}, "a🎉b");
  EXPECT_EQ(painter_.Paint(screen), "{}(clear)(hide)<0,0>a  <0,1>🎉<0,3>b ");
  screen.Put({0, 3}, "c");
  EXPECT_EQ(painter_.Paint(screen), "<0,0>a  <0,1>🎉<0,3>c ");
}

TEST_F(PainterTest, LastCellOfAll_IsNeverWritten) {
  Screen screen({1, 3});
  screen.Put({0, 0}, "abc");
  EXPECT_EQ(painter_.Paint(screen), "{}(clear)(hide)<0,0>ab");
}

TEST_F(PainterTest, OtherSizeOrForgotten_IsDrawnAnew) {
  Screen screen({2, 3});
  screen.Put({0, 0}, "a");
  painter_.Paint(screen);
  painter_.Forget();
  EXPECT_EQ(painter_.Paint(screen), "{}(clear)(hide)<0,0>a");
  EXPECT_EQ(painter_.Paint(Screen({3, 3})), "{}(clear)(hide)");
}

}  // namespace
}  // namespace parley::client::cli::chat
