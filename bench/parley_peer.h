#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "bench/message_text.h"
#include "bench/peer.h"
#include "bench/plan.h"
#include "bench/websocket.h"
#include "client/json.h"

namespace parley::bench {

/// A peer that speaks Parley's own protocol. It applies changes by the sync rules of the interface:
/// seq + 1 comes next, and whatever else comes is counted as a hole or a repetition.
class ParleyPeer : public Peer, private WebSocket::Listener {
 public:
  ParleyPeer(WorkerContext& context, Observer& observer, std::uint32_t index, const Person& person,
             std::vector<Held> held, std::size_t target)
      : Peer(context, observer, index, std::move(held), target),
        person_(person),
        socket_(context.loop, *this) {}

  void Connect(bool resume) override;
  void Close() override;
  void Abort() override;
  bool connected() const override { return socket_.connected(); }

  void SendMessage(std::size_t held, std::int64_t intended_ns) override;
  std::size_t unanswered() const override { return pending_.size(); }
  void SendRefusedAgain() override;
  void SendPosition(std::string_view type, std::size_t held) override;
  void SendTyping(std::size_t held, bool active) override;
  void WatchPresence(const std::vector<std::string>& user_ids) override;

 private:
  struct Pending {
    Stamp stamp;
    std::size_t held = 0;
    std::string client_id;
    bool refused = false;  ///< for now
  };

  void OnOpen() override {}
  void OnText(std::string_view text) override;
  void OnEnd(const std::string& why) override { Lose(why); }

  void OnReadyFrame();
  void OnSync(const client::Json& frame);
  void OnAckFrame(const client::Json& frame);
  void OnErrorFrame(const client::Json& frame);
  void OnChange(const client::Json& change, bool live);
  void CountMessage(const client::Json& message, std::size_t held, bool live);
  void CountOther(std::string_view type);
  void Write(const Pending& pending);
  void SendResume();
  bool TakeRefusal(const client::Json& frame);
  std::deque<Pending>::iterator FindPending(std::string_view ref);
  std::size_t Find(std::string_view conversation) const;

  const Person& person_;
  WebSocket socket_;
  bool resume_ = false;
  std::string cursor_;
  std::deque<Pending> pending_;  // bounded by the workload
};

}  // namespace parley::bench
