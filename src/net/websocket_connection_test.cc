#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "net/testing/server_test_base.h"

namespace parley::net {
namespace {

using std::chrono::milliseconds;

constexpr int kContinuation = 0;
constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kClose = 8;
constexpr int kPing = 9;
constexpr int kPong = 10;
constexpr int kEnd = -1;

class WebSocketConnectionTest : public ServerTestBase {
 protected:
  /// A client with an open WebSocket.
  std::unique_ptr<RawClient> Connect() {
    if (!server_) Start();
    auto client = std::make_unique<RawClient>(port());
    EXPECT_EQ(client->Upgrade().status, 101);
    return client;
  }
  std::uint64_t Closed(CloseReason reason) const {
    return server_->stats().websockets_closed[static_cast<std::size_t>(reason)].load();
  }
};

TEST_F(WebSocketConnectionTest, Upgrade_AnswersTheHandshake) {
  Start();
  RawClient client(port());
  const auto response = client.Upgrade("Sec-WebSocket-Protocol: other, parley.v1\r\n");
  EXPECT_EQ(response.status, 101);
  // The example of RFC 6455, 1.3.
  EXPECT_EQ(response.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(response.headers.at("sec-websocket-protocol"), "parley.v1");
  EXPECT_EQ(response.headers.at("server"), "parley");
  ASSERT_TRUE(
      service_.Session()->WaitFor([](const auto& state) { return state.socket != nullptr; }));
  EXPECT_EQ(server_->stats().websockets.load(), 1);
}

TEST_F(WebSocketConnectionTest, Upgrade_NoProtocolAsked_NoneAnswered) {
  Start();
  RawClient client(port());
  EXPECT_EQ(client.Upgrade().headers.count("sec-websocket-protocol"), 0U);
}

TEST_F(WebSocketConnectionTest, Upgrade_RefusedByService_ConnectionGoesOn) {
  Start();
  RawClient client(port());
  client.Send(
      "GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 403);
  EXPECT_EQ(client.Get("/").status, 200);
}

TEST_F(WebSocketConnectionTest, Upgrade_IllFormed_IsRefused) {
  Start();
  const std::string start =
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  RawClient version(port());
  version.Send(start +
               "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  const auto response = version.ReadResponse();
  EXPECT_EQ(response.status, 426);
  EXPECT_EQ(response.headers.at("sec-websocket-version"), "13");
  RawClient key(port());
  key.Send(start + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n");
  EXPECT_EQ(key.ReadResponse().status, 400);
  // Without Connection: Upgrade it is a plain request.
  RawClient plain(port());
  plain.Send("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_EQ(plain.ReadResponse().status, 200);
}

TEST_F(WebSocketConnectionTest, Text_IsDeliveredAndAnswered) {
  const auto client = Connect();
  for (const std::size_t size : {5U, 125U, 126U, 512U, 513U, 5'000U, 65'536U, 262'144U}) {
    const std::string text = "echo:" + std::string(size - 5, 'x');
    client->SendText(text);
    const auto frame = client->ReadFrame();
    EXPECT_EQ(frame.opcode, kText);
    EXPECT_EQ(frame.payload, text) << size;
  }
}

TEST_F(WebSocketConnectionTest, Text_Empty_IsDelivered) {
  const auto client = Connect();
  client->SendText("");
  client->SendText("echo:");
  EXPECT_EQ(client->ReadFrame().payload, "echo:");
  EXPECT_EQ(service_.Session()->Now().texts.front(), "");
}

TEST_F(WebSocketConnectionTest, Text_SentWithTheHandshake_IsDelivered) {
  Start();
  RawClient client(port());
  client.Send(
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
      RawClient::MaskedFrame(kText, "echo:early") + RawClient::MaskedFrame(kText, "echo:too"));
  EXPECT_EQ(client.ReadResponse().status, 101);
  EXPECT_EQ(client.ReadFrame().payload, "echo:early");
  EXPECT_EQ(client.ReadFrame().payload, "echo:too");
}

TEST_F(WebSocketConnectionTest, Text_ManyInOneSegment_KeepTheirOrder) {
  const auto client = Connect();
  std::string all;
  for (int i = 0; i < 100; ++i) all += RawClient::MaskedFrame(kText, "echo:" + std::to_string(i));
  client->Send(all);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client->ReadFrame().payload, "echo:" + std::to_string(i));
  }
}

TEST_F(WebSocketConnectionTest, Text_ManyInOneSegment_AreAnsweredInOneWrite) {
  const auto client = Connect();
  std::string all;
  for (int i = 0; i < 20; ++i) all += RawClient::MaskedFrame(kText, "echo:");
  client->Send(all);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client->ReadFrame().payload, "echo:");
  const auto session = service_.Session();
  ASSERT_TRUE(session->WaitFor([](const auto& state) { return state.drained > 0; }));
  EXPECT_EQ(session->Now().drained, 1);
}

TEST_F(WebSocketConnectionTest, Fragments_WithPingBetween_AreJoined) {
  const auto client = Connect();
  client->SendFrame(kText, "echo:a", /*final=*/false);
  client->SendFrame(kPing, "now");
  client->SendFrame(kContinuation, "", /*final=*/false);
  client->SendFrame(kContinuation, "b");
  const auto pong = client->ReadFrame();
  EXPECT_EQ(pong.opcode, kPong);
  EXPECT_EQ(pong.payload, "now");
  EXPECT_EQ(client->ReadFrame().payload, "echo:ab");
}

TEST_F(WebSocketConnectionTest, Utf8_SplitBetweenFragments_IsValid) {
  const auto client = Connect();
  client->SendFrame(kText, "echo:\xE2\x82", /*final=*/false);
  client->SendFrame(kContinuation, "\xAC");
  EXPECT_EQ(client->ReadFrame().payload, "echo:\xE2\x82\xAC");
}

TEST_F(WebSocketConnectionTest, Utf8_Invalid_Closes1007) {
  const auto client = Connect();
  client->SendText("\xC3(");
  EXPECT_EQ(client->ReadFrame().close_code(), 1007);
  client->EndSending();
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kProtocol);
  EXPECT_TRUE(service_.Session()->Now().texts.empty());
}

TEST_F(WebSocketConnectionTest, Utf8_CutOffAtTheEnd_Closes1007) {
  const auto client = Connect();
  client->SendText("\xE2\x82");
  EXPECT_EQ(client->ReadFrame().close_code(), 1007);
}

TEST_F(WebSocketConnectionTest, Utf8_CutOffBeforeAnEmptyFragment_Closes1007) {
  const auto client = Connect();
  client->SendFrame(kText, "\xE2\x82", /*final=*/false);
  client->SendFrame(kContinuation, "");
  EXPECT_EQ(client->ReadFrame().close_code(), 1007);
  client->SendClose(1007);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kProtocol);
  EXPECT_TRUE(service_.Session()->Now().texts.empty());
}

TEST_F(WebSocketConnectionTest, Text_EndsWithAnEmptyFragment_IsGiven) {
  const auto client = Connect();
  client->SendFrame(kText, "echo:\xE2\x82\xAC", /*final=*/false);
  client->SendFrame(kContinuation, "");
  EXPECT_EQ(client->ReadFrame().payload, "echo:\xE2\x82\xAC");
}

TEST_F(WebSocketConnectionTest, Binary_Closes1003) {
  const auto client = Connect();
  client->SendFrame(kBinary, "bytes");
  EXPECT_EQ(client->ReadFrame().close_code(), 1003);
  client->SendClose(1003);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kProtocol);
}

TEST_F(WebSocketConnectionTest, TooBig_Closes1009) {
  options_.frame_bytes = 1'000;
  const auto whole = Connect();
  whole->SendText(std::string(1'001, 'x'));
  EXPECT_EQ(whole->ReadFrame().close_code(), 1009);
  const auto parts = Connect();
  parts->SendFrame(kText, std::string(600, 'x'), /*final=*/false);
  parts->SendFrame(kContinuation, std::string(600, 'x'));
  EXPECT_EQ(parts->ReadFrame().close_code(), 1009);
  EXPECT_EQ(service_.Session(1)->WaitForClose(), CloseReason::kProtocol);
  const auto fits = Connect();
  fits->SendText("echo:" + std::string(995, 'x'));
  EXPECT_EQ(fits->ReadFrame().payload.size(), 1'000U);
}

TEST_F(WebSocketConnectionTest, BrokenRules_Close1002) {
  const std::string unmasked("\x81\x01x");
  const std::string reserved("\xF1\x80\0\0\0\0", 6);
  const std::string continuation = RawClient::MaskedFrame(kContinuation, "x");
  const std::string long_ping = RawClient::MaskedFrame(kPing, std::string(126, 'x'));
  for (const std::string& bytes : {unmasked, reserved, continuation, long_ping}) {
    const auto client = Connect();
    client->Send(bytes);
    EXPECT_EQ(client->ReadFrame().close_code(), 1002);
  }
}

TEST_F(WebSocketConnectionTest, Ping_WithoutPayload_GetsPong) {
  const auto client = Connect();
  client->SendFrame(kPing, "");
  EXPECT_EQ(client->ReadFrame().opcode, kPong);
}

TEST_F(WebSocketConnectionTest, Burst_ArrivesWholeAndInOrder) {
  const auto client = Connect();
  client->SendText("burst:3000");
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(client->ReadFrame().payload, std::to_string(i));
  }
  ASSERT_TRUE(service_.Session()->WaitFor([](const auto& state) { return state.drained > 0; }));
}

TEST_F(WebSocketConnectionTest, Send_ManyInOneEvent_DrainsOnce) {
  const auto client = Connect();
  service_.Session()->OnShard([](WebSocket& socket) {
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(socket.Send(wire::Frame::Text("x")));
    EXPECT_EQ(socket.queued_bytes(), 150U);
  });
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client->ReadFrame().payload, "x");
  // One write took them all: had there been more, the outbox would have been empty more than once.
  ASSERT_TRUE(service_.Session()->WaitFor([](const auto& state) { return state.drained > 0; }));
  EXPECT_EQ(service_.Session()->Now().drained, 1);
}

TEST_F(WebSocketConnectionTest, PeerCloses_IsAnsweredWithItsCode) {
  const auto client = Connect();
  client->SendClose(1001);
  EXPECT_EQ(client->ReadFrame().close_code(), 1001);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kByPeer);
  EXPECT_EQ(Closed(CloseReason::kByPeer), 1U);
  EXPECT_EQ(server_->stats().websockets.load(), 0);
}

TEST_F(WebSocketConnectionTest, PeerClosesBehindCommands_TheyAreAnsweredFirst) {
  const auto client = Connect();
  client->Send(RawClient::MaskedFrame(kText, "burst:500") +
               RawClient::MaskedFrame(kClose, std::string("\x03\xE8")));
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client->ReadFrame().payload, std::to_string(i));
  EXPECT_EQ(client->ReadFrame().close_code(), 1000);
}

TEST_F(WebSocketConnectionTest, ServerCloses_BehindWhatWaits) {
  const auto client = Connect();
  client->Send(RawClient::MaskedFrame(kText, "burst:100") + RawClient::MaskedFrame(kText, "close"));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(client->ReadFrame().payload, std::to_string(i));
  const auto close = client->ReadFrame();
  EXPECT_EQ(close.close_code(), 1000);
  EXPECT_EQ(close.payload.substr(2), "bye");
  client->SendText("dropped");
  client->SendFrame(kPing, "unanswered");
  client->SendClose(1000);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kByServer);
  EXPECT_EQ(service_.Session()->Now().texts.size(), 2U);
}

TEST_F(WebSocketConnectionTest, ServerCloses_PeerSilent_EndsWithinTheTimeout) {
  options_.close_timeout = milliseconds(80);
  const auto client = Connect();
  const auto start = std::chrono::steady_clock::now();
  client->SendText("close");
  EXPECT_EQ(client->ReadFrame().close_code(), 1000);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(40));
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kByServer);
}

TEST_F(WebSocketConnectionTest, Close_Twice_FirstCodeWinsAndSendIsRefused) {
  const auto client = Connect();
  service_.Session()->OnShard([](WebSocket& socket) {
    socket.Close(CloseCode::kUnauthenticated, "signed out");
    socket.Close(CloseCode::kNormal, "");
    EXPECT_FALSE(socket.Send(wire::Frame::Text("late")));
  });
  EXPECT_EQ(client->ReadFrame().close_code(), 4001);
  client->SendClose(4001);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
}

TEST_F(WebSocketConnectionTest, Close_WhileReadingIsPaused_StillSeesThePeersClose) {
  const auto client = Connect();
  client->SendText("pause");
  const auto session = service_.Session();
  ASSERT_TRUE(session->WaitFor([](const auto& state) { return state.texts.size() == 1; }));
  session->OnShard([](WebSocket& socket) { socket.Close(CloseCode::kNormal, ""); });
  EXPECT_EQ(client->ReadFrame().close_code(), 1000);
  client->SendClose(1000);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
}

TEST_F(WebSocketConnectionTest, PeerVanishes_IsClosedByPeer) {
  Connect()->Reset();
  EXPECT_EQ(service_.Session(0)->WaitForClose(), CloseReason::kByPeer);
  Connect();  // and ends without a close frame
  EXPECT_EQ(service_.Session(1)->WaitForClose(), CloseReason::kByPeer);
  const auto half = Connect();
  half->EndSending();
  EXPECT_EQ(half->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session(2)->WaitForClose(), CloseReason::kByPeer);
}

TEST_F(WebSocketConnectionTest, PauseReading_NothingIsDeliveredUntilResume) {
  const auto client = Connect();
  client->SendText("pause");
  client->SendText("echo:1");
  client->SendText("echo:2");
  const auto session = service_.Session();
  ASSERT_TRUE(session->WaitFor([](const auto& state) { return state.texts.size() == 1; }));
  session->OnShard([](WebSocket& socket) { socket.Send(wire::Frame::Text("mark")); });
  EXPECT_EQ(client->ReadFrame().payload, "mark");
  EXPECT_EQ(session->Now().texts.size(), 1U);
  session->OnShard([](WebSocket& socket) { socket.ResumeReading(); });
  EXPECT_EQ(client->ReadFrame().payload, "echo:1");
  EXPECT_EQ(client->ReadFrame().payload, "echo:2");
}

TEST_F(WebSocketConnectionTest, PauseReading_WithAReadUnderWay_HoldsTheMessage) {
  const auto client = Connect();
  const auto session = service_.Session();
  session->OnShard([](WebSocket& socket) { socket.PauseReading(); });
  client->SendFrame(kPing, "");
  client->SendText("echo:held");
  EXPECT_EQ(client->ReadFrame().opcode, kPong);
  // The read that was under way takes the message in; the shard runs once more before we look.
  session->OnShard([](WebSocket& socket) { socket.Send(wire::Frame::Text("mark")); });
  EXPECT_EQ(client->ReadFrame().payload, "mark");
  EXPECT_TRUE(session->Now().texts.empty());
  session->OnShard([](WebSocket& socket) { socket.ResumeReading(); });
  EXPECT_EQ(client->ReadFrame().payload, "echo:held");
}

TEST_F(WebSocketConnectionTest, SlowReader_IsEndedAtOnce) {
  options_.outbox_bytes = 100'000;
  const auto client = Connect();
  const auto session = service_.Session();
  const wire::Frame frame = wire::Frame::Text(std::string(50'000, 'x'));
  bool refused = false;
  for (int i = 0; i < 1'000 && !refused; ++i) {
    session->OnShard([&](WebSocket& socket) { refused = !socket.Send(frame); });
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(session->WaitForClose(), CloseReason::kSlowReader);
  EXPECT_EQ(Closed(CloseReason::kSlowReader), 1U);
  EXPECT_TRUE(client->ReadToEnd());  // without the megabytes that the kernel held
}

TEST_F(WebSocketConnectionTest, TooManyFramesAtOnce_Close1013) {
  options_.outbox_frames = 10;
  const auto client = Connect();
  client->SendText("burst:11");
  // The socket still takes bytes here, so the reason arrives; what waited is dropped.
  EXPECT_EQ(client->ReadFrame().close_code(), 1013);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kSlowReader);
}

TEST_F(WebSocketConnectionTest, Heartbeat_Unanswered_EndsAfterTwoPings) {
  options_.heartbeat = milliseconds(40);
  const auto client = Connect();
  EXPECT_EQ(client->ReadFrame().opcode, kPing);
  EXPECT_EQ(client->ReadFrame().opcode, kPing);
  EXPECT_EQ(client->ReadFrame().opcode, kEnd);
  EXPECT_EQ(service_.Session()->WaitForClose(), CloseReason::kHeartbeat);
}

TEST_F(WebSocketConnectionTest, Heartbeat_AnsweredByPongOrText_LivesOn) {
  options_.heartbeat = milliseconds(100);
  const auto client = Connect();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(client->ReadFrame().opcode, kPing);
    if (i % 2 == 0) {
      client->SendFrame(kPong, "");
    } else {
      client->SendText("alive");
    }
  }
  EXPECT_FALSE(service_.Session()->Now().closed.has_value());
}

TEST_F(WebSocketConnectionTest, Heartbeat_PausedReading_IsNotHeldAgainstThePeer) {
  options_.heartbeat = milliseconds(40);
  const auto client = Connect();
  client->SendText("pause");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client->ReadFrame().opcode, kPing);
  EXPECT_FALSE(service_.Session()->Now().closed.has_value());
}

}  // namespace
}  // namespace parley::net
