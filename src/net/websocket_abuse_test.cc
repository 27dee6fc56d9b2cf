#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "net/testing/server_test_base.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;

constexpr int kContinuation = 0;
constexpr int kText = 1;
constexpr int kPing = 9;
constexpr int kPong = 10;

/// What a WebSocket does with peers who want to cost more than they may.
class WebSocketAbuseTest : public ServerTestBase {
 protected:
  /// A client with an open WebSocket.
  std::unique_ptr<RawClient> Connect() {
    if (!server_) Start();
    auto client = std::make_unique<RawClient>(port());
    EXPECT_EQ(client->Upgrade().status, 101);
    return client;
  }
};

TEST_F(WebSocketAbuseTest, Heartbeat_PeerThatNeitherReadsNorAnswers_IsFoundInTime) {
  options_.heartbeat = milliseconds(400);
  const auto client = Connect();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kHeartbeat);
  const auto found = std::chrono::steady_clock::now() - begin;
  // Two and a half heartbeats, and a tick each time: by default 50 s and some more.
  EXPECT_GE(found, milliseconds(950));
  EXPECT_LE(found, milliseconds(1'200));
}

TEST_F(WebSocketAbuseTest, PingFlood_Closes4008) {
  options_.extra_frames_per_second = 10;
  const auto client = Connect();
  for (int i = 0; i < 100; ++i) client->SendFrame(kPing, "");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client->ReadFrame().opcode, kPong) << i;
  std::string flood;
  for (int i = 0; i < 200; ++i) flood += RawClient::MaskedFrame(kPing, "");
  client->Send(flood);
  RawClient::Frame frame;
  do {
    frame = client->ReadFrame();
  } while (frame.opcode == kPong);
  EXPECT_EQ(frame.close_code(), 4008);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kFrameFlood);
  EXPECT_EQ(server_->stats().close_codes[CloseCodeSlot(4008)].load(), 1U);
}

TEST_F(WebSocketAbuseTest, EmptyFragmentFlood_Closes4008) {
  options_.extra_frames_per_second = 10;
  const auto client = Connect();
  std::string flood = RawClient::MaskedFrame(kText, "", false);
  for (int i = 0; i < 200; ++i) flood += RawClient::MaskedFrame(kContinuation, "", false);
  client->Send(flood);
  EXPECT_EQ(client->ReadFrame().close_code(), 4008);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kFrameFlood);
}

TEST_F(WebSocketAbuseTest, TinyFragmentFlood_Closes4008) {
  options_.extra_frames_per_second = 10;
  const auto client = Connect();
  std::string flood = RawClient::MaskedFrame(kText, "x", false);
  for (int i = 0; i < 200; ++i) flood += RawClient::MaskedFrame(kContinuation, "x", false);
  client->Send(flood);
  EXPECT_EQ(client->ReadFrame().close_code(), 4008);
}

TEST_F(WebSocketAbuseTest, FloodBehindTheHandshake_Closes4008) {
  options_.extra_frames_per_second = 10;
  Start();
  RawClient client(port());
  std::string flood;
  for (int i = 0; i < 200; ++i) flood += RawClient::MaskedFrame(kPong, "");
  client.Send(
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
      flood);
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadFrame().close_code(), 4008);
}

TEST_F(WebSocketAbuseTest, ManyWholeMessages_AreNoFlood) {
  options_.extra_frames_per_second = 1;
  const auto client = Connect();
  for (int i = 0; i < 500; ++i) client->SendText("echo:x");
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client->ReadFrame().payload, "echo:x") << i;
}

TEST_F(WebSocketAbuseTest, MessageThatNeverEnds_Closes4002) {
  options_.body_timeout = milliseconds(100);
  const auto client = Connect();
  client->SendText("echo:whole");
  EXPECT_EQ(client->ReadFrame().payload, "echo:whole");
  client->SendFrame(kText, "echo:", false);
  EXPECT_EQ(client->ReadFrame().close_code(), 4002);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kUnfinished);
}

TEST_F(WebSocketAbuseTest, MessageInParts_WithinItsTime_IsDelivered_AndTheTimeEndsWithIt) {
  options_.body_timeout = milliseconds(100);
  options_.heartbeat = milliseconds(300);
  const auto client = Connect();
  client->SendFrame(kText, "echo:", false);
  client->SendFrame(kContinuation, "x");
  EXPECT_EQ(client->ReadFrame().payload, "echo:x");
  EXPECT_EQ(client->ReadFrame().opcode, kPing);  // long after the message's time
  EXPECT_FALSE(service_.Session()->Now().closed.has_value());
}

TEST_F(WebSocketAbuseTest, MessagesBeyondTheBudget_Close1013_SmallOnesGoOn) {
  options_.reading_bytes = std::size_t{200} * 1024;
  const auto holder = Connect();
  holder->SendFrame(kText, "echo:" + std::string(70'000, 'a'), false);
  ASSERT_TRUE(
      service_.Session()->WaitFor([](const auto& state) { return state.part_bytes == 70'005; }));
  EXPECT_GT(server_->reading().messages.held(), 65'000);
  RawClient second(port());
  ASSERT_EQ(second.Upgrade().status, 101);
  second.SendText("echo:" + std::string(3'000, 'b'));
  EXPECT_EQ(second.ReadFrame().payload.size(), 3'005U);
  second.SendText("echo:" + std::string(70'000, 'b'));
  EXPECT_EQ(second.ReadFrame().close_code(), 1013);
  EXPECT_EQ(service_.Session(1)->WaitForClose(), CloseReason::kOverload);
  EXPECT_EQ(server_->reading().messages.refused(), 1U);
  holder->SendFrame(kContinuation, "!");
  EXPECT_EQ(holder->ReadFrame().payload.size(), 70'006U);
  EXPECT_EQ(server_->reading().messages.held(), 0);
}

TEST_F(WebSocketAbuseTest, Upgrade_WithABody_IsRefused) {
  Start();
  RawClient client(port());
  client.Send(
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Content-Length: 2\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nab");
  EXPECT_EQ(client.ReadResponse().status, 400);
}

}  // namespace
}  // namespace parley::net
