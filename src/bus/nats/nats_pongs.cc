#include "bus/nats/nats_pongs.h"

#include <algorithm>
#include <utility>

namespace parley::bus {

using std::chrono::steady_clock;

void NatsPongs::Await(std::chrono::milliseconds timeout, Done done) {
  const Time now = steady_clock::now();
  owed_.push_back({now, now + timeout, std::move(done)});
  Watch();
}

void NatsPongs::Await() { owed_.push_back({steady_clock::now(), Time::max(), nullptr}); }

void NatsPongs::Take() {
  if (owed_.empty()) return;
  Owed owed = std::move(owed_.front());
  owed_.pop_front();
  if (owed.done) owed.done(Status::Ok());
}

void NatsPongs::EndAll(const Status& status) {
  for (Owed& owed : std::exchange(owed_, {})) {
    if (owed.done) owed.done(status);
  }
}

void NatsPongs::Watch() {
  if (watching_) return;
  Time next = Time::max();
  for (const Owed& owed : owed_) {
    if (owed.done) next = std::min(next, owed.deadline);
  }
  if (next == Time::max()) return;
  watching_ = true;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - steady_clock::now());
  timer_.After(std::max(wait, std::chrono::milliseconds(0)), [this] {
    watching_ = false;
    const Time now = steady_clock::now();
    for (Owed& owed : owed_) {
      if (owed.done && owed.deadline <= now) {
        std::exchange(owed.done, nullptr)(Unavailable("NATS did not answer in time"));
      }
    }
    Watch();
  });
}

}  // namespace parley::bus
