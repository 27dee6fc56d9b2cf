#include "limits/keyed_slots.h"

#include <chrono>
#include <cstring>
#include <functional>
#include <string_view>

namespace parley::limits {
namespace {

constexpr std::chrono::seconds kRetryAfter{1};

Status TooMuchHere() {
  return Status(StatusCode::kRateLimited, "too much at once from this address: try again soon")
      .WithRetryAfter(kRetryAfter);
}

Status TooMuchOverall() {
  return Unavailable("the server is busy: try again soon").WithRetryAfter(kRetryAfter);
}

}  // namespace

std::size_t KeyedSlots::Hash::operator()(const ClientAddress& address) const {
  return std::hash<std::string_view>()(
      {reinterpret_cast<const char*>(address.bytes().data()), address.bytes().size()});
}

runtime::Task<Result<KeyedSlots::Slot>> KeyedSlots::Enter(ClientAddress address) {
  co_return co_await runtime::AwaitCompletion<Result<Slot>>(
      [this, address](Waiter waiter) { Queue(address, std::move(waiter)); });
}

void KeyedSlots::Queue(const ClientAddress& address, Waiter waiter) {
  // Waiters are called without the lock: what they resume may come back here.
  Result<Slot> answer = TooMuchOverall();
  {
    const std::lock_guard lock(mutex_);
    if (std::optional<Slot> slot = Take(address)) {
      answer = *std::move(slot);
    } else {
      std::deque<Waiter>& waiters = entries_[address].waiters;
      if (waiters.size() >= options_.waiting_per_address) {
        answer = TooMuchHere();
      } else if (waiting_ < options_.waiting) {
        ++waiting_;
        waiters.push_back(std::move(waiter));
        return;
      }
    }
  }
  waiter(std::move(answer));
}

std::optional<KeyedSlots::Slot> KeyedSlots::TryEnter(const ClientAddress& address,
                                                     std::size_t many) {
  const std::lock_guard lock(mutex_);
  if (held_ >= many && entries_.contains(address)) return std::nullopt;
  return Take(address);
}

std::optional<KeyedSlots::Slot> KeyedSlots::Take(const ClientAddress& address) {
  Entry& entry = entries_[address];
  if (entry.held >= options_.per_address) return std::nullopt;
  ++entry.held;
  ++held_;
  return Slot(this, address);
}

void KeyedSlots::Leave(const ClientAddress& address) {
  std::optional<Waiter> next;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(address);
    Entry& entry = found->second;
    if (!entry.waiters.empty()) {
      next.emplace(std::move(entry.waiters.front()));
      entry.waiters.pop_front();
      --waiting_;
    } else {
      --held_;
      if (--entry.held == 0) entries_.erase(found);
    }
  }
  // The slot goes over to the next one, counted as before.
  if (next) (*next)(Slot(this, address));
}

std::size_t KeyedSlots::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

std::size_t KeyedSlots::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

}  // namespace parley::limits
