#include "wire/encode.h"

#include <gtest/gtest.h>

#include "wire/testing/golden.h"
#include "wire/testing/samples.h"

namespace parley::wire {
namespace {

TEST(EncodeUser, EachDetail_IsGolden) {
  ExpectGolden("object_user", EncodeUser(samples::Ann(), UserDetail::kPublic));
  ExpectGolden("object_user_activity", EncodeUser(samples::Ann(), UserDetail::kActivity));
  ExpectGolden("object_user_self", EncodeUser(samples::Ann(), UserDetail::kSelf));
}

TEST(EncodeUser, NeverActiveWithoutEmail_LeavesOutOrNull) {
  EXPECT_EQ(EncodeUser(samples::Bo(), UserDetail::kActivity),
            EncodeUser(samples::Bo(), UserDetail::kPublic));
  const std::string self = EncodeUser(samples::Bo(), UserDetail::kSelf);
  EXPECT_NE(self.find(R"("email":null,"admin":false)"), std::string::npos) << self;
}

TEST(EncodeSignIn, WithToken_IsGolden) {
  ExpectGolden("object_sign_in", EncodeSignIn(samples::Ann(), samples::Phone(), "secret"));
}

TEST(EncodeSignIn, ByCookie_HasNoToken) {
  const std::string json = EncodeSignIn(samples::Ann(), samples::Phone(), std::nullopt);
  EXPECT_EQ(json.find("token"), std::string::npos) << json;
}

TEST(EncodeList, Sessions_IsGolden) {
  Session other = samples::Phone();
  other.id = samples::MakeId<SessionId>("52");
  const std::vector<Session> sessions = {samples::Phone(), other};
  ExpectGolden("object_session_list",
               EncodeList(sessions, "next", [](JsonWriter& json, const Session& session) {
                 WriteSession(json, session, samples::kSession);
               }));
}

TEST(EncodeList, Empty_EndsWithNull) {
  const auto write = [](JsonWriter& json, const User& user) {
    WriteUser(json, user, UserDetail::kPublic);
  };
  EXPECT_EQ(EncodeList(std::vector<User>(), std::nullopt, write),
            R"({"items":[],"next_cursor":null})");
}

TEST(EncodeConversation, GroupAndDirect_IsGolden) {
  ExpectGolden("object_conversation", EncodeConversation(samples::GroupOfAnn()));
  ExpectGolden("object_conversation_direct", EncodeConversation(samples::Direct()));
}

TEST(EncodeConversation, LastMessageBeforeFirstSeq_IsNull) {
  const std::string hidden = EncodeConversation(samples::GroupFrom(Seq(6), {}));
  EXPECT_NE(hidden.find(R"("last_message":null)"), std::string::npos) << hidden;
  const std::string shown = EncodeConversation(samples::GroupFrom(Seq(5), {}));
  EXPECT_EQ(shown.find(R"("last_message":null)"), std::string::npos) << shown;
}

TEST(EncodeConversation, PositionsBeyondTheEnd_AreShownAtTheEnd) {
  const std::string json = EncodeConversation(samples::GroupFrom(Seq(1), {Seq(12), 5, Seq(13)}));
  EXPECT_NE(json.find(R"("last_seq":7,)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("read_seq":7,"delivered_seq":7,)"), std::string::npos) << json;
}

TEST(WriteMember, List_IsGolden) {
  const auto& members = samples::GroupOfAnn().members;
  ExpectGolden("object_member_list",
               EncodeList(members, std::nullopt, [](JsonWriter& json, const MemberView& member) {
                 WriteMember(json, member, Seq(7));
               }));
}

TEST(EncodeMessage, PlainAndReply_IsGolden) {
  ExpectGolden("object_message", EncodeMessage(samples::Message(), Seq(1)));
  ExpectGolden("object_message_reply", EncodeMessage(samples::Reply(), Seq(2)));
}

TEST(EncodeMessage, ReplyToWhatCameBeforeJoining_HidesSenderAndExcerpt) {
  ExpectGolden("object_message_reply_hidden", EncodeMessage(samples::Reply(), Seq(3)));
}

TEST(EncodeChange, EachKind_IsGolden) {
  ExpectGolden("object_change_message", EncodeChange(samples::Shown(samples::Message())));
  ExpectGolden("object_change_created", EncodeChange(samples::Shown(samples::Creation())));
  ExpectGolden("object_change_title", EncodeChange(samples::Shown(samples::Renaming())));
  ExpectGolden("object_change_members",
               EncodeChange(samples::Shown(samples::Joining(), {samples::Bo()})));
}

TEST(EncodeChange, ReplyBeforeVisibleFrom_HidesSenderAndExcerpt) {
  ChangeView change = samples::Shown(samples::Reply());
  change.visible_from = Seq(3);
  EXPECT_NE(EncodeChange(change).find(R"({"seq":2,"sender_id":null,"excerpt":null})"),
            std::string::npos);
}

TEST(EncodeMessagePage, IsGolden) {
  MessagePage page;
  page.items = {std::make_shared<const Entry>(samples::Message()),
                std::make_shared<const Entry>(samples::Reply())};
  page.has_more_before = true;
  page.last_seq = Seq(9);
  page.visible_from = Seq(3);
  ExpectGolden("object_message_page", EncodeMessagePage(page));
}

TEST(EncodeChangePage, IsGolden) {
  ChangePage page;
  page.items = {samples::Shown(samples::Creation()), samples::Shown(samples::Message())};
  page.last_seq = Seq(9);
  ExpectGolden("object_change_page", EncodeChangePage(page));
}

TEST(EncodeChangePage, Reset_IsGolden) {
  ChangePage page;
  page.last_seq = Seq(9);
  page.reset = true;
  ExpectGolden("object_change_page_reset", EncodeChangePage(page));
}

TEST(EncodeProblem, FromStatus_IsGolden) {
  ExpectGolden("object_problem", EncodeProblem(NotFound("no such conversation")));
  ExpectGolden("object_problem_fields",
               EncodeProblem(InvalidField("text", "must not be blank")
                                 .WithField("colour", "is not a field of this request")));
}

TEST(EncodeProblem, OfHttpAlone_HasItsCode) {
  ExpectGolden("object_problem_method", EncodeProblem(405, "this path answers GET"));
}

TEST(EncodeProblem, Internal_DoesNotTellTheMessage) {
  const std::string json = EncodeProblem(Internal("row 7 of table users is broken"));
  EXPECT_EQ(json.find("row 7"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("status":500)"), std::string::npos) << json;
}

TEST(EncodeServerInfo, IsGolden) {
  ServerInfo info;
  info.name = "Parley";
  info.version = "0.1.0";
  info.features = {"accounts", "conversations", "messages", "realtime"};
  info.registration = "open";
  ExpectGolden("object_server", EncodeServerInfo(info));
}

}  // namespace
}  // namespace parley::wire
