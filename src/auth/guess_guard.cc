#include "auth/guess_guard.h"

#include <optional>
#include <sodium.h>

namespace parley::auth {
namespace {

using limits::Action;
using limits::Bucket;
using limits::BucketKey;
using limits::ClientAddress;
using limits::nanoseconds;
using limits::SteadyTime;
using runtime::Task;

/// How long an address is known after it has signed in to an account: as long as a session lives.
constexpr std::chrono::hours kKnown{24 * 90};

std::uint64_t Seed(Random& random) {
  std::uint64_t seed = 0;
  random.Fill({reinterpret_cast<std::uint8_t*>(&seed), sizeof seed});
  return seed;
}

storage::SecretKey MakeKey(Random& random) {
  storage::SecretKey key{};
  random.Fill(key);
  return key;
}

std::string InLowerCase(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

}  // namespace

GuessGuard::GuessGuard(limits::RateLimits& rates, Random& random, GuessOptions options)
    : rates_(rates),
      options_(std::move(options)),
      key_(MakeKey(random)),
      tries_(2 * options_.names, Seed(random)),
      known_(options_.known_addresses, Seed(random)),
      delays_({.per_address = options_.delayed_per_address}),
      hashes_(options_.hashes) {}

/// A hash under a key of this process: names are not kept, and nobody can choose ones that collide.
BucketKey GuessGuard::KeyOf(std::string_view name, const ClientAddress* address) const {
  BucketKey key;
  key.action = static_cast<std::uint8_t>(address == nullptr ? Action::kPasswordFailureAll
                                                            : Action::kPasswordFailure);
  std::string bytes;
  bytes.reserve(sizeof(ClientAddress::Bytes) + name.size());
  if (address != nullptr) {
    bytes.append(reinterpret_cast<const char*>(address->bytes().data()), address->bytes().size());
  }
  bytes.append(name);
  static_assert(sizeof key.owner == crypto_generichash_BYTES_MIN);
  crypto_generichash(key.owner.data(), key.owner.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     key_.data(), key_.size());
  return key;
}

Task<Result<GuessGuard::Try>> GuessGuard::Enter(std::string name, ClientAddress address) {
  Try attempt;
  if (!rates_.enabled()) co_return attempt;
  const std::string lower = InLowerCase(std::move(name));
  const BucketKey here = KeyOf(lower, &address);
  const SteadyTime now = rates_.now();
  const limits::Pace pace = rates_.pace(Action::kPasswordFailure);
  const nanoseconds wait =
      tries_.Use(here, now, [&](Bucket& bucket) { return bucket.Take(pace, 1, now); });
  if (wait > nanoseconds::zero()) co_return rates_.Refuse(Action::kPasswordFailure, wait);

  // Taken before the outcome is known, so that many tries at once are not free.
  attempt.guard_ = this;
  attempt.here_taken_ = pace.interval;
  attempt.here_ = here;
  attempt.all_ = KeyOf(lower, nullptr);
  if (!IsKnown(here)) {
    const Bucket::Loan loan = Borrow(attempt.all_);
    attempt.all_taken_ = loan.taken;
    if (Status delayed = co_await Delay(loan.wait, address); !delayed.ok()) {
      attempt.Void();
      co_return delayed;
    }
  }
  Result<limits::KeyedSlots::Slot> slot = co_await hashes_.Enter(address);
  if (!slot.ok()) {
    attempt.Void();
    co_return slot.status();
  }
  attempt.slot_ = *std::move(slot);
  co_return attempt;
}

Task<Result<GuessGuard::Try>> GuessGuard::EnterNew(std::string name, ClientAddress address) {
  Try attempt;
  if (!rates_.enabled()) co_return attempt;
  PARLEY_CO_ASSIGN(attempt.slot_, co_await hashes_.Enter(address));
  attempt.guard_ = this;
  attempt.here_ = KeyOf(InLowerCase(std::move(name)), &address);
  co_return attempt;
}

Bucket::Loan GuessGuard::Borrow(const BucketKey& all) {
  const SteadyTime now = rates_.now();
  return tries_.Use(all, now, [&](Bucket& bucket) {
    return bucket.Borrow(rates_.pace(Action::kPasswordFailureAll), rates_.password_delay(), now);
  });
}

Task<Status> GuessGuard::Delay(nanoseconds wait, ClientAddress address) {
  if (wait == nanoseconds::zero()) co_return Status::Ok();
  const std::optional<limits::KeyedSlots::Slot> place = delays_.TryEnter(address, options_.delayed);
  if (!place) co_return rates_.Refuse(Action::kPasswordFailureAll, wait);
  co_await options_.sleep(std::chrono::ceil<std::chrono::milliseconds>(wait));
  co_return Status::Ok();
}

bool GuessGuard::IsKnown(const BucketKey& here) {
  const SteadyTime now = rates_.now();
  return known_.Use(here, now, [now](Bucket& bucket) { return !bucket.IsFull(now); });
}

void GuessGuard::GiveBack(const BucketKey& key, nanoseconds taken) {
  if (taken == nanoseconds::zero()) return;
  tries_.Use(key, rates_.now(), [taken](Bucket& bucket) {
    bucket.Give(taken);
    return true;
  });
}

void GuessGuard::Try::Settle(const Status& outcome, StatusCode wrong) {
  if (guard_ == nullptr || outcome.code() == wrong) return;
  if (outcome.ok()) {
    Right();
  } else {
    Void();
  }
}

void GuessGuard::Try::Right() {
  guard_->tries_.Forget(here_);
  guard_->GiveBack(all_, all_taken_);
  const SteadyTime now = guard_->rates_.now();
  guard_->known_.Use(here_, now, [now](Bucket& bucket) {
    bucket.FillAt(now + kKnown);
    return true;
  });
}

void GuessGuard::Try::Void() {
  guard_->GiveBack(here_, here_taken_);
  guard_->GiveBack(all_, all_taken_);
}

}  // namespace parley::auth
