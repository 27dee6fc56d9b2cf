#include "client/cli/chat/model.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/chat/testing/server_played.h"

namespace parley::client::cli::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = Key::Code;

class ModelTest : public ::testing::Test, protected ServerPlayed {};

// The list.

TEST_F(ModelTest, List_IsByLatestMessage_AndCountsUnread) {
  List(kTeam, "group", "Team", 3);
  List(kOther, "group", "Other", 5);
  Connect();
  EXPECT_THAT(state().order, ElementsAre(ConversationOf(kOther), team()));
  clock().Advance(std::chrono::seconds(1));
  Say("news");
  // Its time in the samples is by seq: nothing is later than the other's fifth.
  EXPECT_EQ(talk().unread, 1U);
  EXPECT_EQ(talk().last_text, "news");
}

TEST_F(ModelTest, NamesThatAreNotKnown_AreAskedForOnce) {
  List(kTeam, "group", "Team", 3);
  Connect();
  Say("who am I?", kTeam, kOther);
  Say("me again", kTeam, kOther);
  EXPECT_EQ(Count<FetchUsers>(), 1U);
  User cy;
  cy.id = *UserId::Parse(kOther);
  cy.username = "cy";
  model().OnUsers(*Last<FetchUsers>(), std::vector<User>{cy});
  EXPECT_THAT(Shown(), HasSubstr("cy: me again"));
}

TEST_F(ModelTest, Find_FiltersByName_AndEnterOpens) {
  List(kTeam, "group", "Café", 3);
  List(kOther, "group", "Other", 5);
  Connect();
  Control('f');
  Type("CAFE");
  EXPECT_THAT(state().Listed(), ElementsAre(team()));
  Press(Code::kEnter);
  EXPECT_EQ(state().open, team());
  EXPECT_TRUE(state().find.empty());
}

TEST_F(ModelTest, Slash_FindsOnlyBeforeAnythingIsWritten) {
  OpenTeam(1);
  Type("a/b");
  EXPECT_EQ(talk().draft.text(), "a/b");
  Control('u');
  Type("/");
  EXPECT_EQ(state().focus, Focus::kFind);
  Type("/");
  EXPECT_EQ(state().focus, Focus::kWrite);
  EXPECT_EQ(talk().draft.text(), "/");
}

TEST_F(ModelTest, Left_ClosesAndForgets) {
  OpenTeam(3);
  model().OnEvent(Left{team()});
  Settle();
  EXPECT_FALSE(state().open.has_value());
  EXPECT_TRUE(state().order.empty());
  EXPECT_THAT(state().notice, HasSubstr("Team"));
}

// Reading.

TEST_F(ModelTest, Open_LoadsTheLatest_AndMarksThemAsRead) {
  OpenTeam(60, 2);
  EXPECT_EQ(Last<MarkRead>()->seq, Seq(60));
  EXPECT_EQ(talk().unread, 0U);
  EXPECT_THAT(Shown(), HasSubstr("text 60"));
}

TEST_F(ModelTest, Unopened_IsNotMarkedAsRead) {
  List(kTeam, "group", "Team", 3, 3);
  Connect();
  Say("more");
  EXPECT_EQ(Count<MarkRead>(), 0U);
  EXPECT_EQ(talk().unread, 4U);
}

TEST_F(ModelTest, ManyUnread_BeginsAtTheFirst_AndReadsOn) {
  OpenTeam(500, 300);
  EXPECT_THAT(Shown(), HasSubstr("New"));
  EXPECT_THAT(Shown(), HasSubstr("text 201"));
  const Seq seen = Last<MarkRead>()->seq;
  EXPECT_LT(seen, Seq(250));
  EXPECT_EQ(talk().unread, 500 - seen.value());
  for (int i = 0; i < 40; ++i) Press(Code::kPageDown);
  EXPECT_THAT(Shown(), HasSubstr("text 500"));
  EXPECT_EQ(talk().unread, 0U);
  EXPECT_EQ(Last<MarkRead>()->seq, Seq(500));
  Say("live again");
  EXPECT_THAT(Shown(), HasSubstr("live again"));
}

TEST_F(ModelTest, ScrollUp_LoadsToTheVeryFirst_AndComesBack) {
  OpenTeam(1'000);
  for (int i = 0; i < 100; ++i) Press(Code::kPageUp);
  EXPECT_THAT(Shown(), HasSubstr("text 1\n"));
  EXPECT_LE(talk().timeline.entries().size(), Timeline::kMaxEntries * 3 / 2);
  Say("while away");
  EXPECT_THAT(Shown(), Not(HasSubstr("while away\n")));
  EXPECT_EQ(talk().unread, 1U);
  for (int i = 0; i < 100; ++i) Press(Code::kPageDown);
  EXPECT_EQ(talk().unread, 0U);
  EXPECT_TRUE(talk().scroll.at_end);
  for (int i = 0; i < 100; ++i) Press(Code::kPageUp);
  Press(Code::kEscape);
  EXPECT_TRUE(talk().scroll.at_end);
  EXPECT_TRUE(talk().timeline.at_end());
}

TEST_F(ModelTest, Scrolled_StaysWhereOneReads_WhileMessagesCome) {
  OpenTeam(100);
  Press(Code::kPageUp);
  const std::string before = Shown();
  Say("new one");
  EXPECT_EQ(talk().unread, 1U);
  EXPECT_EQ(Shown().substr(0, 200).substr(80), before.substr(0, 200).substr(80));
  EXPECT_THAT(Shown(), HasSubstr("1 new"));
}

TEST_F(ModelTest, PageThatFails_IsAskedForAgainLater) {
  answer_pages = false;
  OpenTeam(10);
  model().OnPage(*Last<FetchPage>(), Unavailable("no"));
  Settle();
  EXPECT_EQ(Count<FetchPage>(), 1U);
  ASSERT_TRUE(model().NextWake().has_value());
  answer_pages = true;
  Pass(std::chrono::seconds(3));
  EXPECT_TRUE(talk().timeline.loaded());
}

TEST_F(ModelTest, PageAcrossAReconnect_IsAskedForAgain_AndTheOldAnswerIgnored) {
  answer_pages = false;
  OpenTeam(10);
  const FetchPage old = *Last<FetchPage>();
  Lose();
  Connect();
  EXPECT_EQ(Count<FetchPage>(), 2U);
  model().OnPage(old, MessagePage{});
  EXPECT_FALSE(talk().timeline.loaded());
}

TEST_F(ModelTest, Reset_LoadsAnew) {
  OpenTeam(10);
  List(kTeam, "group", "Team", 700, 5);
  model().OnEvent(Loaded{[] {
                           Conversation object;
                           object.id = ConversationOf(kTeam);
                           object.last_seq = Seq(700);
                           return object;
                         }(),
                         Loaded::Why::kReset});
  Settle();
  EXPECT_EQ(talk().timeline.entries().back().seq, Seq(700));
}

TEST_F(ModelTest, SaidBetweenResolvedAndLoaded_IsShown) {
  Connect();
  Conversation direct;
  direct.id = team();
  direct.last_seq = Seq(1);
  Store(kTeam, 1);
  model().OnResolved(Resolve{"bo"}, direct);
  Settle();
  List(kTeam, "direct", "", 2, 1);
  Settle();
  EXPECT_THAT(Shown(), HasSubstr("text 2\n"));
}

TEST_F(ModelTest, MembersChange_IsALine_AndAskedForAnew) {
  OpenTeam(3);
  const std::size_t asked = Count<FetchMembers>();
  Change(kBo,
         fmt::format(R"("kind":"members","added":["{}"],"removed":[],"roles":{{}},"users":[{}])",
                     kOther, UserJson(kOther, "cy")));
  EXPECT_THAT(Shown(), HasSubstr("bo added cy"));
  EXPECT_THAT(Shown(), HasSubstr("3 members"));
  EXPECT_EQ(Count<FetchMembers>(), asked + 1);
}

// Whatever comes.

TEST_F(ModelTest, AnyKeysAtAnySize_AreSurvived) {
  List(kTeam, "group", "Team", 300, 100);
  List(kOther, "direct", "", 7);
  Connect();
  std::mt19937 random(7);
  const auto below = [&random](int limit) {
    return static_cast<int>(random() % static_cast<unsigned>(limit));
  };
  const std::vector<std::string> texts = {
      "a", " ", "👨‍👩‍👧‍👦", "日", "\u0301", "🇫🇷", "word ", "\n"};
  for (int i = 0; i < 1'500; ++i) {
    const int what = below(12);
    if (what == 0)
      Resize(1 + below(40), 1 + below(120));
    else if (what == 1)
      Say(texts[static_cast<std::size_t>(below(7))] + " said", below(2) == 0 ? kTeam : kOther);
    else if (what == 2)
      Notice("typing", Typing("true"));
    else if (what == 3)
      below(2) == 0 ? Lose() : Connect();
    else if (what == 4)
      Control(static_cast<char>('d' + below(22)));
    else if (what < 8)
      Press(Key{Code::kPaste, texts[static_cast<std::size_t>(below(8))]});
    else
      Press(static_cast<Code>(2 + below(24)));
    ASSERT_EQ(Draw(state()).size(), state().size);
    if (const auto cursor = Draw(state()).cursor()) {
      ASSERT_TRUE(cursor->row >= 0 && cursor->row < state().size.rows) << i;
      ASSERT_TRUE(cursor->col >= 0 && cursor->col < state().size.cols) << i;
    }
  }
}

}  // namespace
}  // namespace parley::client::cli::chat
