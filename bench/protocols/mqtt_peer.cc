#include "bench/protocols/mqtt_peer.h"

namespace parley::bench {
namespace {

constexpr std::uint16_t kSubscribeId = 1;
/// Packet ids are 1 to 65535.
constexpr std::uint64_t kPacketIds = 65'535;

std::uint16_t PacketId(std::uint64_t number) {
  return static_cast<std::uint16_t>((number - 1) % kPacketIds + 1);
}

std::string TopicOf(const std::string& name) { return "to/" + name; }

}  // namespace

void MqttPeer::Connect(bool /*resume*/) { socket_.Connect(target()); }

void MqttPeer::Close() {
  if (ready()) AppendMqttDisconnect(socket_.Output());
  NotReady();
  socket_.Close();
}

void MqttPeer::Abort() {
  NotReady();
  socket_.Abort();
}

void MqttPeer::Write(const std::string& text, std::uint64_t number) {
  AppendMqttPublish(socket_.Output(), PacketId(number), TopicOf(recipient()), text);
}

void MqttPeer::OnConnected() { AppendMqttConnect(socket_.Output(), name()); }

void MqttPeer::Subscribe() {
  std::vector<std::string> topics{TopicOf(name())};
  if (in_group()) topics.push_back(TopicOf(recipient()));
  AppendMqttSubscribe(socket_.Output(), kSubscribeId, topics);
}

std::size_t MqttPeer::OnBytes(std::string_view bytes) {
  std::size_t used = 0;
  while (connected()) {
    const MqttPacket packet = ParseMqtt(bytes.substr(used));
    if (packet.state == MqttPacket::State::kNeedMore) break;
    if (packet.state == MqttPacket::State::kBad) {
      socket_.Fail("the server sent what is not MQTT");
      break;
    }
    used += packet.size;
    Take(packet);
  }
  return used;
}

void MqttPeer::Take(const MqttPacket& packet) {
  if (packet.refused) return socket_.Fail("the server refused the connection or a topic");
  switch (packet.type) {
    case MqttType::kConnack:
      return Subscribe();
    case MqttType::kSuback:
      return BecomeReady();
    case MqttType::kPublish:
      if (packet.packet_id != 0) AppendMqttPuback(socket_.Output(), packet.packet_id);
      return TakeMessage(packet.payload);
    case MqttType::kPuback:  // in the order of the messages (section 4.6)
      ++acked_;
      if (packet.packet_id == PacketId(acked_)) return TakeAck(acked_);
      return socket_.Fail("the server acknowledged messages out of order");
    default:
      return;
  }
}

}  // namespace parley::bench
