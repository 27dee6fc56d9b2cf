#include "runtime/semaphore.h"

#include <limits>
#include <utility>

namespace parley::runtime {
Semaphore::Place::~Place() {
  if (owner_ != nullptr) owner_->Leave();
}

Semaphore::Semaphore(std::size_t places)
    : free_(places != 0 ? places : std::numeric_limits<std::size_t>::max()) {}

std::optional<Semaphore::Place> Semaphore::Take() {
  if (closed_) return Place();
  if (free_ == 0) return std::nullopt;
  --free_;
  return Place(this);
}

Task<Semaphore::Place> Semaphore::Enter() {
  std::optional<Place> place;
  {
    const std::lock_guard lock(mutex_);
    place = Take();
  }
  if (place) co_return *std::move(place);
  const Status turn = co_await AwaitCompletion<Status>([&](Completer<Status> next) {
    {
      const std::lock_guard lock(mutex_);
      place = Take();
      if (!place) {
        waiting_.push_back(std::move(next));
        return;
      }
    }
    next(Status::Ok());
  });
  if (place) co_return *std::move(place);
  co_return turn.ok() ? Place(this) : Place();
}

void Semaphore::Close() {
  std::deque<Completer<Status>> waiting;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    waiting.swap(waiting_);
  }
  for (Completer<Status>& each : waiting) each(Unavailable("the server is stopping"));
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
