#pragma once

#include <cstddef>
#include <deque>
#include <mutex>

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
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
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

 private:
  bool TakeFree();
  void Leave();

  mutable std::mutex mutex_;
  std::size_t free_;                       // guarded by mutex_
  std::deque<Completer<Status>> waiting_;  // guarded by mutex_; only where nothing is free
};

/// The same; null, where nothing is limited, lets through at once.
Task<Semaphore::Place> Enter(Semaphore* semaphore);

}  // namespace parley::runtime
