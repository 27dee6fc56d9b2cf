#include "limits/rate_limits.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace parley::limits {
namespace {

struct ActionRate {
  std::string_view name;
  Rate RateSettings::* rate;
};

/// In the order of Action.
constexpr std::array<ActionRate, kActions> kTable{{
    {"request", &RateSettings::requests},
    {"send", &RateSettings::sends},
    {"conversation", &RateSettings::conversations},
    {"member", &RateSettings::members},
    {"search", &RateSettings::searches},
    {"momentary", &RateSettings::momentary},
    {"resume", &RateSettings::resumes},
    {"frame", &RateSettings::frames},
    {"anonymous", &RateSettings::anonymous},
    {"account", &RateSettings::accounts},
    {"sign_in", &RateSettings::sign_ins},
    {"failed_token", &RateSettings::failed_tokens},
    {"websocket", &RateSettings::websockets},
    {"guess", &RateSettings::guesses},
    {"guess_all", &RateSettings::guesses_all},
}};

std::vector<std::string> Names() {
  std::vector<std::string> names;
  names.reserve(kActions);
  for (const ActionRate& row : kTable) names.emplace_back(row.name);
  return names;
}

std::size_t IndexOf(Action action) { return static_cast<std::size_t>(action); }

BucketKey KeyOf(const std::array<std::uint8_t, 16>& owner, Action action) {
  return {owner, static_cast<std::uint8_t>(action)};
}

std::uint64_t Seed(Random& random) {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes;
  random.Fill(bytes);
  std::uint64_t seed = 0;
  for (const std::uint8_t byte : bytes) seed = seed << 8 | byte;
  return seed;
}

}  // namespace

std::string_view ActionName(Action action) { return kTable[IndexOf(action)].name; }

RateLimits::RateLimits(const RateSettings& settings, bool enabled, Random& random, Now now,
                       std::size_t max_buckets)
    : now_(std::move(now)),
      accounts_(max_buckets, Seed(random)),
      addresses_(max_buckets, Seed(random)),
      refusals_("kind", Names()) {
  Set(settings, enabled);
}

void RateLimits::Set(const RateSettings& settings, bool enabled) {
  // One after the other: a check meanwhile may reckon with half of a new rate, once.
  for (std::size_t i = 0; i < kActions; ++i) {
    const Pace pace = PaceOf(settings.*kTable[i].rate);
    paces_[i].interval.store(pace.interval, std::memory_order_relaxed);
    paces_[i].depth.store(pace.depth, std::memory_order_relaxed);
  }
  delay_.store(settings.password_delay, std::memory_order_relaxed);
  enabled_.store(enabled, std::memory_order_relaxed);
}

Pace RateLimits::pace(Action action) const {
  const AtomicPace& pace = paces_[IndexOf(action)];
  return {pace.interval.load(std::memory_order_relaxed),
          pace.depth.load(std::memory_order_relaxed)};
}

Status RateLimits::Admit(UserId user, Action action, std::size_t cost) {
  return Take(accounts_, KeyOf(user.uuid().bytes(), action), action, cost);
}

Status RateLimits::Admit(const ClientAddress& address, Action action) {
  return Take(addresses_, KeyOf(address.bytes(), action), action, 1);
}

Status RateLimits::Admit(Bucket& bucket, Action action) {
  if (!enabled()) return Status::Ok();
  const nanoseconds wait = bucket.Take(pace(action), 1, now());
  return wait == nanoseconds::zero() ? Status::Ok() : Refuse(action, wait);
}

void RateLimits::GiveBack(UserId user, Action action) {
  if (!enabled()) return;
  accounts_.Use(KeyOf(user.uuid().bytes(), action), now(), [&](Bucket& bucket) {
    bucket.Give(pace(action).interval);
    return true;
  });
}

Status RateLimits::Take(BucketTable& table, const BucketKey& key, Action action, std::size_t cost) {
  if (!enabled()) return Status::Ok();
  const SteadyTime time = now();
  const nanoseconds wait =
      table.Use(key, time, [&](Bucket& bucket) { return bucket.Take(pace(action), cost, time); });
  return wait == nanoseconds::zero() ? Status::Ok() : Refuse(action, wait);
}

Status RateLimits::Refuse(Action action, nanoseconds wait) {
  refusals_.Count(ActionName(action));
  const auto retry_after =
      std::max(std::chrono::ceil<std::chrono::milliseconds>(wait), std::chrono::milliseconds(1));
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after);
  return Status(StatusCode::kRateLimited,
                fmt::format("too much at once: try again in {} s", seconds.count()))
      .WithRetryAfter(retry_after);
}

}  // namespace parley::limits
