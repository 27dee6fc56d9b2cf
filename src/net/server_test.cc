#include "net/server.h"

#include <future>
#include <thread>
#include <vector>
#include <sys/resource.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "net/testing/server_test_base.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Nothing can be opened in this process for as long as it lives.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlimit none = before_;
    none.rlim_cur = 0;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~NoMoreFiles() { End(); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

  void End() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }

 private:
  rlimit before_{};
};

class ServerTest : public ServerTestBase {
 protected:
  std::future<void> DrainInBackground(milliseconds spread) {
    return std::async(std::launch::async, [this, spread] { server_->Drain(spread); });
  }
};

TEST_F(ServerTest, Start_AddressTaken_SaysWhatToDo) {
  Start();
  ServerOptions taken;
  taken.port = port();
  Server second({&shards_[0]}, taken, service_);
  const Status status = second.Start();
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("Address already in use"), std::string_view::npos);
}

TEST_F(ServerTest, Start_UnknownHost_IsUnavailable) {
  ServerOptions options;
  options.host = "256.0.0.1";
  Server server({&shards_[0]}, options, service_);
  EXPECT_EQ(server.Start().code(), StatusCode::kUnavailable);
}

TEST_F(ServerTest, Connections_AreSpreadOverTheShardsInTurn) {
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    ASSERT_EQ(clients.back()->Upgrade().status, 101);
    ASSERT_TRUE(service_.Session(static_cast<std::size_t>(i))->WaitFor([](const auto& state) {
      return state.shard != nullptr;
    }));
  }
  EXPECT_EQ(service_.Session(0)->Now().shard, service_.Session(2)->Now().shard);
  EXPECT_NE(service_.Session(0)->Now().shard, service_.Session(1)->Now().shard);
}

TEST_F(ServerTest, MaxConnections_FurtherOnesAreClosed_UntilOneLeaves) {
  options_.max_connections = 2;
  Start();
  auto first = std::make_unique<RawClient>(port());
  RawClient second(port());
  ASSERT_EQ(first->Get("/").status, 200);
  ASSERT_EQ(second.Get("/").status, 200);
  EXPECT_EQ(server_->stats().connections.load(), 2);
  RawClient third(port());
  const auto refusal = third.ReadResponse();
  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.headers.at("retry-after"), "10");
  EXPECT_EQ(refusal.headers.at("x-refused"), "yes");
  EXPECT_TRUE(third.ReadToEnd());
  EXPECT_EQ(server_->stats().refused[static_cast<std::size_t>(RefusalReason::kFull)].load(), 1U);
  first.reset();
  while (server_->stats().connections.load() == 2) std::this_thread::yield();
  RawClient fourth(port());
  EXPECT_EQ(fourth.Get("/").status, 200);
}

TEST_F(ServerTest, MaxConnectionsPerAddress_FurtherOnesAreRefused_UntilOneLeaves) {
  options_.max_connections_per_address = 1;
  Start();
  auto first = std::make_unique<RawClient>(port());
  ASSERT_EQ(first->Upgrade().status, 101);
  RawClient second(port());
  EXPECT_EQ(second.ReadResponse().status, 503);
  EXPECT_TRUE(second.ReadToEnd());
  EXPECT_EQ(
      server_->stats().refused[static_cast<std::size_t>(RefusalReason::kFullForAddress)].load(),
      1U);
  first.reset();
  while (server_->stats().connections.load() == 1) std::this_thread::yield();
  RawClient third(port());
  EXPECT_EQ(third.Get("/").status, 200);
}

TEST_F(ServerTest, MaxConnectionsPerAddress_ProxiesAreNotCounted) {
  options_.max_connections_per_address = 1;
  options_.uncounted_addresses = {"127.0.0.0/8"};
  Start();
  RawClient first(port());
  RawClient second(port());
  EXPECT_EQ(first.Get("/").status, 200);
  EXPECT_EQ(second.Get("/").status, 200);
}

TEST_F(ServerTest, OutOfFileDescriptors_AcceptsAgainAfterwards) {
  Start();
  const int socket = RawClient::MakeSocket();
  NoMoreFiles no_more;
  RawClient client(port(), socket);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  // By the time that the accepting shard has come round a few times it has tried, and failed.
  for (int i = 0; i < 5; ++i) {
    std::promise<void> round;
    shards_[0].Post([&round] { round.set_value(); });
    round.get_future().wait();
  }
  no_more.End();
  EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(ServerTest, Drain_ClosesWebSocketsWith1012AndIdleConnections) {
  Start();
  RawClient idle(port());
  ASSERT_EQ(idle.Get("/").status, 200);
  RawClient websocket(port());
  ASSERT_EQ(websocket.Upgrade().status, 101);
  auto drained = DrainInBackground(milliseconds(20));
  EXPECT_EQ(websocket.ReadFrame().close_code(), 1012);
  websocket.SendClose(1012);
  EXPECT_EQ(websocket.ReadFrame().opcode, -1);
  websocket.EndSending();
  EXPECT_EQ(idle.ReadResponse().status, 0);
  drained.wait();
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kShutdown);
  EXPECT_EQ(server_->stats().connections.load(), 0);
  EXPECT_THROW(RawClient late(port()), std::system_error);
}

TEST_F(ServerTest, SendAway_ClosesTheWebSocketsOfNowWith1012_AndServesOn) {
  Start();
  RawClient idle(port());
  ASSERT_EQ(idle.Get("/").status, 200);
  RawClient websocket(port());
  ASSERT_EQ(websocket.Upgrade().status, 101);
  server_->SendAway(milliseconds(20));
  EXPECT_EQ(websocket.ReadFrame().close_code(), 1012);
  EXPECT_EQ(idle.Get("/").status, 200);
  RawClient late(port());
  ASSERT_EQ(late.Upgrade().status, 101);
  constexpr int kPing = 9;
  constexpr int kPong = 10;
  late.SendFrame(kPing, "still here");
  EXPECT_EQ(late.ReadFrame().opcode, kPong);
}

TEST_F(ServerTest, Drain_SpreadsTheCloses) {
  Start();
  constexpr int kClients = 8;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    ASSERT_EQ(clients.back()->Upgrade().status, 101);
  }
  const auto start = steady_clock::now();
  auto drained = DrainInBackground(milliseconds(200));
  for (const auto& client : clients) EXPECT_EQ(client->ReadFrame().close_code(), 1012);
  // The last of each shard's four comes after three quarters of the time.
  EXPECT_GE(steady_clock::now() - start, milliseconds(140));
  clients.clear();
  drained.wait();
}

TEST_F(ServerTest, Drain_RequestInFlightIsAnsweredAndTheConnectionEnds) {
  Start();
  RawClient client(port());
  client.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(service_.WaitForSlow());
  RawClient idle(port());
  ASSERT_EQ(idle.Get("/").status, 200);
  auto drained = DrainInBackground(milliseconds(0));
  EXPECT_EQ(idle.ReadResponse().status, 0);
  service_.Release();
  const auto response = client.ReadResponse();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("connection"), "close");
  client.EndSending();
  EXPECT_TRUE(client.ReadToEnd());
  drained.wait();
}

TEST_F(ServerTest, Drain_SilentPeers_ReturnsInTime) {
  options_.close_timeout = milliseconds(100);
  Start();
  RawClient websocket(port());
  ASSERT_EQ(websocket.Upgrade().status, 101);
  RawClient in_flight(port());
  in_flight.Send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(service_.WaitForSlow());
  server_->Drain(milliseconds(10));  // comes back although the request goes on
  EXPECT_GE(server_->stats().connections.load(), 1);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kShutdown);
  service_.Release();
}

TEST_F(ServerTest, Stop_EndsEverythingAtOnce) {
  Start();
  RawClient idle(port());
  ASSERT_EQ(idle.Get("/").status, 200);
  RawClient sending(port());
  sending.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Le");
  RawClient websocket(port());
  ASSERT_EQ(websocket.Upgrade().status, 101);
  RawClient paused(port());
  ASSERT_EQ(paused.Upgrade().status, 101);
  paused.SendText("pause");
  ASSERT_TRUE(
      service_.Session(1)->WaitFor([](const auto& state) { return state.texts.size() == 1; }));
  RawClient blocked(port());
  ASSERT_EQ(blocked.Upgrade().status, 101);
  service_.Session(2)->OnShard([](WebSocket& socket) {
    for (int i = 0; i < 10; ++i) socket.Send(wire::Frame::Text(std::string(100'000, 'x')));
  });
  Stop();
  for (const std::size_t n : {0U, 1U, 2U}) {
    const auto state = service_.Session(n)->Now();
    EXPECT_EQ(state.closed, CloseReason::kShutdown);
    EXPECT_TRUE(state.destroyed);
  }
  EXPECT_EQ(idle.ReadResponse().status, 0);
  EXPECT_TRUE(sending.ReadToEnd());
  EXPECT_TRUE(websocket.ReadToEnd());
}

TEST_F(ServerTest, Stop_WhileClientsComeAndGo_LeavesNothingBehind) {
  Start();
  std::vector<std::jthread> threads;
  std::atomic<int> rounds{0};
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([this, &rounds](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        try {
          RawClient client(port());
          if (client.Upgrade().status == 101) client.SendText("burst:20");
          client.ReadFrame();
          ++rounds;
        } catch (const std::system_error&) {
          return;  // the server has stopped listening
        }
      }
    });
  }
  while (rounds.load() < 30) std::this_thread::yield();
  server_->Stop();
  EXPECT_EQ(server_->stats().connections.load(), 0);
  EXPECT_EQ(server_->stats().websockets.load(), 0);
  threads.clear();
}

}  // namespace
}  // namespace parley::net
