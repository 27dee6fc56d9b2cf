#include "storage/cassandra/fan.h"

namespace parley::storage::cassandra {

void Fan::Start(Session& session, std::vector<Bound> bounds, Session::AllDone done) {
  std::make_shared<Fan>(session, std::move(bounds), std::move(done))->Go();
}

Fan::Fan(Session& session, std::vector<Bound> bounds, Session::AllDone done)
    : session_(session),
      bounds_(std::move(bounds)),
      rows_(bounds_.size()),
      done_(std::move(done)) {}

void Fan::Go() {
  std::unique_lock lock(mutex_);
  while (error_.ok() && next_ < bounds_.size() && under_way_ < Session::kWidth) {
    const std::size_t index = next_++;
    ++under_way_;
    Bound bound = std::move(bounds_[index]);
    lock.unlock();
    session_.Execute(std::move(bound), {}, [self = shared_from_this(), index](Result<Rows> rows) {
      self->Ended(index, std::move(rows));
    });
    lock.lock();
  }
  if (under_way_ > 0 || (error_.ok() && next_ < bounds_.size())) return;
  Session::AllDone done = std::exchange(done_, nullptr);
  if (!done) return;  // another thread came first
  Result<std::vector<Rows>> answer =
      error_.ok() ? Result<std::vector<Rows>>(std::move(rows_)) : Result<std::vector<Rows>>(error_);
  lock.unlock();
  done(std::move(answer));
}

void Fan::Ended(std::size_t index, Result<Rows> rows) {
  {
    const std::lock_guard lock(mutex_);
    --under_way_;
    if (rows.ok()) {
      rows_[index] = *std::move(rows);
    } else if (error_.ok()) {
      error_ = rows.status();
    }
  }
  Go();
}

}  // namespace parley::storage::cassandra
