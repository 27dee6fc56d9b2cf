#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "runtime/task.h"

namespace parley::storage {

/// A key of the installation (fingerprints, direct conversation ids, cursors): data, the same on
/// every node.
using SecretKey = std::array<std::uint8_t, 32>;

/// The few facts about the store as a whole.
class MetaStore {
 public:
  virtual ~MetaStore() = default;

  /// The key of that name; the first caller's `candidate` becomes it, durably.
  virtual runtime::Task<Result<SecretKey>> GetOrCreateKey(std::string name,
                                                          SecretKey candidate) = 0;

  /// The highest time ever written with WriteTime (a lower one is ignored), or the epoch. Not
  /// fsynced.
  virtual runtime::Task<Result<TimePoint>> ReadTime() = 0;
  virtual runtime::Task<Status> WriteTime(TimePoint now) = 0;
};

}  // namespace parley::storage
