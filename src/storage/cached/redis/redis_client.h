#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/log.h"
#include "storage/cached/redis/redis_connection.h"
#include "storage/cached/redis/remote_cache.h"

namespace parley::storage::cached {

struct RedisOptions {
  RedisAddress address;
  /// Of one call, from being handed over to being answered.
  std::chrono::milliseconds deadline{50};
  std::chrono::milliseconds connect_deadline{1'000};
  /// After a failure the server is left alone for so long: the first time, and at most.
  std::chrono::milliseconds first_pause{250};
  std::chrono::milliseconds longest_pause{2'000};
  /// Of calls that wait or are under way.
  std::size_t max_queued_bytes = std::size_t{16} * 1024 * 1024;
  /// Keys of which a change is to be made good; more are left to their times to live.
  std::size_t max_owed = 10'000;
};

/// A Redis (7 or later) as a RemoteCache: one connection, and one thread that sends what gathered
/// while the last answers came (pipelining). From the first failure or missed deadline on, until
/// the server answers again, calls are skipped: a slow or dead one costs one deadline, not one per
/// call. Needs no persistence and no replica of it; set `maxmemory` with `allkeys-lru`.
///
/// What was to replace or outdate something and failed leaves a marker, before anything else, once
/// the server answers again: what other nodes find there is old for as long as that took. Not the
/// value: by then somebody else may have written a later one, and failed as well.
///
/// A value is stored as its version (8 bytes, big-endian), then its payload.
class RedisClient : public RemoteCache {
 public:
  /// Connects in the background; `log` must outlive it.
  RedisClient(RedisOptions options, Logger& log);
  /// Stops.
  ~RedisClient() override;
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  void Get(std::vector<std::string> keys, Found done) override;
  void Write(std::vector<RemoteWrite> writes, Done done) override;
  RemoteStats stats() const override;

  /// Answers what is under way with kUnavailable, and all later calls at once. Idempotent.
  void Stop();

 private:
  using Moment = std::chrono::steady_clock::time_point;
  using Replies = Result<std::vector<RedisReply>>;

  struct Call {
    std::vector<RedisCommand> commands;
    UniqueFunction<void(Replies)> done;
    std::size_t bytes = 0;
    Moment began;
  };

  void Enqueue(std::vector<RedisCommand> commands, UniqueFunction<void(Replies)> done);
  /// These are to stand for writes that were not made, or perhaps not.
  void Owe(std::vector<RemoteWrite> markers);

  // On the thread:
  void Run();
  /// False once stopped.
  bool Pause(std::chrono::milliseconds time);
  Status Connect(Moment deadline);
  /// Until the connection breaks or Stop; says whether anything succeeded.
  bool Serve();
  std::deque<Call> TakeBatch();
  Status Execute(std::deque<Call>* batch);
  Status PayOwed(Moment deadline);
  Status RunAgainWithScript(const std::vector<RedisCommand>& commands, Moment deadline,
                            std::vector<RedisReply>* replies);
  void Answer(Call call, Replies replies);
  void SetReady(const Status& status);

  const RedisOptions options_;
  Logger& log_;

  std::unique_ptr<RedisConnection> connection_;  // of the thread
  std::string script_hash_;                      // of the thread
  bool reported_ = false;                        // of the thread: that there is no connection

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                              // guarded by mutex_
  bool ready_ = false;                                 // guarded by mutex_
  std::deque<Call> queue_;                             // guarded by mutex_
  std::size_t queued_bytes_ = 0;                       // guarded by mutex_
  std::unordered_map<std::string, RemoteWrite> owed_;  // guarded by mutex_; markers, by key

  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::uint64_t> errors_{0};
  std::atomic<std::uint64_t> skipped_{0};
  metrics::Histogram seconds_;
  std::thread thread_;  // last: uses the rest
};

}  // namespace parley::storage::cached
