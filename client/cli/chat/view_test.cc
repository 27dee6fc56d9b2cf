#include "client/cli/chat/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/chat/testing/server_played.h"

namespace parley::client::cli::chat {
namespace {

using Code = Key::Code;

class ViewTest : public ::testing::Test, protected ServerPlayed {
 protected:
  void Begin(int rows, int cols) {
    List(kTeam, "group", "Team", 2, 1);
    List(kOther, "direct", "", 1);
    Connect();
    Resize(rows, cols);
  }
};

TEST_F(ViewTest, NothingOpen_ListAndWelcome) {
  Begin(12, 66);
  EXPECT_EQ("\n" + Shown(), R"(
 Parley        1 unread │
────────────────────────┼─────────────────────────────────────────
 # Team               1 │
 ○ bo             08:00 │  Tab        open the first one
                        │  ↑ ↓ Enter  choose one
                        │  /          find one by its name
                        │  Ctrl-O     talk to somebody
                        │  F1         all keys
                        │
                        │
                        │
 ● ann  http://here                                       F1 help
)");
}

TEST_F(ViewTest, Open_MessagesUnderTheirSenders) {
  Begin(20, 70);
  Press(Code::kTab);
  Say("A long line that has to be broken somewhere, and 日本語 and 👨‍👩‍👧‍👦 in "
      "it.");
  Type("Yes");
  EXPECT_EQ("\n" + Shown(), R"(
 Parley                 │ Team  2 members
────────────────────────┼─────────────────────────────────────────────
▌# Team           08:00 │
▌  bo: A long line tha… │
 ○ bo             08:00 │
   text 1               │
                        │ ────────────────── Today ──────────────────
                        │
                        │ bo  08:00
                        │ text 1
                        │
                        │ ─────────────────── New ───────────────────
                        │
                        │ bo  08:00
                        │ text 2
                        │ A long line that has to be broken
                        │ somewhere, and 日本語 and 👨‍👩‍👧‍👦 in it.
                        │─────────────────────────────────────────────
                        │ › Yes
 ● ann  http://here                                           F1 help
)");
}

TEST_F(ViewTest, Narrow_ListOrConversation) {
  Begin(9, 30);
  EXPECT_EQ("\n" + Shown(), R"(
 Parley              1 unread
 # Team                     1
 ○ bo                   08:00





 ● ann  http://here   F1 help
)");
  Press(Code::kTab);
  EXPECT_EQ("\n" + Shown(), R"(
 Team  2 members

 ─────────── New ────────────

 bo  08:00
 text 2

 › Write to Team
 ● ann  http://here   F1 help
)");
  Press(Code::kEscape);
  EXPECT_EQ("\n" + Shown(), R"(
 Parley
▌# Team                 08:00
 ○ bo                   08:00





 ● ann  http://here   F1 help
)");
}

TEST_F(ViewTest, Help_TakesTheScreen) {
  Begin(18, 60);
  Press(Code::kF1);
  EXPECT_EQ("\n" + Shown(), R"(
 Keys
────────────────────────────────────────────────────────────
  Tab, Ctrl-N     next conversation; before: Shift-Tab,
                  Ctrl-P
  Ctrl-F or /     find a conversation by its name
  Ctrl-O          talk to somebody, or open a group by its
                  title
  Enter           send; a new line: Alt-Enter, Ctrl-J
  Up, PgUp        earlier messages
  Down, PgDn      later messages; the latest: Esc, Ctrl-End
  Ctrl-W, Ctrl-U  delete a word, or all before it in the
                  line
  Ctrl-R          take a refused message back and mend it
  F2              who is in it, and who has read all
  Ctrl-L, Ctrl-Z  draw anew; suspend
  Ctrl-Q, Ctrl-C  quit

 ● ann  http://here                                Esc back
)");
}

TEST_F(ViewTest, Lost_SaysSo) {
  Begin(5, 70);
  Lose();
  EXPECT_EQ("\n" + Shown(), R"(
 Parley        1 unread │   Tab        open the first one
 # Team               1 │   ↑ ↓ Enter  choose one
 ○ bo             08:00 │   /          find one by its name
                        │
 ○ no connection, trying again  gone                          F1 help
)");
}

}  // namespace
}  // namespace parley::client::cli::chat
