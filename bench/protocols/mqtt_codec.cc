#include "bench/protocols/mqtt_codec.h"

namespace parley::bench {
namespace {

constexpr std::uint8_t kQos1 = 1;
constexpr std::uint8_t kSubscribeFlags = 0x02;  // section 3.8.1: reserved, and must be this
constexpr std::uint8_t kCleanSession = 0x02;
constexpr std::uint8_t kLevel = 4;  // of the protocol 3.1.1
constexpr std::uint8_t kSubackFailure = 0x80;
constexpr int kLengthBytes = 4;
constexpr std::size_t kMaxPacket = std::size_t{1024} * 1024;

void AppendByte(std::string& out, std::uint8_t byte) { out.push_back(static_cast<char>(byte)); }

void AppendUint16(std::string& out, std::size_t value) {
  AppendByte(out, static_cast<std::uint8_t>(value >> 8));
  AppendByte(out, static_cast<std::uint8_t>(value));
}

void AppendString(std::string& out, std::string_view text) {
  AppendUint16(out, text.size());
  out.append(text);
}

/// Section 2.2.3: seven bits in each byte, the last ones first.
void AppendHeader(std::string& out, MqttType type, std::uint8_t flags, std::size_t length) {
  AppendByte(out, static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) << 4 | flags));
  do {
    const auto low = static_cast<std::uint8_t>(length & 0x7F);
    length >>= 7;
    AppendByte(out, length > 0 ? low | 0x80 : low);
  } while (length > 0);
}

std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint16_t ReadUint16(std::string_view bytes) {
  return static_cast<std::uint16_t>(ByteAt(bytes, 0) << 8 | ByteAt(bytes, 1));
}

/// Fills in what `body`, the packet without its fixed header, says. False: it is not sound.
bool ParseBody(std::string_view body, std::uint8_t flags, MqttPacket& packet) {
  if (packet.type != MqttType::kPublish) {
    if (body.size() < 2) return packet.type != MqttType::kConnack && body.empty();
    if (packet.type == MqttType::kConnack) {
      packet.refused = ByteAt(body, 1) != 0;
      return true;
    }
    packet.packet_id = ReadUint16(body);
    for (std::size_t i = 2; i < body.size(); ++i) {
      if (ByteAt(body, i) == kSubackFailure) packet.refused = true;
    }
    return true;
  }
  const std::uint8_t qos = flags >> 1 & 3;
  if (body.size() < 2) return false;
  std::size_t at = std::size_t{2} + ReadUint16(body);
  if (body.size() < at + (qos > 0 ? 2 : 0)) return false;
  if (qos > 0) {
    packet.packet_id = ReadUint16(body.substr(at));
    at += 2;
  }
  packet.payload = body.substr(at);
  return true;
}

}  // namespace

void AppendMqttConnect(std::string& out, std::string_view client_id) {
  constexpr std::string_view kName = "MQTT";
  constexpr std::size_t kFixed = 2 + kName.size() + 1 + 1 + 2;
  AppendHeader(out, MqttType::kConnect, 0, kFixed + 2 + client_id.size());
  AppendString(out, kName);
  AppendByte(out, kLevel);
  AppendByte(out, kCleanSession);
  AppendUint16(out, 0);  // keep-alive
  AppendString(out, client_id);
}

void AppendMqttSubscribe(std::string& out, std::uint16_t packet_id,
                         const std::vector<std::string>& topics) {
  std::size_t length = 2;
  for (const std::string& topic : topics) length += 2 + topic.size() + 1;
  AppendHeader(out, MqttType::kSubscribe, kSubscribeFlags, length);
  AppendUint16(out, packet_id);
  for (const std::string& topic : topics) {
    AppendString(out, topic);
    AppendByte(out, kQos1);
  }
}

void AppendMqttPublish(std::string& out, std::uint16_t packet_id, std::string_view topic,
                       std::string_view payload) {
  AppendHeader(out, MqttType::kPublish, kQos1 << 1, 2 + topic.size() + 2 + payload.size());
  AppendString(out, topic);
  AppendUint16(out, packet_id);
  out.append(payload);
}

void AppendMqttPuback(std::string& out, std::uint16_t packet_id) {
  AppendHeader(out, MqttType::kPuback, 0, 2);
  AppendUint16(out, packet_id);
}

void AppendMqttDisconnect(std::string& out) { AppendHeader(out, MqttType::kDisconnect, 0, 0); }

MqttPacket ParseMqtt(std::string_view bytes) {
  MqttPacket packet;
  std::size_t length = 0;
  std::size_t at = 1;
  for (int shift = 0;; shift += 7) {
    if (bytes.size() <= at) return packet;
    const std::uint8_t byte = ByteAt(bytes, at++);
    length |= std::size_t{byte & 0x7FU} << shift;
    if ((byte & 0x80) == 0) break;
    if (shift == 7 * (kLengthBytes - 1)) length = kMaxPacket + 1;  // a fifth byte
    if (length > kMaxPacket) break;
  }
  if (length > kMaxPacket) {
    packet.state = MqttPacket::State::kBad;
    return packet;
  }
  if (bytes.size() < at + length) return packet;
  packet.size = at + length;
  packet.type = static_cast<MqttType>(ByteAt(bytes, 0) >> 4);
  const bool sound = ParseBody(bytes.substr(at, length), ByteAt(bytes, 0) & 0x0F, packet);
  packet.state = sound ? MqttPacket::State::kPacket : MqttPacket::State::kBad;
  return packet;
}

}  // namespace parley::bench
