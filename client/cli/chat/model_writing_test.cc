#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/chat/model.h"
#include "client/cli/chat/testing/server_played.h"

namespace parley::client::cli::chat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = Key::Code;

class ModelWritingTest : public ::testing::Test, protected ServerPlayed {};

// Writing.

TEST_F(ModelWritingTest, Send_ShowsItAtOnce_ThenStored_ThenReadMarks) {
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

TEST_F(ModelWritingTest, Marks_FollowTheReceipts) {
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

TEST_F(ModelWritingTest, Offline_MessagesWait_AndQuittingAsks) {
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

TEST_F(ModelWritingTest, QuitWhileSending_EndsOnceAllIsStored_UnlessOneGoesOn) {
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

TEST_F(ModelWritingTest, Draft_IsKeptPerConversation_AndAskedForWhenQuitting) {
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

TEST_F(ModelWritingTest, Refused_IsShownWithTheReason_AndTakenBack) {
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

TEST_F(ModelWritingTest, Paste_DoesNotSend) {
  OpenTeam(3);
  Press(Key{Code::kPaste, "one\ntwo\n"});
  EXPECT_EQ(Count<SendMessage>(), 0U);
  EXPECT_EQ(talk().draft.text(), "one\ntwo\n");
}

// Momentary things.

TEST_F(ModelWritingTest, Typing_IsSaid_Repeated_AndEnded) {
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

TEST_F(ModelWritingTest, TypingOfOthers_IsShown_AndForgottenAfterSixSeconds) {
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

TEST_F(ModelWritingTest, Presence_IsWatchedAndShown_AndUnknownWithoutConnection) {
  List(kTeam, "direct", "", 3);
  Connect();
  EXPECT_THAT(Last<WatchPresence>()->users, ElementsAre(Bo()));
  Notice("presence", fmt::format(R"("user_id":"{}","online":true,"last_active_at":null)", kBo));
  EXPECT_THAT(Shown(), HasSubstr("● bo"));
  Lose();
  EXPECT_THAT(Shown(), HasSubstr("○ bo"));
}

TEST_F(ModelWritingTest, SignedOut_Quits_WithTheReason) {
  OpenTeam(3);
  model().OnEvent(SignedOut{Unauthenticated("over")});
  Settle();
  EXPECT_EQ(Last<Quit>()->status.code(), StatusCode::kUnauthenticated);
}

TEST_F(ModelWritingTest, Open_AsksWho_AndOpensTheAnswer) {
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

}  // namespace
}  // namespace parley::client::cli::chat
