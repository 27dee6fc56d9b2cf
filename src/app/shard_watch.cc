#include "app/shard_watch.h"

#include <atomic>
#include <chrono>

#include <fmt/core.h>

#include "runtime/timer.h"

namespace parley::app {
namespace {

using std::chrono::steady_clock;

/// Each wakes a thread, on a machine that may have nothing else to do.
constexpr std::chrono::milliseconds kEvery{1'000};
/// A shard does nothing that blocks; what takes it so long is a bug or a machine that stands still.
constexpr std::chrono::seconds kDeadAfter{30};

}  // namespace

struct ShardWatch::Pulse {
  explicit Pulse(runtime::Shard& on) : shard(on), timer(on) {}

  runtime::Shard& shard;
  runtime::Timer timer;
  std::atomic<steady_clock::time_point> last{steady_clock::now()};
};

ShardWatch::ShardWatch(const std::vector<runtime::Shard*>& shards) {
  pulses_.reserve(shards.size());
  for (runtime::Shard* shard : shards) pulses_.push_back(std::make_unique<Pulse>(*shard));
}

ShardWatch::~ShardWatch() = default;

void ShardWatch::Start() {
  for (const std::unique_ptr<Pulse>& pulse : pulses_) {
    pulse->shard.Post([this, &pulse = *pulse] { Arm(pulse); });
  }
}

void ShardWatch::Arm(Pulse& pulse) {
  const auto due = steady_clock::now() + kEvery;
  pulse.timer.After(kEvery, [this, &pulse, due] {
    pulse.shard.Post([this, &pulse, due] {
      const auto now = steady_clock::now();
      latency_.Observe(now - due);
      pulse.last.store(now, std::memory_order_relaxed);
      Arm(pulse);
    });
  });
}

Status ShardWatch::health() const {
  const auto now = steady_clock::now();
  for (const std::unique_ptr<Pulse>& pulse : pulses_) {
    if (now - pulse->last.load(std::memory_order_relaxed) > kDeadAfter) {
      return Internal(fmt::format("shard {} has not run anything for {} s", pulse->shard.index(),
                                  kDeadAfter.count()));
    }
  }
  return Status::Ok();
}

}  // namespace parley::app
