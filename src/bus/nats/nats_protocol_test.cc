#include "bus/nats/nats_protocol.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gmock/gmock.h>

namespace parley::bus {
namespace {

using Kind = NatsFrame::Kind;
using testing::ElementsAre;

void Fill(NatsReader& reader, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::span<char> room = reader.Room();
    const std::size_t part = std::min(room.size(), bytes.size());
    std::ranges::copy(bytes.substr(0, part), room.begin());
    reader.Filled(part);
    bytes.remove_prefix(part);
  }
}

std::string Show(const NatsFrame& frame) {
  switch (frame.kind) {
    case Kind::kInfo:
      return "info " + std::string(frame.text);
    case Kind::kMessage:
      return std::to_string(frame.subscription) + " " + std::string(frame.subject) + " [" +
             std::string(frame.reply) + "] [" + std::string(frame.headers) + "] " +
             std::string(frame.data);
    case Kind::kPing:
      return "ping";
    case Kind::kPong:
      return "pong";
    case Kind::kOk:
      return "ok";
    case Kind::kError:
      return "error " + std::string(frame.text);
  }
  return "?";
}

/// All that is there.
std::vector<std::string> Take(NatsReader& reader) {
  std::vector<std::string> shown;
  while (true) {
    const Result<std::optional<NatsFrame>> frame = reader.Next();
    if (!frame.ok()) shown.emplace_back("refused");
    if (!frame.ok() || !*frame) return shown;
    shown.push_back(Show(**frame));
  }
}

std::vector<std::string> Read(std::string_view bytes) {
  NatsReader reader;
  Fill(reader, bytes);
  return Take(reader);
}

TEST(NatsReader, TakesApartWhatServersSay) {
  EXPECT_THAT(
      Read("INFO {\"a\":1}\r\nPING\r\nPONG\r\n+OK\r\n-ERR 'Slow Consumer'\r\n"
           "MSG a.b 7 2\r\nhi\r\nMSG a.b 7 r.1 0\r\n\r\n"
           "HMSG a 18446744073709551615 r 12 14\r\nNATS/1.0\r\n\r\nyo\r\n"),
      ElementsAre("info {\"a\":1}", "ping", "pong", "ok", "error Slow Consumer", "7 a.b [] [] hi",
                  "7 a.b [r.1] [] ", "18446744073709551615 a [r] [NATS/1.0\r\n\r\n] yo"));
}

TEST(NatsReader, WhatAMessageHolds_IsNotLookedAt) {
  EXPECT_THAT(Read("MSG a 1 8\r\nPING\r\n\r\n\r\nPONG\r\n"),
              ElementsAre("1 a [] [] PING\r\n\r\n", "pong"));
}

TEST(NatsReader, WaitsForTheRest) {
  const std::string bytes = "MSG a 1 5\r\nhello\r\nHMSG a 2 12 12\r\nNATS/1.0\r\n\r\n\r\nPING\r\n";
  const std::vector<std::string> whole = Read(bytes);
  ASSERT_EQ(whole.size(), 3U);
  for (std::size_t size = 1; size < 8; ++size) {
    NatsReader reader;
    std::vector<std::string> shown;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      Fill(reader, std::string_view(bytes).substr(at, size));
      for (std::string& each : Take(reader)) shown.push_back(std::move(each));
    }
    EXPECT_EQ(shown, whole) << size;
  }
}

TEST(NatsReader, LargeMessages_GetTheirRoom_AndGiveItBack) {
  const std::string data(NatsReader::kRoom * 3, 'x');
  NatsReader reader;
  Fill(reader, "PING\r\nMSG a 1 " + std::to_string(data.size()) + "\r\n" + data.substr(0, 10));
  EXPECT_THAT(Take(reader), ElementsAre("ping"));
  EXPECT_LE(reader.Room().size(), NatsReader::kRoom) << "room is not taken before it is needed";
  Fill(reader, data.substr(10) + "\r\nPONG\r\n");
  EXPECT_THAT(Take(reader), ElementsAre("1 a [] [] " + data, "pong"));
  EXPECT_EQ(reader.Room().size(), NatsReader::kRoom);
}

TEST(NatsReader, RefusesWhatIsNotTheProtocol) {
  for (const char* bytes :
       {"HTTP/1.1 200 OK\r\n", "MSG a 1\r\n", "MSG a 1 r 2 3\r\n", "MSG a x 2\r\n",
        "MSG a 1 -2\r\n", "MSG a 1 99999999999\r\n", "MSG a 1 2\r\nhixx", "HMSG a 1 5\r\n",
        "HMSG a 1 5 4\r\nxxxx\r\n", "MSG a 1 r 2 3 4 5\r\n", "\r\n", "PINGS\r\n"}) {
    EXPECT_THAT(Read(bytes), ElementsAre("refused")) << bytes;
  }
  EXPECT_THAT(Read(std::string(NatsReader::kMaxLine + 1, 'x')), ElementsAre("refused"));
}

// Any bytes, in any parts: no crash, and the same whatever the parts were.
TEST(NatsReader, NoBytesHarmIt) {
  std::mt19937 engine(1);
  const std::vector<std::string> words = {"MSG ", "HMSG ", "a.b ", "1 ",    "2 ",
                                          "12 ",  "\r\n",  "hi",   "PING",  "NATS/1.0",
                                          "\r",   "\n",    " ",    "-ERR ", "INFO {}"};
  for (int i = 0; i < 2'000; ++i) {
    std::string bytes;
    for (std::size_t words_left = engine() % 30; words_left > 0; --words_left) {
      bytes += words[engine() % words.size()];
    }
    NatsReader parts;
    std::vector<std::string> shown;
    for (const char byte : bytes) {
      if (!shown.empty() && shown.back() == "refused") break;
      Fill(parts, {&byte, 1});
      for (std::string& each : Take(parts)) shown.push_back(std::move(each));
    }
    EXPECT_EQ(shown, Read(bytes)) << bytes;
  }
}

TEST(NatsWriter, SaysWhatServersUnderstand) {
  std::string out;
  AppendSubscribe(out, 7, "a.*");
  AppendUnsubscribe(out, 7);
  AppendPublish(out, "a.b", "", "hi");
  AppendPublish(out, "a.b", "r.1", "");
  AppendPing(out);
  AppendPong(out);
  EXPECT_EQ(out,
            "SUB a.* 7\r\nUNSUB 7\r\nPUB a.b 2\r\nhi\r\nPUB a.b r.1 0\r\n\r\nPING\r\nPONG\r\n");
}

TEST(NatsWriter, Connect_NamesItself_AndAsksForNoEcho) {
  std::string out;
  AppendConnect(out, {.name = "n\"1", .user = "u", .password = "p\\", .tls = true});
  EXPECT_THAT(out, testing::StartsWith("CONNECT {"));
  EXPECT_THAT(out, testing::EndsWith("}\r\n"));
  for (const char* part :
       {R"("name":"n\"1")", R"("user":"u","pass":"p\\")", R"("echo":false)",
        R"("tls_required":true)", R"("no_responders":true)", R"("headers":true)"}) {
    EXPECT_THAT(out, testing::HasSubstr(part));
  }
  std::string anonymous;
  AppendConnect(anonymous, {.name = "n"});
  EXPECT_THAT(anonymous, testing::Not(testing::HasSubstr("user")));
}

TEST(NatsServerInfo, IsRead) {
  const auto info = ParseServerInfo(R"({"server_id":"x","max_payload":100,"tls_required":true})");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->max_payload, 100U);
  EXPECT_TRUE(info->tls_required);
  EXPECT_FALSE(info->tls_available);
  EXPECT_FALSE(ParseServerInfo("nonsense").ok());
}

}  // namespace
}  // namespace parley::bus
