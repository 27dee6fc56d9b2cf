#include "bus/shard_signal.h"

#include <atomic>
#include <cassert>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/shard.h"

namespace parley::bus {
namespace {

struct Listener {
  runtime::Shard* const shard;
  UniqueFunction<void()> call;  ///< touched on the shard alone; empty once it has ended
  std::atomic<bool> posted{false};
};
using ListenerPtr = std::shared_ptr<Listener>;

}  // namespace

class ShardSignal::State {
 public:
  void Add(ListenerPtr listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(listener));
  }

  void Remove(const ListenerPtr& listener) {
    const std::lock_guard lock(mutex_);
    std::erase(listeners_, listener);
  }

  void Fire() {
    const std::lock_guard lock(mutex_);
    for (const ListenerPtr& listener : listeners_) {
      if (listener->posted.exchange(true)) continue;
      listener->shard->Post([listener] {
        listener->posted = false;
        if (listener->call) listener->call();
      });
    }
  }

 private:
  std::mutex mutex_;
  std::vector<ListenerPtr> listeners_;
};

class ShardSignal::Registration : public Subscription {
 public:
  Registration(std::shared_ptr<State> state, ListenerPtr listener)
      : state_(std::move(state)), listener_(std::move(listener)) {}
  ~Registration() override {
    state_->Remove(listener_);
    listener_->call = nullptr;
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  const std::shared_ptr<State> state_;
  const ListenerPtr listener_;
};

ShardSignal::ShardSignal() : state_(std::make_shared<State>()) {}

ShardSignal::~ShardSignal() = default;

std::unique_ptr<Subscription> ShardSignal::Listen(UniqueFunction<void()> call) {
  runtime::Shard* const shard = runtime::Shard::Current();
  assert(shard != nullptr && "listen on a shard");
  auto listener = std::make_shared<Listener>(shard, std::move(call));
  state_->Add(listener);
  return std::make_unique<Registration>(state_, std::move(listener));
}

void ShardSignal::Fire() { state_->Fire(); }

}  // namespace parley::bus
