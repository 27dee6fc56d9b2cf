// Session: authentication, commands, and how it ends.

#include "gateway/session.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "gateway/testing/session_fixture.h"

namespace parley::gateway {
namespace {

using net::CloseCode;
using testing::ElementsAre;
using testing::IsEmpty;

class SessionTest : public SessionFixture {
 protected:
  std::unique_ptr<TestClient> ConnectAnonymously(Start start = Start::kLive) {
    return std::make_unique<TestClient>(backend_, sessions_, std::nullopt, start);
  }
  std::string SendFrame(const std::string& ref, const std::string& text, ClientId client_id) {
    return fmt::format(
        R"({{"type":"send","ref":"{}","conversation_id":"{}","client_id":"{}","text":"{}"}})", ref,
        group_.ToString(), client_id.ToString(), text);
  }
  std::string ReadFrame(std::uint64_t seq) {
    return fmt::format(R"({{"type":"read","conversation_id":"{}","seq":{}}})", group_.ToString(),
                       seq);
  }
};

TEST_F(SessionTest, Auth_WithAToken_IsReady) {
  auth::Registration dee{.username = "dee",
                         .password = "correct horse",
                         .display_name = {},
                         .email = {},
                         .invite = {},
                         .device_name = "test"};
  const auto signed_in = backend_.Run(accounts_.Register(std::move(dee)));
  ASSERT_TRUE(signed_in.ok());
  const auto client = ConnectAnonymously();
  client->Say(fmt::format(R"({{"type":"auth","token":"{}"}})", signed_in->token));
  RunUntil([&] { return !client->socket.frames.empty(); });
  EXPECT_THAT(client->Told(), ElementsAre("ready"));
  EXPECT_TRUE(client->socket.reading);
  client->Say(R"({"type":"auth","token":"x","ref":"r"})");
  EXPECT_THAT(client->Told(), ElementsAre("error r invalid"));
}

TEST_F(SessionTest, Auth_WithAWrongToken_Ends) {
  const auto client = ConnectAnonymously();
  client->Say(R"({"type":"auth","token":"nonsense"})");
  RunUntil([&] { return client->socket.closed.has_value(); });
  EXPECT_EQ(client->socket.closed, CloseCode::kUnauthenticated);
  EXPECT_THAT(client->Told(), IsEmpty());
}

TEST_F(SessionTest, Auth_LookedUpWhileTheConnectionEnds_IsForgotten) {
  const auto client = ConnectAnonymously();
  backend_.controls().HoldReads();
  client->Say(fmt::format(R"({{"type":"auth","token":"{}"}})", std::string(43, 'a')));
  client->Disconnect();
  backend_.controls().ReleaseReads();
  backend_.On([] {});
  EXPECT_THAT(client->Told(), IsEmpty());
}

TEST_F(SessionTest, BeforeAuth_AnythingElse_IsUnauthenticated) {
  for (const char* frame : {R"({"type":"ping"})", R"({"type":"auth"})"}) {
    const auto client = ConnectAnonymously();
    client->Say(frame);
    EXPECT_EQ(client->socket.closed, CloseCode::kUnauthenticated) << frame;
  }
}

TEST_F(SessionTest, BeforeAuth_LongFrame_EndsBeforeItIsRead_AfterwardsItIsRead) {
  const auto stranger = ConnectAnonymously();
  stranger->Part(4 * 1024 - 1);
  EXPECT_EQ(stranger->socket.closed, std::nullopt);
  stranger->Part(4 * 1024);
  EXPECT_EQ(stranger->socket.closed, CloseCode::kUnauthenticated);
  const auto client = Connect(ann_);
  client->Part(200 * 1024);
  EXPECT_EQ(client->socket.closed, std::nullopt);
}

TEST_F(SessionTest, BeforeAuth_Silence_Ends) {
  TestClient client(backend_, impatient_, std::nullopt, Start::kLive);
  RunUntil([&] { return client.socket.closed.has_value(); });
  EXPECT_EQ(client.socket.closed, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, BadProtocol_Ends_BadFields_DoNot) {
  for (const char* frame : {"nonsense", "[]", "{}"}) {
    const auto client = Connect(ann_);
    client->Say(frame);
    EXPECT_EQ(client->socket.closed, CloseCode::kBadProtocol) << frame;
  }
  const auto client = Connect(ann_);
  client->Say(R"({"type":"whatever","ref":"1"})");
  client->Say(R"({"type":"send","ref":"2"})");
  client->Say(R"({"type":"edit","ref":"3"})");
  client->Say(R"({"type":"ping","ref":"4"})");
  EXPECT_THAT(client->Told(),
              ElementsAre("error 1 invalid", "error 2 invalid", "error 3 invalid", "pong 4"));
  EXPECT_EQ(client->socket.closed, std::nullopt);
}

TEST_F(SessionTest, Send_IsAcked_AndComesAsAChange) {
  const auto client = Connect(ann_);
  const ClientId id = backend_.NewClientId();
  client->Say(SendFrame("r", "hello", id));
  RunUntil([&] { return client->socket.frames.size() == 3; });
  EXPECT_THAT(client->Told(), testing::UnorderedElementsAre("ack r 2", "change 2"));
  client->Say(SendFrame("s", "hello", id));
  RunUntil([&] { return client->socket.frames.size() == 4; });
  EXPECT_THAT(client->Told(), ElementsAre("ack s 2 again"));
  client->Say(SendFrame("t", "something else", id));
  RunUntil([&] { return client->socket.frames.size() == 5; });
  EXPECT_THAT(client->Told(), ElementsAre("error t conflict"));
}

TEST_F(SessionTest, Send_ByAStranger_IsNotFound) {
  const auto client = Connect(cy_);
  client->Say(SendFrame("r", "hello", backend_.NewClientId()));
  RunUntil([&] { return client->socket.frames.size() == 2; });
  EXPECT_THAT(client->Told(), ElementsAre("error r not_found"));
}

TEST_F(SessionTest, Send_NothingIsToldBeforeItIsDurable) {
  const auto client = Connect(ann_);
  backend_.controls().HoldCommits();
  client->Say(SendFrame("r", "hello", backend_.NewClientId()));
  RunUntil([&] { return backend_.controls().appends_under_way() == 1; });
  EXPECT_THAT(client->Told(), IsEmpty());
  backend_.controls().ReleaseCommits();
  RunUntil([&] { return client->socket.frames.size() == 3; });
}

TEST_F(SessionTest, Send_AnsweredAfterTheConnectionEnded_IsDropped) {
  const auto client = Connect(ann_);
  backend_.controls().HoldCommits();
  client->Say(SendFrame("r", "hello", backend_.NewClientId()));
  client->Disconnect();
  backend_.controls().ReleaseCommits();
  RunUntil([&] { return backend_.Head(bo_, group_) == Seq(2); });
  EXPECT_THAT(client->Told(), IsEmpty());
}

TEST_F(SessionTest, Unanswered_AreBounded_ByReadingNoMore) {
  const auto client = Connect(ann_);
  backend_.controls().HoldCommits();
  for (std::size_t i = 0; i < Session::kMaxUnanswered; ++i) {
    EXPECT_TRUE(client->socket.reading);
    client->Say(SendFrame("r", "hello", backend_.NewClientId()));
  }
  EXPECT_FALSE(client->socket.reading);
  backend_.controls().ReleaseCommits();
  RunUntil([&] { return client->socket.reading; });
}

TEST_F(SessionTest, Read_MovesTheOwnPosition_AndTellsTheOtherDevice) {
  Send(ann_, group_);
  const auto phone = Connect(bo_);
  const auto laptop = Connect(bo_);
  phone->Say(ReadFrame(2));
  EXPECT_THAT(laptop->Told(), ElementsAre("inbox 2"));
  EXPECT_EQ(backend_.Get(bo_, group_).own.position.read, Seq(2));
  phone->Say(ReadFrame(3));
  EXPECT_THAT(phone->Told(), ElementsAre("inbox 2", "error  invalid"));
}

TEST_F(SessionTest, SignedOut_Ends) {
  const auto client = Connect(ann_);
  const auto other = Connect(bo_);
  bus::Event ended{bus::Event::Kind::kSessionsEnded, {}, {}, {}, {CallerOf(ann_).session}};
  backend_.On([&] {
    bus_.Publish(std::make_shared<const bus::Event>(ended),
                 std::make_shared<const std::vector<UserId>>(std::vector{ann_, bo_}));
  });
  EXPECT_EQ(client->socket.closed, CloseCode::kUnauthenticated);
  EXPECT_EQ(other->socket.closed, std::nullopt);
}

TEST_F(SessionTest, SignedOutBetweenTheLookAtTheTokenAndTheSubscription_Ends) {
  const auth::Caller ann = CallerOf(ann_);
  ASSERT_TRUE(backend_.Run(accounts_.SignOut(ann.user, ann.session)).ok());
  TestClient client(backend_, sessions_, ann, Start::kLive);
  RunUntil([&] { return client.socket.closed.has_value(); });
  EXPECT_EQ(client.socket.closed, CloseCode::kUnauthenticated);
}

TEST_F(SessionTest, SignedOut_AndTheEventIsLost_EndsAtTheNextLook) {
  const auth::Caller ann = CallerOf(ann_);
  const TestClient other(backend_, impatient_, CallerOf(bo_), Start::kLive);
  TestClient client(backend_, impatient_, ann, Start::kLive);
  EXPECT_THAT(client.Told(), ElementsAre("ready"));
  ASSERT_TRUE(backend_.Run(accounts_.SignOut(ann.user, ann.session)).ok());
  RunUntil([&] { return client.socket.closed.has_value(); });
  EXPECT_EQ(client.socket.closed, CloseCode::kUnauthenticated);
  EXPECT_EQ(other.socket.closed, std::nullopt);
}

TEST_F(SessionTest, TooManyOfAnAccountOrAddress_AreClosed_UntilOthersEnd) {
  limits::ConnectionCounts of_account(2);
  limits::ConnectionCounts of_address(3);
  Sessions limited{SessionEnvironment{.chat = backend_.chat(),
                                      .accounts = accounts_,
                                      .bus = bus_,
                                      .presence = presence_,
                                      .limits = Limits(),
                                      .of_account = &of_account,
                                      .of_address = &of_address}};
  const auto connect = [&](UserId user, std::string_view address) {
    return std::make_unique<TestClient>(backend_, limited, CallerOf(user), Start::kLive,
                                        *limits::ClientAddress::Parse(address));
  };
  auto first = connect(ann_, "192.0.2.1");
  const auto second = connect(ann_, "192.0.2.1");
  EXPECT_EQ(connect(ann_, "192.0.2.2")->socket.closed, CloseCode::kTooFast);
  first.reset();
  const auto again = connect(ann_, "192.0.2.1");
  EXPECT_EQ(again->socket.closed, std::nullopt);
  const auto bob = connect(bo_, "192.0.2.1");
  EXPECT_EQ(bob->socket.closed, std::nullopt);
  EXPECT_EQ(connect(cy_, "192.0.2.1")->socket.closed, CloseCode::kTooFast);
  EXPECT_EQ(connect(cy_, "192.0.2.2")->socket.closed, std::nullopt);
  EXPECT_EQ(limited.stats().without_place.load(), 2U);
}

}  // namespace
}  // namespace parley::gateway
