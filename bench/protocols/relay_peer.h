#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/protocols/plain_peer.h"
#include "bench/websocket.h"

namespace parley::bench {

/// Speaks to bench/relay: the path has the names that the connection goes by; a message is the name
/// that it is for, a line feed, and the text, which is all that comes out at the other end. To a
/// relay that keeps a log the first line tells a number too, behind a space, and "ack 7" comes
/// back.
class RelayPeer : public PlainPeer, private WebSocket::Listener {
 public:
  enum class Kind { kPlain, kDurable };

  RelayPeer(WorkerContext& context, Observer& observer, std::uint32_t index, std::vector<Held> held,
            std::size_t target, Kind kind)
      : PlainPeer(context, observer, index, std::move(held), target,
                  kind == Kind::kDurable ? Acks::kByServer : Acks::kNone),
        kind_(kind),
        socket_(context.loop, *this) {}

  void Connect(bool resume) override;
  void Close() override;
  void Abort() override;
  bool connected() const override { return socket_.connected(); }

 private:
  void Write(const std::string& text, std::uint64_t number) override;

  void OnOpen() override { BecomeReady(); }
  void OnText(std::string_view text) override;
  void OnEnd(const std::string& why) override { Lose(why); }

  const Kind kind_;
  WebSocket socket_;
};

}  // namespace parley::bench
