#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

/// Counts values (nanoseconds, say) in buckets whose width grows with the value, so that any
/// percentile is right to within 0.1 % at any size: the log-linear histogram of Gil Tene's
/// HdrHistogram (https://hdrhistogram.github.io/HdrHistogram/), of which Debian has none for C++.
///
/// Values up to 2^40 (18 minutes in ns); larger ones are counted as that, but Max() is exact. Takes
/// 256 KiB. One thread; Merge() those of several.
class Histogram {
 public:
  Histogram();

  void Record(std::uint64_t value);
  void Merge(const Histogram& other);

  /// Everything it holds, for MergeFrom() in another process of this program.
  void AppendTo(std::string& bytes) const;
  /// Takes what AppendTo() wrote from the front of `bytes` and adds it. False: it is not that.
  bool MergeFrom(std::string_view& bytes);

  std::uint64_t count() const { return count_; }
  /// 0 where nothing was recorded; exact.
  std::uint64_t Max() const { return max_; }
  /// 0 where nothing was recorded; exact.
  double Mean() const;
  /// The smallest recorded value that at least `percent` (0 to 100) of all values do not exceed, to
  /// within a bucket: its upper end, but never more than Max(). 0 where nothing was recorded.
  std::uint64_t Percentile(double percent) const;

 private:
  static constexpr int kPrecisionBits = 10;  // 1,024 buckets for each power of two
  static constexpr int kMaxBits = 40;
  static constexpr std::uint64_t kLinear = std::uint64_t{2} << kPrecisionBits;

  static std::size_t IndexOf(std::uint64_t value);
  static std::uint64_t UpperEnd(std::size_t index);

  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace parley::bench
