#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace parley::bench {

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
