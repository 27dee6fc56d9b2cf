#include "client/cli/tail_view.h"

#include <cstdio>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/testing/captured_file.h"
#include "client/frames.h"
#include "client/testing/samples.h"

namespace parley::client::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NoHttp : public HttpClient {
 public:
  Result<HttpResponse> Do(const HttpRequest& /*request*/) override { return Unavailable("none"); }
};

class TailViewTest : public ::testing::Test {
 protected:
  TailView Make(std::optional<ConversationId> only, Output& output) {
    return TailView({*UserId::Parse(kAnn), "http://here", only}, output, people_, clock_,
                    [this](ConversationId conversation, Seq after, Seq until) {
                      return Load(conversation, after, until);
                    });
  }

  std::optional<std::vector<Message>> Load(ConversationId conversation, Seq after, Seq until) {
    std::vector<Message> messages;
    for (Seq seq = after.Next(); seq <= until; seq = seq.Next()) {
      messages.push_back(*ChangeAt(seq.value(), conversation.ToString()).message);
    }
    return messages;
  }

  static Change ChangeAt(std::uint64_t seq, const std::string& conversation = kTeam) {
    return std::get<ChangeFrame>(*ParseFrame(LiveJson(ChangeJson(conversation, seq)))).change;
  }
  static Conversation Object(std::uint64_t last_seq, const std::string& id = kTeam) {
    return *std::get<InboxFrame>(*ParseFrame(R"({"type":"inbox","conversation":)" +
                                             ConversationJson(id, last_seq) + "}"))
                .conversation;
  }

  NoHttp http_;
  Api api_{http_};
  People people_{api_};
  FakeClock clock_;
  CapturedFile out_, err_;
  Output text_{Output::Form::kText, out_.file(), err_.file()};
  Output json_{Output::Form::kJson, out_.file(), err_.file()};
};

TEST_F(TailViewTest, Change_IsShownOnce) {
  TailView view = Make(ConversationOf(kTeam), text_);
  view.Begin(Object(7), Seq(7));
  for (const std::uint64_t seq : {7, 8, 8, 9})
    EXPECT_TRUE(view.OnEvent(Changed{ChangeAt(seq)}).ok());
  EXPECT_THAT(out_.Lines(), ElementsAre(HasSubstr("bo: text 8"), HasSubstr("bo: text 9")));
}

TEST_F(TailViewTest, OtherConversation_IsNotShown) {
  TailView view = Make(ConversationOf(kTeam), text_);
  EXPECT_TRUE(view.OnEvent(Changed{ChangeAt(8, kOther)}).ok());
  EXPECT_TRUE(view.OnEvent(Loaded{Object(8, kOther), Loaded::Why::kNew}).ok());
  EXPECT_TRUE(view.OnEvent(Left{ConversationOf(kOther)}).ok());
  EXPECT_THAT(out_.Lines(), IsEmpty());
}

TEST_F(TailViewTest, AllConversations_AreNamed) {
  TailView view = Make(std::nullopt, text_);
  view.Begin(Object(7), Seq(7));
  EXPECT_TRUE(view.OnEvent(Changed{ChangeAt(8)}).ok());
  EXPECT_THAT(out_.Lines(), ElementsAre(HasSubstr("[Team] bo: text 8")));
}

TEST_F(TailViewTest, Reset_LoadsWhatLiesBetween) {
  TailView view = Make(std::nullopt, json_);
  view.Begin(Object(7), Seq(7));
  EXPECT_TRUE(view.OnEvent(Loaded{Object(9), Loaded::Why::kReset}).ok());
  EXPECT_TRUE(view.OnEvent(Changed{ChangeAt(9)}).ok());
  EXPECT_TRUE(view.OnEvent(Changed{ChangeAt(10)}).ok());
  EXPECT_THAT(out_.Lines(),
              ElementsAre(ChangeJson(kTeam, 8), ChangeJson(kTeam, 9), ChangeJson(kTeam, 10)));
}

TEST_F(TailViewTest, NewConversation_IsShownFromItsBeginning) {
  TailView view = Make(std::nullopt, text_);
  EXPECT_TRUE(view.OnEvent(Loaded{Object(2, kOther), Loaded::Why::kNew}).ok());
  EXPECT_THAT(out_.Lines(), ElementsAre(HasSubstr("[Team] bo: text 1"), HasSubstr("text 2")));
}

TEST_F(TailViewTest, MembersChange_IsASystemLine) {
  TailView view = Make(ConversationOf(kTeam), text_);
  Change change = ChangeAt(8);
  change.kind = "members";
  change.message.reset();
  change.actor_id = *UserId::Parse(kAnn);
  change.added = {*UserId::Parse(kBo)};
  view.Begin(Object(7), Seq(7));
  EXPECT_TRUE(view.OnEvent(Changed{change}).ok());
  EXPECT_THAT(out_.Lines(), ElementsAre(HasSubstr("* ann added bo")));
}

TEST_F(TailViewTest, HostileText_IsHarmless) {
  TailView view = Make(ConversationOf(kTeam), text_);
  Change change = ChangeAt(8);
  change.message->text = "\x1b]0;owned\x07\nann: fake";
  view.Begin(Object(7), Seq(7));
  EXPECT_TRUE(view.OnEvent(Changed{change}).ok());
  EXPECT_THAT(out_.Lines(), ElementsAre(HasSubstr("bo: \\x1b]0;owned\\x07"), "    ann: fake"));
}

TEST_F(TailViewTest, Connection_IsToldOnStandardError) {
  TailView view = Make(std::nullopt, json_);
  EXPECT_TRUE(view.OnEvent(Connected{}).ok());
  EXPECT_TRUE(view.OnEvent(Disconnected{"cut", std::chrono::milliseconds(90)}).ok());
  EXPECT_THAT(out_.Lines(), IsEmpty());
  EXPECT_THAT(err_.Lines(),
              ElementsAre(R"({"event":"connected","server":"http://here"})",
                          R"({"event":"disconnected","reason":"cut","retry_in_ms":90})"));
}

TEST_F(TailViewTest, SignedOutAndLeft_EndIt) {
  TailView view = Make(ConversationOf(kTeam), text_);
  EXPECT_EQ(view.OnEvent(SignedOut{Unauthenticated("over")}).code(), StatusCode::kUnauthenticated);
  EXPECT_EQ(view.OnEvent(Left{ConversationOf(kTeam)}).code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace parley::client::cli
