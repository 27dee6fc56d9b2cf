#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/clock.h"
#include "bench/peer.h"

namespace parley::bench {

/// What peers of other protocols than Parley's have in common. Each is in one conversation at most,
/// nothing resumes, and no message has a number of the server's: the senders' own numbers tell what
/// is missing or came twice.
///
/// A message is acknowledged by the protocol where it has a word for that (`Acks::kByServer`). Else
/// by its own copy in a group, which all of these servers send back to the sender; one to one there
/// is no such copy, and it counts as acknowledged when it is sent.
class PlainPeer : public Peer {
 public:
  void SendMessage(std::size_t held, std::int64_t intended_ns) final;
  std::size_t unanswered() const final { return pending_.size(); }

 protected:
  enum class Acks { kNone, kByServer };

  PlainPeer(WorkerContext& context, Observer& observer, std::uint32_t index, std::vector<Held> held,
            std::size_t target, Acks acks)
      : Peer(context, observer, index, std::move(held), target), acks_(acks) {}

  /// Puts a message on its way to recipient().
  virtual void Write(const std::string& text, std::uint64_t number) = 0;

  /// Whether the one conversation is a group.
  bool in_group() const { return !held_.empty() && held_.front().members > 2; }
  /// The name of this peer, as others address it.
  std::string name() const;
  /// The name of the other one, or of the group.
  std::string recipient() const;

  /// The server has acknowledged message `number`.
  void TakeAck(std::uint64_t number);
  /// The text of a message has come.
  void TakeMessage(std::string_view text);
  /// The server has refused something.
  void TakeRefusal(std::string_view why);

 private:
  struct Pending {
    Stamp stamp;
    std::size_t held = 0;
  };

  bool awaits_ack() const { return acks_ == Acks::kByServer || in_group(); }
  bool Note(const Stamp& stamp);

  const Acks acks_;
  /// Servers keep messages of earlier runs: what was sent before is none of this one's.
  const std::int64_t begun_ns_ = NowNs();
  std::deque<Pending> pending_;                                // bounded by the workload
  std::vector<std::pair<std::uint32_t, std::uint64_t>> last_;  // number, by sender
};

}  // namespace parley::bench
