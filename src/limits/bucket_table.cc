#include "limits/bucket_table.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace parley::limits {
namespace {

/// One step of MurmurHash3's finalizer.
std::uint64_t Mix(std::uint64_t value) {
  value ^= value >> 33;
  value *= 0xFF51AFD7ED558CCDULL;
  value ^= value >> 33;
  return value;
}

}  // namespace

std::size_t BucketTable::Hash::operator()(const BucketKey& key) const {
  std::uint64_t halves[2];
  std::memcpy(halves, key.owner.data(), sizeof halves);
  return static_cast<std::size_t>(Mix(Mix(halves[0] ^ seed) + halves[1] + key.action));
}

BucketTable::BucketTable(std::size_t capacity, std::uint64_t seed)
    : stripe_capacity_(std::max<std::size_t>(capacity / kStripes, 2)),
      hash_{seed},
      stripes_(std::make_unique<Stripe[]>(kStripes)) {
  for (std::size_t i = 0; i < kStripes; ++i) {
    stripes_[i].buckets = std::unordered_map<BucketKey, Bucket, Hash>(0, hash_);
  }
}

BucketTable::Stripe& BucketTable::StripeOf(const BucketKey& key) {
  // The upper bits: the map within the stripe uses the lower ones.
  return stripes_[(hash_(key) >> 48) % kStripes];
}

void BucketTable::Forget(const BucketKey& key) {
  Stripe& stripe = StripeOf(key);
  const std::lock_guard lock(stripe.mutex);
  stripe.buckets.erase(key);
}

std::size_t BucketTable::size() const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < kStripes; ++i) {
    const std::lock_guard lock(stripes_[i].mutex);
    size += stripes_[i].buckets.size();
  }
  return size;
}

void BucketTable::MakeRoom(Stripe& stripe, SteadyTime now) {
  std::erase_if(stripe.buckets, [now](const auto& item) { return item.second.IsFull(now); });
  // With little room gained the next new key would search all of them again.
  if (stripe.buckets.size() <= stripe_capacity_ / 2) return;
  std::vector<SteadyTime> times;
  times.reserve(stripe.buckets.size());
  for (const auto& [key, bucket] : stripe.buckets) times.push_back(bucket.full_at());
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  forgotten_.fetch_add(std::erase_if(stripe.buckets,
                                     [median = *middle](const auto& item) {
                                       return item.second.full_at() <= median;
                                     }),
                       std::memory_order_relaxed);
}

}  // namespace parley::limits
