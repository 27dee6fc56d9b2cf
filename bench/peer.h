#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>
#include <simdjson.h>

#include "base/random.h"
#include "bench/message_text.h"
#include "bench/plan.h"
#include "bench/socket.h"
#include "bench/stats.h"
#include "client/json.h"

namespace parley::bench {

/// What the peers of one worker share. One thread.
struct WorkerContext {
  WorkerContext(const RunState& run_state, const std::vector<Target>& servers, std::size_t payload,
                std::uint64_t seed)
      : state(run_state), targets(servers), payload_bytes(payload), random(seed) {}

  const RunState& state;
  const std::vector<Target>& targets;
  const std::size_t payload_bytes;
  Loop loop;
  Stats stats;
  FakeRandom random;  ///< for client_ids, which need be new within the run's own conversations only
  simdjson::dom::parser parser;
};

/// A conversation as one peer holds it.
struct Held {
  std::string conversation;
  std::uint32_t members = 0;
  std::uint64_t seq = 0;       ///< of the last change that came
  std::uint64_t read_seq = 0;  ///< what was last said to be read
};

/// One person's device: speaks the protocol, counts what comes, and sees what is missing. It
/// applies changes by the sync rules of the interface: seq + 1 comes next, and whatever else comes
/// is counted as a hole or a repetition.
class Peer : private Socket::Listener {
 public:
  /// What the workload does about it.
  class Observer {
   public:
    virtual ~Observer() = default;
    /// Connected, and level with the server.
    virtual void OnReady(Peer& peer) = 0;
    /// A message of somebody else came live.
    virtual void OnMessage(Peer& peer, std::size_t held) = 0;
    virtual void OnAck(Peer& peer, std::size_t held) = 0;
    /// The server has refused a message for now. True: SendRefusedAgain() will be called.
    virtual bool OnRefusedForNow(Peer& /*peer*/) { return false; }
    /// The connection ended though nobody wanted it.
    virtual void OnLost(Peer& peer) = 0;
  };

  /// `target`: the place in context.targets where it connects to.
  Peer(WorkerContext& context, Observer& observer, std::uint32_t index, const Person& person,
       std::vector<Held> held, std::size_t target)
      : context_(context),
        observer_(observer),
        index_(index),
        person_(person),
        held_(std::move(held)),
        target_(target),
        socket_(context.loop, *this) {}

  /// With `resume` missed changes are asked for before anything else.
  void Connect(bool resume);
  void Close() { Drop(false); }
  void Abort() { Drop(true); }
  /// Where the next Connect() goes to.
  void MoveTo(std::size_t target) { target_ = target; }

  /// Sends a message; `intended_ns` is when it was due.
  void SendMessage(std::size_t held, std::int64_t intended_ns);
  /// Those that OnRefusedForNow was asked about, under the same client_id.
  void SendRefusedAgain();
  /// Says `delivered` or `read` up to the last change that came.
  void SendPosition(std::string_view type, std::size_t held);
  void SendTyping(std::size_t held, bool active);
  void WatchPresence(const std::vector<std::string>& user_ids);

  std::uint32_t index() const { return index_; }
  bool ready() const { return ready_; }
  bool connected() const { return socket_.connected(); }
  std::size_t unanswered() const { return pending_.size(); }
  const std::vector<Held>& held() const { return held_; }

 private:
  struct Pending {
    Stamp stamp;
    std::size_t held = 0;
    std::string client_id;
    bool refused = false;  ///< for now
  };

  void OnOpen() override {}
  void OnText(std::string_view text) override;
  void OnEnd(const std::string& why) override;

  void OnReadyFrame();
  void OnSync(const client::Json& frame);
  void OnAckFrame(const client::Json& frame);
  void OnErrorFrame(const client::Json& frame);
  void OnChange(const client::Json& change, bool live);
  void CountMessage(const client::Json& message, std::size_t held, bool live);
  void CountOther(std::string_view type);
  void BecomeReady();
  void Write(const Pending& pending);
  void SendResume();
  void Drop(bool abruptly);
  bool TakeRefusal(const client::Json& frame);
  std::size_t Find(std::string_view conversation) const;

  WorkerContext& context_;
  Observer& observer_;
  const std::uint32_t index_;
  const Person& person_;
  std::vector<Held> held_;
  std::size_t target_;
  Socket socket_;
  bool resume_ = false;
  bool ready_ = false;
  bool was_ready_ = false;
  std::string cursor_;
  std::uint64_t messages_ = 0;
  std::deque<Pending> pending_;  // bounded by the workload
};

}  // namespace parley::bench
