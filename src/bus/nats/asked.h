#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bus/fleet.h"
#include "runtime/shard.h"

namespace parley::bus {

/// The requests that wait for their answers, by number and by deadline. Each ends once, on the
/// shard that asked. Any thread.
class Asked {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Number = std::uint64_t;

  explicit Asked(std::size_t most) : most_(most) {}

  /// Called on the shard that asks. 0, and `done` is left as it is, where too many wait already or
  /// all was ended.
  Number Add(NodeId node, Time deadline, Fleet::AskDone& done);
  /// Ends one of them, unless it has ended; answers whether it had not.
  bool End(Number number, Result<std::string> answer);
  /// Ends what is due, as kUnknown; answers how many that were.
  std::size_t Expire(Time now);
  /// Ends what was asked of `node`, or of all where there is none, as kUnknown: its answer may be
  /// lost. Answers how many that were.
  std::size_t Lose(std::optional<NodeId> node);
  /// The next deadline; a far one where nothing waits.
  Time next_deadline() const;
  /// Ends all with `status`, and lets none be added after; answers how many that were.
  std::size_t EndAll(const Status& status);
  std::size_t size() const;

 private:
  struct Entry {
    NodeId node;
    runtime::Shard* shard;
    Time deadline;
    Fleet::AskDone done;
  };

  /// Of the numbers, as kUnknown; answers how many had not ended.
  std::size_t EndAsUnknown(const std::vector<Number>& numbers, const char* why);
  static void Finish(Entry entry, Result<std::string> answer);

  const std::size_t most_;
  mutable std::mutex mutex_;
  bool ended_ = false;  // this and the following guarded by mutex_
  Number last_ = 0;
  std::map<Number, Entry> entries_;                // at most most_
  std::set<std::pair<Time, Number>> by_deadline_;  // of the same
};

}  // namespace parley::bus
