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
/// that it is for, a line feed, and the text, which is all that comes out at the other end.
class RelayPeer : public PlainPeer, private WebSocket::Listener {
 public:
  RelayPeer(WorkerContext& context, Observer& observer, std::uint32_t index, std::vector<Held> held,
            std::size_t target)
      : PlainPeer(context, observer, index, std::move(held), target, Acks::kNone),
        socket_(context.loop, *this) {}

  void Connect(bool resume) override;
  void Close() override;
  void Abort() override;
  bool connected() const override { return socket_.connected(); }

 private:
  void Write(const std::string& text, std::uint64_t number) override;

  void OnOpen() override { BecomeReady(); }
  void OnText(std::string_view text) override { TakeMessage(text); }
  void OnEnd(const std::string& why) override { Lose(why); }

  WebSocket socket_;
};

}  // namespace parley::bench
