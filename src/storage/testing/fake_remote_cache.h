#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "storage/cached/redis/remote_cache.h"

namespace parley::storage::cached {

/// A RemoteCache in memory that obeys a test: it can die, lose everything, and answer late. Its
/// time is the test's. Any thread.
class FakeRemoteCache : public RemoteCache {
 public:
  /// From now on calls fail, without effect.
  void Die() { SetDead(true); }
  void Revive() { SetDead(false); }
  /// From now on calls are carried out and answered when released; those after it as well, in
  /// order.
  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    std::deque<UniqueFunction<void()>> calls;
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
      calls.swap(calls_);
    }
    for (UniqueFunction<void()>& call : calls) call();
  }
  std::size_t held() const {
    const std::lock_guard lock(mutex_);
    return calls_.size();
  }
  void Flush() {
    const std::lock_guard lock(mutex_);
    rows_.clear();
  }
  void Advance(std::chrono::milliseconds by) {
    const std::lock_guard lock(mutex_);
    now_ += by;
  }
  RemoteFound Look(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    return Find(key);
  }

  void Get(std::vector<std::string> keys, Found done) override {
    Run([this, keys = std::move(keys), done = std::move(done)]() mutable {
      std::vector<RemoteFound> found;
      found.reserve(keys.size());
      bool dead = false;
      {
        const std::lock_guard lock(mutex_);
        dead = dead_;
        for (const std::string& key : keys) found.push_back(Find(key));
      }
      if (dead) return done(Unavailable("the fake is dead"));
      done(std::move(found));
    });
  }

  void Write(std::vector<RemoteWrite> writes, Done done) override {
    Run([this, writes = std::move(writes), done = std::move(done)]() mutable {
      bool dead = false;
      {
        const std::lock_guard lock(mutex_);
        dead = dead_;
        if (!dead) {
          for (RemoteWrite& write : writes) Apply(std::move(write));
        }
      }
      done(dead ? Unavailable("the fake is dead") : Status::Ok());
    });
  }

  RemoteStats stats() const override { return {}; }

 private:
  struct Row {
    RemoteFound value;
    std::chrono::milliseconds until;
  };

  void SetDead(bool dead) {
    const std::lock_guard lock(mutex_);
    dead_ = dead;
  }

  void Run(UniqueFunction<void()> call) {
    {
      const std::lock_guard lock(mutex_);
      if (held_) {
        calls_.push_back(std::move(call));
        return;
      }
    }
    call();
  }

  RemoteFound Find(const std::string& key) const {
    const auto row = rows_.find(key);
    return row == rows_.end() || row->second.until <= now_ ? RemoteFound() : row->second.value;
  }

  void Apply(RemoteWrite write) {
    const std::uint64_t held = Find(write.key).version;
    std::uint64_t version = write.version;
    switch (write.kind) {
      case RemoteWrite::Kind::kNewer:
        if (held > version || (held == version && write.payload.empty())) return;
        break;
      case RemoteWrite::Kind::kUnchanged:
        if (held != version) return;
        version = ++clock_;
        break;
      case RemoteWrite::Kind::kStale:
        write.payload.clear();
        version = ++clock_;
        break;
    }
    rows_[write.key] = {{version, std::move(write.payload)}, now_ + write.ttl};
  }

  mutable std::mutex mutex_;
  bool dead_ = false;                         // guarded by mutex_
  bool held_ = false;                         // guarded by mutex_
  std::deque<UniqueFunction<void()>> calls_;  // guarded by mutex_
  std::map<std::string, Row> rows_;           // guarded by mutex_
  std::chrono::milliseconds now_{0};          // guarded by mutex_
  std::uint64_t clock_ = 1'000'000;           // guarded by mutex_
};

}  // namespace parley::storage::cached
