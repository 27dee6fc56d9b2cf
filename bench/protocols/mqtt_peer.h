#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/protocols/mqtt_codec.h"
#include "bench/protocols/plain_peer.h"
#include "bench/socket.h"

namespace parley::bench {

/// Speaks MQTT 3.1.1 at QoS 1 both ways: everybody subscribes to a topic of their own, and to that
/// of the group. The server's PUBACK is the ack.
class MqttPeer : public PlainPeer, private Socket::Listener {
 public:
  MqttPeer(WorkerContext& context, Observer& observer, std::uint32_t index, std::vector<Held> held,
           std::size_t target)
      : PlainPeer(context, observer, index, std::move(held), target, Acks::kByServer),
        socket_(context.loop, *this) {}

  void Connect(bool resume) override;
  void Close() override;
  void Abort() override;
  bool connected() const override { return socket_.connected(); }

 private:
  void Write(const std::string& text, std::uint64_t number) override;

  void OnConnected() override;
  std::size_t OnBytes(std::string_view bytes) override;
  void OnEnd(const std::string& why) override { Lose(why); }

  void Take(const MqttPacket& packet);
  void Subscribe();

  Socket socket_;
  std::uint64_t acked_ = 0;  // the largest number
};

}  // namespace parley::bench
