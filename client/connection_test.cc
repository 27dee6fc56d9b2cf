#include "client/connection.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/json.h"
#include "client/testing/imposter.h"
#include "client/testing/samples.h"

namespace parley::client {
namespace {

using ::testing::HasSubstr;

/// A connection to an imposter whose list is the team at seq 7.
class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest()
      : imposter_([this](const Imposter::Request& request) { return Answer(request); }),
        connection_({.server = *ParseServerUrl(imposter_.url()), .token = "secret"}, random_,
                    [this](const Event& event) { Keep(event); }) {}

  ~ConnectionTest() override { connection_.Stop(); }

  virtual Imposter::Reply Answer(const Imposter::Request& request) {
    if (request.target.starts_with("/v1/conversations?")) {
      return {200, R"({"items":[)" + ConversationJson(kTeam, 7) + R"(],"next_cursor":null})"};
    }
    if (request.target == "/v1/conversations/" + kTeam + "/changes?limit=100&after=7") {
      return {200, fmt::format(R"({{"items":[{},{}],"last_seq":9,"reset":false}})",
                               ChangeJson(kTeam, 8), ChangeJson(kTeam, 9))};
    }
    return {404, R"({"code":"not_found","detail":"no"})"};
  }

  /// The next event of type T; others before it are passed over. Fails the test if none comes.
  template <class T>
  T Next() {
    std::unique_lock lock(mutex_);
    while (arrived_.wait_for(lock, std::chrono::seconds(5), [this] { return !events_.empty(); })) {
      Event event = std::move(events_.front());
      events_.pop_front();
      if (T* wanted = std::get_if<T>(&event)) return std::move(*wanted);
      EXPECT_FALSE(std::holds_alternative<Changed>(event)) << "a change came unexpectedly";
    }
    ADD_FAILURE() << "the event did not come";
    return T();
  }

  std::uint64_t NextChange() { return Next<Changed>().change.seq.value(); }

  /// Takes the next connection as far as the client's resume.
  std::unique_ptr<ImposterPeer> AcceptAndGreet(std::string* resume = nullptr) {
    std::unique_ptr<ImposterPeer> peer = imposter_.Accept();
    if (!peer) {
      ADD_FAILURE() << "the client did not connect";
      return nullptr;
    }
    peer->Send(ReadyJson("c0"));
    const std::string text = peer->ReceiveOf("resume");
    if (resume != nullptr) *resume = text;
    return peer;
  }

  std::unique_ptr<ImposterPeer> GoLive() {
    connection_.Start();
    std::unique_ptr<ImposterPeer> peer = AcceptAndGreet();
    peer->Send(SyncJson("", "c1"));
    Next<Connected>();
    return peer;
  }

  void Keep(const Event& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    arrived_.notify_all();
  }

  SystemRandom random_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Event> events_;  // guarded by mutex_
  Imposter imposter_;
  Connection connection_;
};

TEST_F(ConnectionTest, Connect_ShowsTokenAndProtocol_AndResumesWithTheListsHeads) {
  connection_.Start();
  std::string resume;
  const std::unique_ptr<ImposterPeer> peer = AcceptAndGreet(&resume);
  ASSERT_TRUE(peer);
  EXPECT_THAT(peer->request_head(), HasSubstr("GET /v1/ws?resume=1 HTTP/1.1"));
  EXPECT_THAT(peer->request_head(), HasSubstr("Authorization: Bearer secret"));
  EXPECT_THAT(peer->request_head(), HasSubstr("Sec-WebSocket-Protocol: parley.v1"));
  EXPECT_EQ(resume, fmt::format(R"({{"type":"resume","cursor":"c0","heads":{{"{}":7}}}})", kTeam));
  peer->Send(SyncJson("", "c1"));
  EXPECT_EQ(Next<Connected>().user_id, *UserId::Parse(kAnn));
}

TEST_F(ConnectionTest, Hole_IsFilledOverHttp) {
  const std::unique_ptr<ImposterPeer> peer = GoLive();
  peer->Send(LiveJson(ChangeJson(kTeam, 9)));
  EXPECT_EQ(NextChange(), 8U);
  EXPECT_EQ(NextChange(), 9U);
  peer->Send(LiveJson(ChangeJson(kTeam, 10)));
  EXPECT_EQ(NextChange(), 10U);
}

TEST_F(ConnectionTest, Cut_ComesBackAndTellsTheMissedOnce) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  peer->Send(LiveJson(ChangeJson(kTeam, 8)));
  EXPECT_EQ(NextChange(), 8U);
  peer.reset();
  EXPECT_LE(Next<Disconnected>().retry_in, std::chrono::milliseconds(150));

  std::string resume;
  peer = AcceptAndGreet(&resume);
  EXPECT_EQ(resume, fmt::format(R"({{"type":"resume","cursor":"c1","heads":{{"{}":8}}}})", kTeam));
  peer->Send(
      SyncJson(fmt::format(R"({{"conversation":{},"changes":[{},{}],"reset":false}})",
                           ConversationJson(kTeam, 9), ChangeJson(kTeam, 8), ChangeJson(kTeam, 9)),
               "c2"));
  EXPECT_EQ(NextChange(), 9U);
  Next<Connected>();
  peer->Send(LiveJson(ChangeJson(kTeam, 9)));
  peer->Send(LiveJson(ChangeJson(kTeam, 10)));
  EXPECT_EQ(NextChange(), 10U);
}

TEST_F(ConnectionTest, Restarting_ComesBackSoon) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  peer->SendClose(1012);
  const Disconnected lost = Next<Disconnected>();
  EXPECT_EQ(lost.reason, "the server is restarting");
  EXPECT_LE(lost.retry_in, std::chrono::milliseconds(200));
  EXPECT_TRUE(AcceptAndGreet());
}

TEST_F(ConnectionTest, SignedOut_EndsForGood) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  peer->SendClose(4001);
  EXPECT_EQ(Next<SignedOut>().status.code(), StatusCode::kUnauthenticated);
  EXPECT_FALSE(imposter_.Accept(std::chrono::milliseconds(300)));
}

TEST_F(ConnectionTest, NonsenseFromTheServer_Reconnects) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  peer->Send("{");
  EXPECT_THAT(Next<Disconnected>().reason, HasSubstr("cannot be understood"));
  EXPECT_TRUE(AcceptAndGreet());
}

TEST_F(ConnectionTest, Send_CutBeforeTheAck_IsSentAgain_DuplicateCounts) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  const OutgoingMessage message{ConversationOf(kTeam), *ClientId::Parse(kOther), "hi",
                                std::nullopt};
  connection_.Send(message);
  const std::string first = peer->ReceiveOf("send");
  EXPECT_THAT(first, HasSubstr(kOther));
  peer.reset();
  peer = AcceptAndGreet();
  peer->Send(SyncJson("", "c2"));
  EXPECT_EQ(peer->ReceiveOf("send"), first);
  peer->Send(fmt::format(
      R"({{"type":"ack","ref":"{}","conversation_id":"{}","seq":8,"message_id":"{}","sent_at":1,"duplicate":true}})",
      kOther, kTeam, kOther));
  const Sent sent = Next<Sent>();
  EXPECT_EQ(sent.client_id, message.client_id);
  EXPECT_EQ(sent.seq, Seq(8));
}

TEST_F(ConnectionTest, Send_RefusedForGood_IsTold) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  connection_.Send({ConversationOf(kTeam), *ClientId::Parse(kOther), "hi", std::nullopt});
  (void)peer->ReceiveOf("send");
  peer->Send(
      fmt::format(R"({{"type":"error","ref":"{}","code":"not_found","detail":"no"}})", kOther));
  EXPECT_EQ(Next<SendFailed>().status.code(), StatusCode::kNotFound);
}

TEST_F(ConnectionTest, MessageOfAnother_IsMarkedDelivered) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  peer->Send(LiveJson(ChangeJson(kTeam, 8)));
  EXPECT_EQ(peer->ReceiveOf("delivered"),
            fmt::format(R"({{"type":"delivered","conversation_id":"{}","seq":8}})", kTeam));
  connection_.MarkRead(ConversationOf(kTeam), Seq(8));
  EXPECT_EQ(peer->ReceiveOf("read"),
            fmt::format(R"({{"type":"read","conversation_id":"{}","seq":8}})", kTeam));
}

TEST_F(ConnectionTest, Typing_IsSaid_ButNotKeptForTheNextConnection) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  connection_.SayTyping(ConversationOf(kTeam), true);
  EXPECT_EQ(peer->ReceiveOf("typing"),
            fmt::format(R"({{"type":"typing","conversation_id":"{}","active":true}})", kTeam));
  peer.reset();
  Next<Disconnected>();
  connection_.SayTyping(ConversationOf(kTeam), false);
  connection_.MarkRead(ConversationOf(kTeam), Seq(7));
  peer = AcceptAndGreet();
  peer->Send(SyncJson("", "c2"));
  EXPECT_THAT(peer->Receive(), HasSubstr(R"("type":"read")"));
}

TEST_F(ConnectionTest, ReadJustBeforeTheEnd_IsStillSaid) {
  std::unique_ptr<ImposterPeer> peer = GoLive();
  connection_.MarkRead(ConversationOf(kTeam), Seq(7));
  connection_.Stop();
  EXPECT_EQ(peer->ReceiveOf("read"),
            fmt::format(R"({{"type":"read","conversation_id":"{}","seq":7}})", kTeam));
}

TEST_F(ConnectionTest, WatchedPresence_IsAskedForOnEachConnection) {
  connection_.WatchPresence({*UserId::Parse(kBo)});
  std::unique_ptr<ImposterPeer> peer = GoLive();
  const std::string watch = fmt::format(R"({{"type":"watch_presence","user_ids":["{}"]}})", kBo);
  EXPECT_EQ(peer->ReceiveOf("watch_presence"), watch);
  peer.reset();
  peer = AcceptAndGreet();
  peer->Send(SyncJson("", "c2"));
  EXPECT_EQ(peer->ReceiveOf("watch_presence"), watch);
  connection_.WatchPresence({});
  EXPECT_EQ(peer->ReceiveOf("watch_presence"), R"({"type":"watch_presence","user_ids":[]})");
}

TEST(ConnectionAlone, NobodyListens_TriesAgainAndStops) {
  std::string url;
  {
    const Imposter gone([](const Imposter::Request&) { return Imposter::Reply(); });
    url = gone.url();
  }
  SystemRandom random;
  std::mutex mutex;
  std::condition_variable arrived;
  int attempts = 0;
  Connection connection({.server = *ParseServerUrl(url), .token = "t"}, random,
                        [&](const Event& event) {
                          const std::lock_guard lock(mutex);
                          if (std::holds_alternative<Disconnected>(event)) ++attempts;
                          arrived.notify_all();
                        });
  connection.Start();
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(arrived.wait_for(lock, std::chrono::seconds(5), [&] { return attempts >= 2; }));
  }
  connection.Stop();
}

}  // namespace
}  // namespace parley::client
