#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "runtime/completer.h"
#include "runtime/task.h"

namespace parley::runtime {

/// Lets so many tasks through at a time; the others wait in the order in which they came. Any
/// thread; outlives the places that it gives. (E. W. Dijkstra, "Cooperating sequential processes",
/// 1965.)
class Semaphore {
 public:
  /// Kept while one is through.
  class Place {
   public:
    Place() = default;
    explicit Place(Semaphore* owner) : owner_(owner) {}
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(owner_, other.owner_);
      return *this;
    }
    ~Place();

   private:
    Semaphore* owner_ = nullptr;
  };

  /// 0 places: as many as come.
  explicit Semaphore(std::size_t places);
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Waits for a place. Not cancellable: who does not want it any more gives it back at once.
  Task<Place> Enter();

  std::size_t waiting() const;

  /// Lets all through who wait or come later, without a place. Before the shards of those who wait
  /// end: whoever is let through goes on there. Idempotent.
  void Close();

 private:
  /// With the lock. Nothing: all are taken.
  std::optional<Place> Take();
  void Leave();

  mutable std::mutex mutex_;
  std::size_t free_;  // this and the following guarded by mutex_
  bool closed_ = false;
  std::deque<Completer<Status>> waiting_;  // only where nothing is free
};

/// The same; null, where nothing is limited, lets through at once.
Task<Semaphore::Place> Enter(Semaphore* semaphore);

}  // namespace parley::runtime
