#include "storage/cassandra/effects_fanout.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "runtime/completer.h"

namespace parley::storage::cassandra {
namespace {

/// Keeps itself alive while writes are under way.
class Fanout : public std::enable_shared_from_this<Fanout> {
 public:
  Fanout(Session& session, std::vector<PartitionWrite> writes, UniqueFunction<void(Status)> done)
      : session_(session), writes_(std::move(writes)), done_(std::move(done)) {}

  /// Begins what may be begun; answers when all is done.
  void Go() {
    std::unique_lock lock(mutex_);
    while (status_.ok() && next_ < writes_.size() && under_way_ < Session::kWidth) {
      PartitionWrite write = std::move(writes_[next_++]);
      ++under_way_;
      lock.unlock();
      Begin(std::move(write));
      lock.lock();
    }
    const bool all = !status_.ok() || next_ == writes_.size();
    if (!all || under_way_ > 0 || !done_) return;
    auto done = std::exchange(done_, nullptr);
    Status status = status_;
    lock.unlock();
    done(std::move(status));
  }

 private:
  void Begin(PartitionWrite write) {
    auto ended = [self = shared_from_this()](Result<Rows> result) { self->End(result.status()); };
    if (write.size() == 1) {
      session_.Execute(std::move(write.front()), {}, std::move(ended));
    } else {
      session_.ExecuteBatch(std::move(write), std::move(ended));
    }
  }

  void End(Status status) {
    {
      const std::lock_guard lock(mutex_);
      --under_way_;
      if (status_.ok()) status_ = std::move(status);
    }
    Go();
  }

  Session& session_;
  std::mutex mutex_;
  std::vector<PartitionWrite> writes_;  // guarded by mutex_, as all that follows
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  Status status_;
  UniqueFunction<void(Status)> done_;
};

}  // namespace

void WriteAll(Session& session, std::vector<PartitionWrite> writes,
              UniqueFunction<void(Status)> done) {
  std::make_shared<Fanout>(session, std::move(writes), std::move(done))->Go();
}

runtime::Task<Status> WriteAll(Session* session, std::vector<PartitionWrite> writes) {
  co_return co_await runtime::AwaitCompletion<Status>([&](runtime::Completer<Status> done) {
    WriteAll(*session, std::move(writes),
             [done = std::move(done)](Status status) mutable { done(std::move(status)); });
  });
}

}  // namespace parley::storage::cassandra
