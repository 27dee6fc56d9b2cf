#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <simdjson.h>

#include "base/random.h"
#include "bench/message_text.h"
#include "bench/socket.h"
#include "bench/stats.h"

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
  std::uint32_t other = 0;     ///< of two: the index of the other one
};

/// One person's device, in whatever protocol: sends when the workload says so, counts what comes,
/// and sees what is missing. One thread.
class Peer {
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
  Peer(WorkerContext& context, Observer& observer, std::uint32_t index, std::vector<Held> held,
       std::size_t target)
      : context_(context),
        observer_(observer),
        index_(index),
        held_(std::move(held)),
        target_(target) {}
  virtual ~Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// With `resume` missed changes are asked for before anything else.
  virtual void Connect(bool resume) = 0;
  virtual void Close() = 0;
  virtual void Abort() = 0;
  virtual bool connected() const = 0;
  /// Where the next Connect() goes to.
  void MoveTo(std::size_t target) { target_ = target; }

  /// Sends a message; `intended_ns` is when it was due.
  virtual void SendMessage(std::size_t held, std::int64_t intended_ns) = 0;
  /// How many of them are not acknowledged.
  virtual std::size_t unanswered() const = 0;

  // What only Parley's protocol has; in others nothing comes of it.

  /// Those that OnRefusedForNow was asked about, under the same client_id.
  virtual void SendRefusedAgain() {}
  /// Says `delivered` or `read` up to the last change that came.
  virtual void SendPosition(std::string_view /*type*/, std::size_t /*held*/) {}
  virtual void SendTyping(std::size_t /*held*/, bool /*active*/) {}
  virtual void WatchPresence(const std::vector<std::string>& /*user_ids*/) {}

  std::uint32_t index() const { return index_; }
  bool ready() const { return ready_; }
  const std::vector<Held>& held() const { return held_; }

 protected:
  const Target& target() const { return context_.targets.at(target_); }
  void BecomeReady();
  void NotReady() { ready_ = false; }
  /// The connection ended, or could not be made, though nobody wanted that.
  void Lose(const std::string& why);
  /// What the next message says of itself.
  Stamp StampNext(std::int64_t intended_ns);
  /// The message of `stamp` is acknowledged: one for each of `expected` is due.
  void CountAck(const Stamp& stamp, std::size_t held, std::uint64_t expected);
  /// A message of somebody else came live.
  void CountDelivery(const Stamp& stamp, std::size_t held);

  WorkerContext& context_;
  Observer& observer_;
  const std::uint32_t index_;
  std::vector<Held> held_;

 private:
  std::size_t target_;
  std::uint64_t messages_ = 0;
  bool ready_ = false;
  bool was_ready_ = false;
};

}  // namespace parley::bench
