#include "runtime/semaphore.h"

#include <limits>
#include <optional>
#include <utility>

namespace parley::runtime {

Semaphore::Place::Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}

Semaphore::Place::~Place() {
  if (owner_ != nullptr) owner_->Leave();
}

Semaphore::Semaphore(std::size_t places)
    : free_(places != 0 ? places : std::numeric_limits<std::size_t>::max()) {}

Task<Semaphore::Place> Semaphore::Enter() {
  if (TakeFree()) co_return Place(this);
  const Status turn = co_await AwaitCompletion<Status>([this](Completer<Status> next) {
    {
      const std::lock_guard lock(mutex_);
      if (free_ == 0) {
        waiting_.push_back(std::move(next));
        return;
      }
      --free_;
    }
    next(Status::Ok());
  });
  // Else this is at its end, and gives no places any more.
  co_return turn.ok() ? Place(this) : Place();
}

bool Semaphore::TakeFree() {
  const std::lock_guard lock(mutex_);
  if (free_ == 0) return false;
  --free_;
  return true;
}

void Semaphore::Leave() {
  std::optional<Completer<Status>> next;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      ++free_;
      return;
    }
    next.emplace(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  (*next)(Status::Ok());
}

std::size_t Semaphore::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

Task<Semaphore::Place> Enter(Semaphore* semaphore) {
  if (semaphore == nullptr) co_return Semaphore::Place();
  co_return co_await semaphore->Enter();
}

}  // namespace parley::runtime
