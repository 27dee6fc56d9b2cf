#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

// The packets of MQTT 3.1.1 (http://docs.oasis-open.org/mqtt/mqtt/v3.1.1/) that a client at QoS 1
// writes and meets.

enum class MqttType : std::uint8_t {
  kConnect = 1,
  kConnack = 2,
  kPublish = 3,
  kPuback = 4,
  kSubscribe = 8,
  kSuback = 9,
  kDisconnect = 14,
};

/// A clean session without keep-alive.
void AppendMqttConnect(std::string& out, std::string_view client_id);
/// All at QoS 1.
void AppendMqttSubscribe(std::string& out, std::uint16_t packet_id,
                         const std::vector<std::string>& topics);
/// At QoS 1.
void AppendMqttPublish(std::string& out, std::uint16_t packet_id, std::string_view topic,
                       std::string_view payload);
void AppendMqttPuback(std::string& out, std::uint16_t packet_id);
void AppendMqttDisconnect(std::string& out);

struct MqttPacket {
  enum class State { kNeedMore, kBad, kPacket };
  State state = State::kNeedMore;
  MqttType type = MqttType::kConnect;
  std::uint16_t packet_id = 0;  ///< of SUBACK, PUBACK and of PUBLISH at QoS 1; else 0
  bool refused = false;         ///< CONNACK or SUBACK
  std::string_view payload;     ///< of PUBLISH
  std::size_t size = 0;         ///< of the whole packet
};

/// The server's packet at the start of `bytes`; views point into them.
MqttPacket ParseMqtt(std::string_view bytes);

}  // namespace parley::bench
