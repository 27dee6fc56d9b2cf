#include "limits/bucket.h"

#include <algorithm>

namespace parley::limits {

Pace PaceOf(const Rate& rate) {
  const nanoseconds interval =
      nanoseconds(std::chrono::minutes(1)) / static_cast<std::int64_t>(rate.per_minute);
  return {interval, interval * static_cast<std::int64_t>(rate.burst)};
}

SteadyTime Bucket::Start(nanoseconds most, SteadyTime now) const {
  return std::clamp(full_at_, now, now + most);
}

nanoseconds Bucket::Take(const Pace& pace, std::size_t cost, SteadyTime now) {
  // By division first: a cost that a client names could overflow the product.
  const auto burst = static_cast<std::size_t>(pace.depth / pace.interval);
  const nanoseconds price = pace.interval * static_cast<std::int64_t>(std::min(cost, burst));
  const SteadyTime full_at = Start(pace.depth, now) + price;
  const nanoseconds wait = full_at - now - pace.depth;
  if (wait > nanoseconds::zero()) return wait;
  full_at_ = full_at;
  return nanoseconds::zero();
}

Bucket::Loan Bucket::Borrow(const Pace& pace, nanoseconds debt, SteadyTime now) {
  const nanoseconds most = pace.depth + debt;
  const SteadyTime start = Start(most, now);
  full_at_ = std::min(start + pace.interval, now + most);
  return {full_at_ - start, std::max(full_at_ - now - pace.depth, nanoseconds::zero())};
}

}  // namespace parley::limits
