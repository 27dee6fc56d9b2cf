#include "runtime/shard.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace parley::runtime {
namespace {

/// Room for so much work is kept; what a burst needed beyond goes back.
constexpr std::size_t kKeptWork = 4'096;

thread_local Shard* current_shard = nullptr;

/// Marks the calling thread as the shard's for as long as it lives.
class CurrentShard {
 public:
  explicit CurrentShard(Shard* shard) : before_(std::exchange(current_shard, shard)) {}
  ~CurrentShard() { current_shard = before_; }
  CurrentShard(const CurrentShard&) = delete;
  CurrentShard& operator=(const CurrentShard&) = delete;

 private:
  Shard* before_;
};

}  // namespace

Shard::Shard(int index) : index_(index) {}

Shard::~Shard() {
  Stop();
  Discard();
}

Shard* Shard::Current() { return current_shard; }

void Shard::Post(Work work) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    first = inbox_.empty();
    inbox_.push_back(std::move(work));
    if (first) ++waking_;
  }
  if (first) {
    boost::asio::post(*io_, [this] { Drain(); });
    --waking_;
  }
}

bool Shard::Drain() {
  // The two change places, so that neither grows anew each time.
  std::vector<Work> batch = std::exchange(drained_, {});
  {
    const std::lock_guard lock(mutex_);
    batch.swap(inbox_);
  }
  for (Work& work : batch) {
    work();
  }
  const bool any = !batch.empty();
  batch.clear();
  if (batch.capacity() <= kKeptWork) drained_ = std::move(batch);
  return any;
}

std::size_t Shard::inbox_size() const {
  const std::lock_guard lock(mutex_);
  return inbox_.size();
}

void Shard::Start() {
  guard_.emplace(io_->get_executor());
  thread_ = std::thread([this] {
    const CurrentShard mark(this);
    io_->run();
  });
}

void Shard::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  // RunUntilIdle() runs what others have put in without their wake-up, which may still be on its
  // way.
  while (waking_ > 0) std::this_thread::yield();
  guard_.reset();
  if (io_) io_->stop();
  if (thread_.joinable()) thread_.join();
}

void Shard::Discard() {
  // Outside of the lock: what is destroyed may post.
  std::vector<Work> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(inbox_);
  }
  dropped.clear();
  io_.reset();
}

bool Shard::RunUntilIdle() {
  const CurrentShard mark(this);
  io_->restart();
  const bool polled = io_->poll() > 0;
  // Another thread may have put work in and not yet told the loop of it; what this thread put in
  // behind that is ready all the same.
  return Drain() || polled;
}

}  // namespace parley::runtime
