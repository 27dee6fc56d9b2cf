#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "bench/raw_bytes.h"

namespace parley::bench {
namespace {

/// Between processes of one program on one machine: no format that anything else reads.
struct Head {
  std::uint64_t buckets = 0;  ///< that are not empty
  std::uint64_t count = 0;
  std::uint64_t max = 0;
  double sum = 0;
};
struct Bucket {
  std::uint64_t index = 0;
  std::uint64_t count = 0;
};

}  // namespace

Histogram::Histogram() : buckets_(IndexOf((std::uint64_t{1} << kMaxBits) - 1) + 1) {}

std::size_t Histogram::IndexOf(std::uint64_t value) {
  if (value < kLinear) return value;
  // Keep the top 11 bits: the shift says which power of two, they say where in it.
  const int shift = static_cast<int>(std::bit_width(value)) - (kPrecisionBits + 1);
  return (static_cast<std::size_t>(shift) << kPrecisionBits) + (value >> shift);
}

std::uint64_t Histogram::UpperEnd(std::size_t index) {
  if (index < kLinear) return index;
  const std::size_t shift = (index >> kPrecisionBits) - 1;
  const std::uint64_t top = index - (shift << kPrecisionBits);
  return ((top + 1) << shift) - 1;
}

void Histogram::Record(std::uint64_t value) {
  const std::uint64_t counted = std::min(value, (std::uint64_t{1} << kMaxBits) - 1);
  ++buckets_[IndexOf(counted)];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void Histogram::Merge(const Histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void Histogram::AppendTo(std::string& bytes) const {
  Head head{.buckets = 0, .count = count_, .max = max_, .sum = sum_};
  for (const std::uint64_t bucket : buckets_) head.buckets += bucket > 0 ? 1 : 0;
  AppendRaw(bytes, head);
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i] > 0) AppendRaw(bytes, Bucket{i, buckets_[i]});
  }
}

bool Histogram::MergeFrom(std::string_view& bytes) {
  Head head;
  if (!TakeRaw(bytes, head)) return false;
  for (std::uint64_t n = 0; n < head.buckets; ++n) {
    Bucket bucket;
    if (!TakeRaw(bytes, bucket) || bucket.index >= buckets_.size()) return false;
    buckets_[bucket.index] += bucket.count;
  }
  count_ += head.count;
  max_ = std::max(max_, head.max);
  sum_ += head.sum;
  return true;
}

double Histogram::Mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

std::uint64_t Histogram::Percentile(double percent) const {
  if (count_ == 0) return 0;
  // Less a whisker, or 99.9 % of 1,000 would be 999.0000000000001 and count as 1,000.
  constexpr double kRounding = 1 - 1e-12;
  const double rank =
      std::clamp(percent, 0.0, 100.0) * static_cast<double>(count_) / 100 * kRounding;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(rank));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) return std::min(UpperEnd(i), max_);
  }
  return max_;
}

}  // namespace parley::bench
