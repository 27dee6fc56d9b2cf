#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "base/result.h"
#include "limits/bucket_table.h"
#include "limits/client_address.h"
#include "limits/keyed_slots.h"
#include "limits/rate_limits.h"
#include "runtime/task.h"
#include "runtime/timer.h"
#include "storage/meta_store.h"

namespace parley::auth {

/// Bounds of the guard; the rates are in limits::RateSettings.
struct GuessOptions {
  std::size_t names = std::size_t{1} << 16;  ///< that are remembered, with addresses and without
  std::size_t known_addresses = std::size_t{1} << 16;  ///< that have signed in to an account
  std::size_t delayed_per_address = 16;
  /// Over all addresses; beyond, one of each address, and kRateLimited for its further ones.
  std::size_t delayed = 1'024;
  limits::SlotOptions hashes{};  ///< that are under way for one address
  /// How a try is delayed; tests look on.
  std::function<runtime::Task<void>(std::chrono::milliseconds)> sleep = &runtime::Sleep;
};

/// Stands against the guessing of passwords, without letting a stranger lock anybody out:
///
/// - From one address a name is tried only so often (rates.guesses); beyond, tries are refused.
/// - From all addresses together (rates.guesses_all) tries are delayed, the longer the more
///   there were, so that the owner gets in from elsewhere; at once from an address that has signed
///   in to the account before. An address with no other try that is delayed is never refused for
///   it, whatever the others do; what waits is thereby bounded by the open connections.
/// - Of one address only a few passwords are looked at at the same time.
///
/// Names count as they were typed, in lower case, whether somebody has them or not: so neither
/// answers nor times tell. (What NIST SP 800-63B, 5.2.2 asks for, and OWASP's Authentication Cheat
/// Sheet against locking out.) What is remembered is bounded and in memory alone.
///
/// Any thread; awaited on a shard. All that it uses must outlive it, and it all tries.
class GuessGuard {
 public:
  /// A try that may look at the password. It counts as failed until it is settled otherwise.
  /// Belongs to the task that tries.
  class Try {
   public:
    Try() = default;
    Try(Try&& other) noexcept = default;
    Try& operator=(Try&& other) noexcept = default;

    /// OK: the password was right, so what failed before from this address is forgotten, and the
    /// address remembered. The code `wrong`: it was wrong. Others: nobody knows, and the try does
    /// not count.
    void Settle(const Status& outcome, StatusCode wrong);

   private:
    friend class GuessGuard;

    void Right();
    void Void();

    GuessGuard* guard_ = nullptr;  // null: nothing to count
    limits::BucketKey here_;       // the name from this address
    limits::BucketKey all_;        // the name from anywhere
    // What it took of them.
    limits::nanoseconds here_taken_{0};
    limits::nanoseconds all_taken_{0};
    limits::KeyedSlots::Slot slot_;
  };

  GuessGuard(limits::RateLimits& rates, Random& random, GuessOptions options = {});

  /// To be awaited before the password of `name` is looked at; may take as long as
  /// `rates.guess_delay_ms`, and until other tries from that address end. kRateLimited, and
  /// kUnavailable where too much waits over all.
  runtime::Task<Result<Try>> Enter(std::string name, limits::ClientAddress address);

  /// For who makes an account: hashing costs the same, and nothing is guessed.
  runtime::Task<Result<Try>> EnterNew(std::string name, limits::ClientAddress address);

  // For metrics.
  std::size_t delayed() const { return delays_.held(); }
  std::size_t waiting() const { return hashes_.waiting(); }
  std::size_t buckets() const { return tries_.size() + known_.size(); }
  std::uint64_t forgotten() const { return tries_.forgotten() + known_.forgotten(); }

 private:
  limits::BucketKey KeyOf(std::string_view name, const limits::ClientAddress* address) const;
  bool IsKnown(const limits::BucketKey& here);
  void GiveBack(const limits::BucketKey& key, limits::nanoseconds taken);
  limits::Bucket::Loan Borrow(const limits::BucketKey& all);
  runtime::Task<Status> Delay(limits::nanoseconds wait, limits::ClientAddress address);

  limits::RateLimits& rates_;
  const GuessOptions options_;
  const storage::SecretKey key_;
  limits::BucketTable tries_;
  limits::BucketTable known_;  // not full as long as an address is known
  limits::KeyedSlots delays_;
  limits::KeyedSlots hashes_;
};

}  // namespace parley::auth
