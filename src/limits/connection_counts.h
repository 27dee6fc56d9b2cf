#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace parley::limits {

/// Counts what each account, or each address, has open, so that none takes the places of all
/// others. Holds an entry for each that has something open. Any thread.
class ConnectionCounts {
 public:
  using Key = std::array<std::uint8_t, 16>;  ///< a ClientAddress's bytes, or a user id's

  /// `most` of one key; 0 counts nothing and lets all in.
  explicit ConnectionCounts(std::size_t most) : most_(most) {}

  /// Whether one more may come. True must be followed by one Leave.
  bool Enter(const Key& key);
  void Leave(const Key& key);

  /// Keys with something open.
  std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<Key, std::size_t, Hash> counts_;  // guarded by mutex_
};

}  // namespace parley::limits
