#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/result.h"
#include "limits/client_address.h"
#include "runtime/completer.h"
#include "runtime/task.h"

namespace parley::limits {

struct SlotOptions {
  std::size_t per_address = 4;            ///< slots that one address may hold
  std::size_t waiting_per_address = 256;  ///< further ones that may wait for a slot
  std::size_t waiting = 1'024;            ///< the same over all addresses
};

/// Bounds how much of something costly is under way for one address, so that no address starves the
/// others: further work of the same address waits, in the order it came. Any thread; awaited on a
/// shard. Must outlive all slots.
class KeyedSlots {
 public:
  /// Held while the work is under way; giving it up lets the next one in. The default holds
  /// nothing.
  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept
        : slots_(std::exchange(other.slots_, nullptr)), address_(other.address_) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(slots_, other.slots_);
      std::swap(address_, other.address_);
      return *this;
    }
    ~Slot() {
      if (slots_ != nullptr) slots_->Leave(address_);
    }

   private:
    friend class KeyedSlots;
    Slot(KeyedSlots* slots, ClientAddress address) : slots_(slots), address_(address) {}

    KeyedSlots* slots_ = nullptr;
    ClientAddress address_;
  };

  explicit KeyedSlots(SlotOptions options) : options_(options) {}

  /// Waits for a slot. kRateLimited where too much waits for the address; kUnavailable where too
  /// much waits over all.
  runtime::Task<Result<Slot>> Enter(ClientAddress address);
  /// A slot if there is one right now. While `many` or more are held over all, an address gets none
  /// beyond its first: nobody else can take that one away.
  std::optional<Slot> TryEnter(const ClientAddress& address, std::size_t many);

  /// How many wait.
  std::size_t waiting() const;
  /// How many slots are held.
  std::size_t held() const;

 private:
  using Waiter = runtime::Completer<Result<Slot>>;
  struct Hash {
    std::size_t operator()(const ClientAddress& address) const;
  };
  /// An address that holds slots.
  struct Entry {
    std::size_t held = 0;
    std::deque<Waiter> waiters;
  };

  std::optional<Slot> Take(const ClientAddress& address);  // under mutex_
  void Queue(const ClientAddress& address, Waiter waiter);
  void Leave(const ClientAddress& address);

  const SlotOptions options_;
  mutable std::mutex mutex_;
  std::unordered_map<ClientAddress, Entry, Hash> entries_;  // guarded by mutex_
  std::size_t waiting_ = 0;                                 // guarded by mutex_
  std::size_t held_ = 0;                                    // guarded by mutex_
};

}  // namespace parley::limits
