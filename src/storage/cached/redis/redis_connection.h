#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/cached/redis/redis_url.h"

namespace parley::storage::cached {

/// A command of Redis with its arguments.
using RedisCommand = std::vector<std::string>;

struct RedisReply {
  enum class Kind { kNil, kText, kNumber, kError };
  Kind kind = Kind::kNil;
  std::string text;  ///< of kText and kError
  std::int64_t number = 0;
};

/// One connection to a Redis. Calls block, but never beyond their deadline (looking a host's name
/// up aside). After the first failure it is of no more use. One thread at a time.
class RedisConnection {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Connects, signs in, chooses the database. kUnavailable with the reason.
  static Result<std::unique_ptr<RedisConnection>> Open(const RedisAddress& address,
                                                       Deadline deadline);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends all and reads all their replies, in order, into `replies`. kUnavailable: those behind
  /// the last of `replies` may or may not have been carried out.
  Status Execute(const std::vector<RedisCommand>& commands, Deadline deadline,
                 std::vector<RedisReply>* replies);

 private:
  /// What the library knows of it.
  struct Handle;

  explicit RedisConnection(std::unique_ptr<Handle> handle);

  Status SignIn(const RedisAddress& address, Deadline deadline);
  Status Await(short events, Deadline deadline, short* ready) const;
  Status TakeReplies(std::size_t count, std::vector<RedisReply>* replies);
  Status Broken() const;

  const std::unique_ptr<Handle> handle_;
};

}  // namespace parley::storage::cached
