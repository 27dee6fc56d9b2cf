#include "storage/memory/controls.h"

#include <cassert>

namespace parley::storage::memory {

void Controls::HoldCommits() {
  const std::lock_guard lock(mutex_);
  commits_held_ = true;
}

void Controls::ReleaseCommits() {
  const std::lock_guard lock(mutex_);
  commits_held_ = false;
  commits_released_.notify_all();
}

void Controls::FailNextAppend(AppendOutcome outcome, Written written) {
  assert(outcome != AppendOutcome::kCommitted && "that is no failure");
  assert((written == Written::kNo || outcome == AppendOutcome::kUnknown) &&
         "what was written is never answered as refused");
  const std::lock_guard lock(mutex_);
  failures_.push_back({.outcome = outcome, .written = written});
}

void Controls::HoldReads() {
  const std::lock_guard lock(mutex_);
  reads_held_ = true;
  interfering_ = true;
}

void Controls::ReleaseReads() {
  std::vector<runtime::Completer<Status>> released;
  {
    const std::lock_guard lock(mutex_);
    reads_held_ = false;
    interfering_ = !read_status_.ok();
    released.swap(held_reads_);
  }
  for (runtime::Completer<Status>& read : released) read(Status::Ok());
}

std::size_t Controls::held_reads() const {
  const std::lock_guard lock(mutex_);
  return held_reads_.size();
}

void Controls::FailReads(Status status) {
  const std::lock_guard lock(mutex_);
  read_status_ = std::move(status);
  interfering_ = reads_held_ || !read_status_.ok();
}

void Controls::AwaitCommit() {
  std::unique_lock lock(mutex_);
  commits_released_.wait(lock, [this] { return !commits_held_; });
}

std::optional<Controls::Failure> Controls::TakeFailure() {
  const std::lock_guard lock(mutex_);
  if (failures_.empty()) return std::nullopt;
  const Failure failure = failures_.front();
  failures_.pop_front();
  return failure;
}

void Controls::StopNextAppend(std::size_t steps, StoppedAnswer answer) {
  const std::lock_guard lock(mutex_);
  stops_.push_back({.steps = steps, .answer = answer});
}

std::optional<Controls::Stop> Controls::TakeStop() {
  const std::lock_guard lock(mutex_);
  if (stops_.empty()) return std::nullopt;
  const Stop stop = stops_.front();
  stops_.pop_front();
  return stop;
}

runtime::Task<Status> Controls::Interfere() {
  const Status released =
      co_await runtime::AwaitCompletion<Status>([this](runtime::Completer<Status> read) {
        {
          const std::lock_guard lock(mutex_);
          if (reads_held_) {
            held_reads_.push_back(std::move(read));
            return;
          }
        }
        read(Status::Ok());
      });
  if (!released.ok()) co_return released;
  const std::lock_guard lock(mutex_);
  co_return read_status_;
}

}  // namespace parley::storage::memory
