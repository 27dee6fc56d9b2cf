#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "bus/fleet.h"
#include "bus/nats/link.h"
#include "runtime/completer.h"

namespace parley::bus {

/// Finds out when what this process subscribed to is known to the server of every other node: a
/// server answers for itself alone, and tells the others on its own time. So every node is asked
/// for a word; the question travels behind the subscriptions, and where it has arrived, they have.
/// Who asks while a question is under way shares the next one. Any thread.
class Settler : public std::enable_shared_from_this<Settler> {
 public:
  using Done = runtime::Completer<Status>;
  /// Names who waits; 0: nobody has to wait.
  using Waiter = std::uint64_t;

  Settler(Link& link, Fleet& fleet, std::string prefix);
  /// Answers the others' questions, and hears their answers, from here on.
  void Begin();

  /// `done` is called once: when all nodes of the fleet have answered, at once if there is no
  /// connection, or when it is given up.
  Waiter Settle(Done done);
  /// Ends the wait, if it has not ended, with kUnavailable.
  void GiveUp(Waiter waiter);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Round {
    Time started;
    std::set<NodeId> missing;
    std::vector<Waiter> waiters;
  };

  void OnQuestion(const Link::Message& message);
  void OnAnswer(const Link::Message& message);
  Link::HandlerPtr Handle(void (Settler::*handle)(const Link::Message&));
  /// Under the lock. Asks for all who wait for the next question; false if it could not be sent.
  bool StartRound(Time now);
  /// Under the lock. Takes these out of those who wait.
  std::vector<Done> Take(const std::vector<Waiter>& waiters);

  Link& link_;
  Fleet& fleet_;
  const std::string question_;  ///< the subject
  const std::string answers_;   ///< prefix of the subjects

  std::mutex mutex_;
  std::uint64_t last_round_ = 0;  // this and the following guarded by mutex_
  Waiter last_waiter_ = 0;
  std::map<std::uint64_t, Round> rounds_;
  std::map<Waiter, Done> waiters_;  // each is given up within a short time
  std::vector<Waiter> next_;
};

}  // namespace parley::bus
