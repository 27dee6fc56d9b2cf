#include "bench/protocols/nats_codec.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

using Kind = NatsFrame::Kind;

TEST(NatsCodecTest, Publish_WithAndWithoutReply_AsTheProtocolWritesIt) {
  std::string out;
  AppendNatsSubscribe(out, "to.a", 1);
  AppendNatsPublish(out, "to.b", "", "hello");
  AppendNatsPublish(out, "to.b", "ack.1", "");
  EXPECT_EQ(out, "SUB to.a 1\r\nPUB to.b 5\r\nhello\r\nPUB to.b ack.1 0\r\n\r\n");
}

TEST(NatsCodecTest, Parse_Message_HasSubjectAndPayloadWithOrWithoutReply) {
  for (const std::string bytes : {"MSG to.a 1 7\r\nx\r\nyz\r\n\r\nPING\r\n",
                                  "MSG to.a 1 ack.7 7\r\nx\r\nyz\r\n\r\nPING\r\n"}) {
    const NatsFrame frame = ParseNats(bytes);
    EXPECT_EQ(frame.kind, Kind::kMessage);
    EXPECT_EQ(frame.subject, "to.a");
    EXPECT_EQ(frame.payload, "x\r\nyz\r\n");
    EXPECT_EQ(bytes.substr(frame.size), "PING\r\n");
  }
}

TEST(NatsCodecTest, Parse_CutAnywhere_WantsMore) {
  const std::string bytes = "MSG to.a 1 ack.7 3\r\nabc\r\n";
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseNats(bytes.substr(0, size)).kind, Kind::kNeedMore) << size;
  }
  EXPECT_EQ(ParseNats(bytes).kind, Kind::kMessage);
}

TEST(NatsCodecTest, Parse_Words_AreToldApart) {
  EXPECT_EQ(ParseNats("INFO {\"a\":1}\r\n").kind, Kind::kInfo);
  EXPECT_EQ(ParseNats("PING\r\n").kind, Kind::kPing);
  EXPECT_EQ(ParseNats("PONG\r\n").kind, Kind::kPong);
  EXPECT_EQ(ParseNats("+OK\r\n").kind, Kind::kOk);
  EXPECT_EQ(ParseNats("-ERR 'Slow Consumer'\r\n").payload, "'Slow Consumer'");
}

TEST(NatsCodecTest, Parse_NotNats_IsBad) {
  EXPECT_EQ(ParseNats("HTTP/1.1 400\r\n").kind, Kind::kBad);
  EXPECT_EQ(ParseNats("MSG to.a 1 x\r\n").kind, Kind::kBad);
  EXPECT_EQ(ParseNats("MSG to.a 1 99999999999\r\n").kind, Kind::kBad);
  EXPECT_EQ(ParseNats("MSG to.a 1 1\r\nabc").kind, Kind::kBad);
  EXPECT_EQ(ParseNats(std::string(100'000, 'x')).kind, Kind::kBad);
}

}  // namespace
}  // namespace parley::bench
