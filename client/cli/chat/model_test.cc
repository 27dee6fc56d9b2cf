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

class ModelTest : public ::testing::Test, protected ServerPlayed {
 protected:
  /// The team with so many messages, open.
  void OpenTeam(std::uint64_t messages, std::uint64_t unread = 0) {
    List(kTeam, "group", "Team", messages, unread);
    Connect();
    Press(Code::kTab);
  }
  std::string Typing(const std::string& active) {
    return fmt::format(R"("conversation_id":"{}","user_id":"{}","active":{})", kTeam, kBo, active);
  }
  std::string ReceiptOf(std::uint64_t delivered, std::uint64_t read) {
    return fmt::format(R"("conversation_id":"{}","user_id":"{}","delivered_seq":{},"read_seq":{})",
                       kTeam, kBo, delivered, read);
  }
  void KnowMembers() {
    Member bo;
    bo.user.id = Bo();
    bo.user.username = "bo";
    model().OnMembers(FetchMembers{team()}, std::vector<Member>{bo});
  }
  /// Sends `text` and has the server store it.
  Seq SendStored(const std::string& text) {
    Type(text);
    Press(Code::kEnter);
    const OutgoingMessage message = Last<SendMessage>()->message;
    model().OnEvent(Sent{message.client_id, team(), talk().head.Next()});
    Change(
        kAnn,
        fmt::format(
            R"("kind":"message","message":{{"conversation_id":"{}","seq":{},"client_id":"{}","sender_id":"{}","sent_at":{},"text":"{}"}})",
            kTeam, talk().head.value() + 1, message.client_id.ToString(), kAnn,
            ToMillis(clock().Now()), text));
    return talk().head;
  }
};

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

// Writing.

TEST_F(ModelTest, Send_ShowsItAtOnce_ThenStored_ThenReadMarks) {
  OpenTeam(3);
  KnowMembers();
  Type("hello");
  Press(Code::kEnter);
  EXPECT_TRUE(talk().draft.empty());
  EXPECT_EQ(Last<SendMessage>()->message.text, "hello");
  EXPECT_THAT(Shown(), HasSubstr("…\n"));
  Press(Code::kEnter);
  EXPECT_EQ(Count<SendMessage>(), 1U);
}

TEST_F(ModelTest, Marks_FollowTheReceipts) {
  OpenTeam(3);
  KnowMembers();
  const Seq seq = SendStored("hello");
  EXPECT_EQ(talk().ReachOf(seq).state, Reach::State::kSent);
  Notice("receipt", ReceiptOf(seq.value(), 0));
  EXPECT_EQ(talk().ReachOf(seq).state, Reach::State::kDelivered);
  Notice("receipt", ReceiptOf(seq.value(), seq.value()));
  EXPECT_EQ(talk().ReachOf(seq).state, Reach::State::kRead);
  EXPECT_THAT(Shown(), HasSubstr("read ✓✓"));
}

TEST_F(ModelTest, Offline_MessagesWait_AndQuittingAsks) {
  OpenTeam(3);
  Lose();
  Type("hello");
  Press(Code::kEnter);
  EXPECT_EQ(state().Waiting(), 1U);
  EXPECT_THAT(Shown(), HasSubstr("1 to send"));
  Control('q');
  EXPECT_EQ(Count<Quit>(), 0U);
  EXPECT_THAT(state().notice, HasSubstr("not sent"));
  Control('q');
  EXPECT_EQ(Count<Quit>(), 1U);
}

TEST_F(ModelTest, QuitWhileSending_EndsOnceAllIsStored_UnlessOneGoesOn) {
  OpenTeam(3);
  Type("hello");
  Press(Code::kEnter);
  Control('q');
  Type("x");
  Press(Code::kBackspace);
  model().OnEvent(Sent{Last<SendMessage>()->message.client_id, team(), Seq(4)});
  Settle();
  EXPECT_EQ(Count<Quit>(), 0U);
  Type("again");
  Press(Code::kEnter);
  Control('q');
  model().OnEvent(Sent{Last<SendMessage>()->message.client_id, team(), Seq(5)});
  Settle();
  EXPECT_EQ(Count<Quit>(), 1U);
}

TEST_F(ModelTest, Draft_IsKeptPerConversation_AndAskedForWhenQuitting) {
  List(kTeam, "group", "Team", 3);
  List(kOther, "group", "Other", 5);
  Connect();
  Press(Code::kTab);
  Type("one");
  Press(Code::kTab);
  Type("two");
  Press(Code::kBackTab);
  EXPECT_EQ(state().opened()->draft.text(), "one");
  Control('c');
  EXPECT_EQ(Count<Quit>(), 0U);
}

TEST_F(ModelTest, Refused_IsShownWithTheReason_AndTakenBack) {
  OpenTeam(3);
  Type("hello");
  Press(Code::kEnter);
  model().OnEvent(SendFailed{Last<SendMessage>()->message.client_id, TooLarge("too long\x1b")});
  Settle();
  EXPECT_THAT(Shown(), HasSubstr("not sent: too long\\x1b"));
  EXPECT_EQ(state().Waiting(), 0U);
  Control('r');
  EXPECT_EQ(talk().draft.text(), "hello");
  EXPECT_THAT(Shown(), Not(HasSubstr("not sent")));
}

TEST_F(ModelTest, Paste_DoesNotSend) {
  OpenTeam(3);
  Press(Key{Code::kPaste, "one\ntwo\n"});
  EXPECT_EQ(Count<SendMessage>(), 0U);
  EXPECT_EQ(talk().draft.text(), "one\ntwo\n");
}

// Momentary things.

TEST_F(ModelTest, Typing_IsSaid_Repeated_AndEnded) {
  OpenTeam(3);
  Type("ab");
  EXPECT_EQ(Count<SayTyping>(), 1U);
  Pass(std::chrono::seconds(5));
  Type("c");
  EXPECT_EQ(Count<SayTyping>(), 2U);
  Press(Code::kEnter);
  EXPECT_FALSE(Last<SayTyping>()->active);
  Type("x");
  Press(Code::kBackspace);
  EXPECT_FALSE(Last<SayTyping>()->active);
}

TEST_F(ModelTest, TypingOfOthers_IsShown_AndForgottenAfterSixSeconds) {
  OpenTeam(3);
  Notice("typing", Typing("true"));
  EXPECT_THAT(Shown(), HasSubstr("bo is typing…"));
  EXPECT_EQ(model().NextWake(), clock().Now() + std::chrono::seconds(6));
  Pass(std::chrono::seconds(6));
  EXPECT_THAT(Shown(), Not(HasSubstr("typing")));
  Notice("typing", Typing("true"));
  Say("done");
  EXPECT_THAT(Shown(), Not(HasSubstr("typing")));
}

TEST_F(ModelTest, Presence_IsWatchedAndShown_AndUnknownWithoutConnection) {
  List(kTeam, "direct", "", 3);
  Connect();
  EXPECT_THAT(Last<WatchPresence>()->users, ElementsAre(Bo()));
  Notice("presence", fmt::format(R"("user_id":"{}","online":true,"last_active_at":null)", kBo));
  EXPECT_THAT(Shown(), HasSubstr("● bo"));
  Lose();
  EXPECT_THAT(Shown(), HasSubstr("○ bo"));
}

TEST_F(ModelTest, SignedOut_Quits_WithTheReason) {
  OpenTeam(3);
  model().OnEvent(SignedOut{Unauthenticated("over")});
  Settle();
  EXPECT_EQ(Last<Quit>()->status.code(), StatusCode::kUnauthenticated);
}

TEST_F(ModelTest, Open_AsksWho_AndOpensTheAnswer) {
  Connect();
  Control('o');
  Type("bo");
  Press(Code::kEnter);
  EXPECT_EQ(Last<Resolve>()->name, "bo");
  model().OnResolved(*Last<Resolve>(), NotFound("nobody is called bo"));
  Settle();
  EXPECT_THAT(Shown(), HasSubstr("nobody is called bo"));
  Conversation direct;
  direct.id = ConversationOf(kOther);
  model().OnResolved(*Last<Resolve>(), direct);
  Settle();
  EXPECT_EQ(state().open, ConversationOf(kOther));
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
