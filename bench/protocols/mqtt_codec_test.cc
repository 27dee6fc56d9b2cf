#include "bench/protocols/mqtt_codec.h"

#include <string>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

using State = MqttPacket::State;
using std::string_literals::operator""s;

TEST(MqttCodecTest, Connect_IsThatOf311WithACleanSession) {
  std::string out;
  AppendMqttConnect(out, "me");
  EXPECT_EQ(out, "\x10\x0e\x00\x04MQTT\x04\x02\x00\x00\x00\x02me"s);
}

TEST(MqttCodecTest, Subscribe_AsksForQos1OfEachTopic) {
  std::string out;
  AppendMqttSubscribe(out, 0x0102, {"a", "bc"});
  EXPECT_EQ(out, "\x82\x0b\x01\x02\x00\x01"s + "a\x01\x00\x02"s + "bc\x01"s);
}

TEST(MqttCodecTest, Publish_ThatCameBack_IsRead) {
  std::string out;
  AppendMqttPublish(out, 0x1234, "to/b", std::string(300, 'x'));
  AppendMqttPuback(out, 0x1234);
  const MqttPacket packet = ParseMqtt(out);
  EXPECT_EQ(packet.state, State::kPacket);
  EXPECT_EQ(packet.type, MqttType::kPublish);
  EXPECT_EQ(packet.packet_id, 0x1234);
  EXPECT_EQ(packet.payload, std::string(300, 'x'));
  const MqttPacket next = ParseMqtt(std::string_view(out).substr(packet.size));
  EXPECT_EQ(next.type, MqttType::kPuback);
  EXPECT_EQ(next.packet_id, 0x1234);
}

TEST(MqttCodecTest, Parse_PublishAtQos0_HasNoId) {
  const std::string bytes = "\x30\x05\x00\x01"s + "ahi"s;
  const MqttPacket packet = ParseMqtt(bytes);
  EXPECT_EQ(packet.state, State::kPacket);
  EXPECT_EQ(packet.packet_id, 0);
  EXPECT_EQ(packet.payload, "hi");
}

TEST(MqttCodecTest, Parse_CutAnywhere_WantsMore) {
  std::string bytes;
  AppendMqttPublish(bytes, 1, "to/b", std::string(200, 'x'));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ParseMqtt(bytes.substr(0, size)).state, State::kNeedMore) << size;
  }
}

TEST(MqttCodecTest, Parse_Refusals_AreTold) {
  EXPECT_FALSE(ParseMqtt("\x20\x02\x00\x00"s).refused);
  EXPECT_TRUE(ParseMqtt("\x20\x02\x00\x05"s).refused);
  EXPECT_FALSE(ParseMqtt("\x90\x03\x00\x01\x01"s).refused);
  EXPECT_TRUE(ParseMqtt("\x90\x03\x00\x01\x80"s).refused);
}

TEST(MqttCodecTest, Parse_NotMqtt_IsBad) {
  EXPECT_EQ(ParseMqtt("\x30\xff\xff\xff\xff\x01"s).state, State::kBad);  // five bytes of length
  EXPECT_EQ(ParseMqtt("\x32\x03\x00\x01"s + "a"s).state, State::kBad);   // no room for the id
  EXPECT_EQ(ParseMqtt("\x20\x00"s).state, State::kBad);
}

}  // namespace
}  // namespace parley::bench
