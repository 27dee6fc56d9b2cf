#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

#include <absl/container/inlined_vector.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "model/ids.h"

namespace parley::bus {

/// On which shards a person has subscribers, so that nobody wakes the others. Any thread.
class ShardDirectory {
 public:
  /// Who asks after the return finds the shard.
  void Add(UserId user, std::size_t shard);
  /// Once for each Add.
  void Remove(UserId user, std::size_t shard);

  /// Calls `visit(shard)` for each shard of the person; it must not come back here.
  template <typename Visit>
  void ForEach(UserId user, Visit visit) const {
    const Part& part = PartOf(user);
    const std::lock_guard lock(part.mutex);
    const auto found = part.shards.find(user);
    if (found == part.shards.end()) return;
    for (const std::uint32_t shard : found->second) visit(std::size_t{shard});
  }

 private:
  // Rarely more than one.
  using Shards = absl::InlinedVector<std::uint32_t, 2>;

  /// People are spread over many locks: who publishes seldom waits for another.
  struct Part {
    mutable std::mutex mutex;
    boost::unordered_flat_map<UserId, Shards, std::hash<UserId>> shards;
  };
  static constexpr std::size_t kParts = 64;

  Part& PartOf(UserId user) { return parts_[std::hash<UserId>()(user) % kParts]; }
  const Part& PartOf(UserId user) const { return parts_[std::hash<UserId>()(user) % kParts]; }

  std::array<Part, kParts> parts_;
};

}  // namespace parley::bus
