#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace parley::net {

using SteadyTime = std::chrono::steady_clock::time_point;
inline constexpr SteadyTime kNever = SteadyTime::max();

/// A connection as its shard sees it. It stands in one ConnectionTable while it lives.
class Connection {
 public:
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The deadline that was set has passed; it is kNever now.
  virtual void OnDeadline() = 0;
  /// The server drains: end at the next good moment, a WebSocket at `when`.
  virtual void DrainAt(SteadyTime when) = 0;
  /// End now.
  virtual void Stop() = 0;

 private:
  friend class ConnectionTable;
  std::size_t slot_ = 0;
};

/// The connections of one shard with a deadline each. The deadlines lie side by side, so that one
/// timer that looks at all of them costs less than a timer for each: 20,000 are 320 kB to look
/// through.
class ConnectionTable {
 public:
  void Add(Connection& connection, SteadyTime deadline);
  void Remove(Connection& connection);
  void SetDeadline(Connection& connection, SteadyTime deadline) {
    entries_[connection.slot_].deadline = deadline;
  }

  /// Calls OnDeadline of those whose deadline is not after `now`. Connections may leave meanwhile.
  void Sweep(SteadyTime now);
  void Stop();
  /// DrainAt for each, evenly from `start` on over `spread`.
  void Drain(SteadyTime start, std::chrono::milliseconds spread);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    SteadyTime deadline;
    Connection* connection;
  };

  template <class Visit>
  void ForEach(Visit visit);

  std::vector<Entry> entries_;
};

}  // namespace parley::net
