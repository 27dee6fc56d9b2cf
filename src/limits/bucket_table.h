#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "limits/bucket.h"

namespace parley::limits {

/// Whose bucket, and for what.
struct BucketKey {
  std::array<std::uint8_t, 16> owner{};  ///< an id, an address, a hash
  std::uint8_t action = 0;

  bool operator==(const BucketKey&) const = default;
};

/// Buckets by key, bounded in number. A bucket that is not here is full: so full ones need not be
/// kept. Where there is no room for one more, those that are full go, and if that is too little the
/// half that is nearest to it: whoever floods the table with new keys resets others only who had
/// done little.
///
/// Any thread; the locks are striped by key.
class BucketTable {
 public:
  /// `seed` is secret, so that nobody can choose keys that collide.
  BucketTable(std::size_t capacity, std::uint64_t seed);

  /// Calls `change` with the bucket of `key`, under the lock of its stripe, and answers what it
  /// answers.
  template <class Change>
  auto Use(const BucketKey& key, SteadyTime now, Change change) {
    Stripe& stripe = StripeOf(key);
    const std::lock_guard lock(stripe.mutex);
    auto found = stripe.buckets.find(key);
    if (found == stripe.buckets.end()) {
      if (stripe.buckets.size() >= stripe_capacity_) MakeRoom(stripe, now);
      found = stripe.buckets.try_emplace(key).first;
    }
    auto answer = change(found->second);
    if (found->second.IsFull(now)) stripe.buckets.erase(found);
    return answer;
  }
  /// As if it had never been used.
  void Forget(const BucketKey& key);

  /// How many are kept.
  std::size_t size() const;
  /// How many were forgotten, for want of room, that were not full.
  std::uint64_t forgotten() const { return forgotten_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kStripes = 32;

  struct Hash {
    std::uint64_t seed;
    std::size_t operator()(const BucketKey& key) const;
  };
  struct Stripe {
    mutable std::mutex mutex;
    std::unordered_map<BucketKey, Bucket, Hash> buckets;  // guarded by mutex
  };

  Stripe& StripeOf(const BucketKey& key);
  void MakeRoom(Stripe& stripe, SteadyTime now);

  const std::size_t stripe_capacity_;
  const Hash hash_;
  std::unique_ptr<Stripe[]> stripes_;
  std::atomic<std::uint64_t> forgotten_{0};
};

}  // namespace parley::limits
