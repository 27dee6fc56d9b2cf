#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/status.h"
#include "limits/bucket.h"
#include "limits/bucket_table.h"
#include "limits/client_address.h"
#include "limits/rate.h"
#include "metrics/counter_set.h"
#include "model/ids.h"

namespace parley::limits {

/// What is limited; each has its rate in RateSettings.
enum class Action : std::uint8_t {
  kRequest,
  kSend,
  kConversation,
  kMember,
  kSearch,
  kMomentary,
  kResume,
  kFrame,
  kAnonymous,
  kAccount,
  kSignIn,
  kFailedToken,
  kWebSocket,
  kPasswordFailure,
  kPasswordFailureAll,
};
inline constexpr std::size_t kActions = 15;

/// As the metrics call it: "send".
std::string_view ActionName(Action action);

/// Token buckets by account and by address: who is too fast is told when to try again.
///
///   PARLEY_TRY(rates.Admit(user, Action::kSend));
///
/// Any thread; a check takes some hundred nanoseconds. What is remembered is bounded: kMaxBuckets
/// for accounts and as many for addresses, of which those that matter least are forgotten first.
class RateLimits {
 public:
  using Now = std::function<SteadyTime()>;
  /// Some 64 bytes each.
  static constexpr std::size_t kMaxBuckets = std::size_t{1} << 17;

  RateLimits(const RateSettings& settings, bool enabled, Random& random,
             Now now = &std::chrono::steady_clock::now, std::size_t max_buckets = kMaxBuckets);

  /// Replaces all rates, from any thread, while others check. What was used up stays so. Not
  /// enabled: nothing is limited.
  void Set(const RateSettings& settings, bool enabled);

  /// kRateLimited with retry_after if `cost` times `action` is too much for now: of the account, of
  /// the address, or of whatever has that bucket.
  Status Admit(UserId user, Action action, std::size_t cost = 1);
  Status Admit(const ClientAddress& address, Action action);
  Status Admit(Bucket& bucket, Action action);
  /// Gives back what one Admit took: for who was then refused by another rate.
  void GiveBack(UserId user, Action action);

  // For limits that reckon by themselves (auth/guess_guard.h).
  bool enabled() const { return enabled_.load(std::memory_order_relaxed); }
  SteadyTime now() const { return now_(); }
  Pace pace(Action action) const;
  std::chrono::milliseconds password_delay() const {
    return delay_.load(std::memory_order_relaxed);
  }
  /// Counts a refusal and puts it in words.
  Status Refuse(Action action, nanoseconds wait);

  /// Refusals by kind, sizes of the tables and what they had to forget, for metrics.
  std::vector<metrics::Sample> refusals() const { return refusals_.Read(); }
  std::size_t account_buckets() const { return accounts_.size(); }
  std::size_t address_buckets() const { return addresses_.size(); }
  std::uint64_t forgotten() const { return accounts_.forgotten() + addresses_.forgotten(); }

 private:
  struct AtomicPace {
    std::atomic<nanoseconds> interval;
    std::atomic<nanoseconds> depth;
  };

  Status Take(BucketTable& table, const BucketKey& key, Action action, std::size_t cost);

  const Now now_;
  std::atomic<bool> enabled_{true};
  std::atomic<std::chrono::milliseconds> delay_;
  std::array<AtomicPace, kActions> paces_;
  BucketTable accounts_;
  BucketTable addresses_;
  metrics::CounterSet refusals_;
};

}  // namespace parley::limits
