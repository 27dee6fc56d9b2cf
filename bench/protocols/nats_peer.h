#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/protocols/nats_codec.h"
#include "bench/protocols/plain_peer.h"
#include "bench/socket.h"

namespace parley::bench {

/// Speaks to nats-server: everybody subscribes to a subject of their own, and to that of the group.
/// With JetStream a stream of the server's must capture `to.>`: it then acknowledges what it has
/// stored, while messages come live to the same subscriptions.
class NatsPeer : public PlainPeer, private Socket::Listener {
 public:
  enum class Kind { kCore, kJetStream };

  NatsPeer(WorkerContext& context, Observer& observer, std::uint32_t index, std::vector<Held> held,
           std::size_t target, Kind kind)
      : PlainPeer(context, observer, index, std::move(held), target,
                  kind == Kind::kCore ? Acks::kNone : Acks::kByServer),
        kind_(kind),
        socket_(context.loop, *this) {}

  void Connect(bool resume) override;
  void Close() override;
  void Abort() override;
  bool connected() const override { return socket_.connected(); }

 private:
  void Write(const std::string& text, std::uint64_t number) override;

  void OnConnected() override {}  // the server speaks first
  std::size_t OnBytes(std::string_view bytes) override;
  void OnEnd(const std::string& why) override { Lose(why); }

  void Take(const NatsFrame& frame);
  void TakeStored(const NatsFrame& frame);
  void Introduce();
  std::string AckSubject(std::string_view number) const;

  const Kind kind_;
  Socket socket_;
};

}  // namespace parley::bench
