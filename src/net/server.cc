#include "net/server.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>
#include <variant>

#include "net/acceptor.h"
#include "net/address_counts.h"
#include "net/server_shard.h"
#include "runtime/spawn.h"

namespace parley::net {

std::string_view RefusalReasonName(RefusalReason reason) {
  return reason == RefusalReason::kFull ? "full" : "full_for_address";
}

std::string_view HttpTimeoutName(HttpTimeout timeout) {
  switch (timeout) {
    case HttpTimeout::kIdle:
      return "idle";
    case HttpTimeout::kHeader:
      return "header";
    case HttpTimeout::kBody:
      return "body";
    case HttpTimeout::kAnswer:
      return "answer";
    case HttpTimeout::kClose:
      return "close";
  }
  return "unnamed";
}

class Server::Impl {
 public:
  Impl(const std::vector<runtime::Shard*>& shards, ServerOptions options, HttpService& service)
      : options_(std::move(options)),
        reading_(options_.reading_bytes),
        shards_(MakeShards(shards, service)),
        addresses_(options_.max_connections_per_address, options_.uncounted_addresses),
        acceptor_(shards_, [this](const auto& address) { return Admit(address); }) {}
  ~Impl() { assert(!started_ && "destroyed without Stop"); }

  Status Start();
  void SendAway(std::chrono::milliseconds spread);
  void Drain(std::chrono::milliseconds spread);
  void HurryDrain();
  void Stop();

  std::uint16_t port() const { return acceptor_.port(); }
  const ServerStats& stats() const { return stats_; }
  const ReadBudgets& reading() const { return reading_; }
  std::int64_t outbox_bytes() const {
    std::int64_t sum = 0;
    for (const auto& shard : shards_) sum += shard->outbox_bytes().load(std::memory_order_relaxed);
    return sum;
  }

 private:
  std::vector<std::unique_ptr<ServerShard>> MakeShards(const std::vector<runtime::Shard*>& shards,
                                                       HttpService& service);
  std::variant<Admission, RefusalReason> Admit(const AddressCounts::Address& address);
  RefusalReason Refuse(RefusalReason reason);
  void Leave(const AddressCounts::Key& address);
  /// Runs `work(shard, done)` on each shard and waits until every `done` was called.
  template <class Work>
  void OnEveryShard(Work work);
  void CloseAcceptor();

  const ServerOptions options_;
  ServerStats stats_;
  ReadBudgets reading_;
  std::mutex mutex_;
  std::condition_variable
      empty_;  // stats_.connections, changed under mutex_ where that matters, is 0
  std::vector<std::unique_ptr<ServerShard>> shards_;
  AddressCounts addresses_;
  Acceptor acceptor_;
  std::optional<std::chrono::steady_clock::time_point> drain_deadline_;  // guarded by mutex_
  bool started_ = false;
};

std::vector<std::unique_ptr<ServerShard>> Server::Impl::MakeShards(
    const std::vector<runtime::Shard*>& shards, HttpService& service) {
  std::vector<std::unique_ptr<ServerShard>> made;
  made.reserve(shards.size());
  for (runtime::Shard* shard : shards) {
    made.push_back(std::make_unique<ServerShard>(*shard, options_, service, stats_, reading_));
  }
  return made;
}

std::variant<Admission, RefusalReason> Server::Impl::Admit(const AddressCounts::Address& address) {
  // Only the acceptor's shard counts up.
  if (stats_.connections.load() >= static_cast<std::int64_t>(options_.max_connections)) {
    return Refuse(RefusalReason::kFull);
  }
  if (!addresses_.Enter(address)) return Refuse(RefusalReason::kFullForAddress);
  stats_.connections.fetch_add(1);
  return Admission([this, key = addresses_.KeyOf(address)] { Leave(key); });
}

RefusalReason Server::Impl::Refuse(RefusalReason reason) {
  stats_.refused[static_cast<std::size_t>(reason)].fetch_add(1, std::memory_order_relaxed);
  return reason;
}

void Server::Impl::Leave(const AddressCounts::Key& address) {
  addresses_.Leave(address);
  if (stats_.connections.fetch_sub(1) > 1) return;
  const std::lock_guard lock(mutex_);  // the waiter has either not looked yet or sleeps
  empty_.notify_all();
}

template <class Work>
void Server::Impl::OnEveryShard(Work work) {
  std::vector<std::future<void>> all;
  for (const std::unique_ptr<ServerShard>& shard : shards_) {
    std::promise<void> promise;
    all.push_back(promise.get_future());
    shard->shard().Post([&shard = *shard, work, promise = std::move(promise)]() mutable {
      work(shard, [promise = std::move(promise)]() mutable { promise.set_value(); });
    });
  }
  for (std::future<void>& one : all) one.wait();
}

Status Server::Impl::Start() {
  PARLEY_TRY(acceptor_.Listen(options_.host, options_.port));
  started_ = true;
  for (const std::unique_ptr<ServerShard>& shard : shards_) {
    shard->shard().Post([&shard = *shard] { shard.Start(); });
  }
  ServerShard& first = *shards_.front();
  first.shard().Post([this, &first] {
    runtime::Spawn(first.shard(), "acceptor", first.gate().Enter(), acceptor_.Run());
  });
  return Status::Ok();
}

void Server::Impl::CloseAcceptor() {
  // What it accepted before is posted to its shard by then, before what is posted there next.
  OnEveryShard([this](ServerShard& shard, auto done) {
    if (&shard == shards_.front().get()) acceptor_.Close();
    done();
  });
}

void Server::Impl::SendAway(std::chrono::milliseconds spread) {
  for (const std::unique_ptr<ServerShard>& shard : shards_) {
    // Stop comes behind it on each shard.
    shard->shard().Post([&shard = *shard, spread] { shard.SendAway(spread); });
  }
}

void Server::Impl::Drain(std::chrono::milliseconds spread) {
  if (!started_) return;
  {
    const std::lock_guard lock(mutex_);
    drain_deadline_ = std::chrono::steady_clock::now() + spread + options_.close_timeout;
  }
  CloseAcceptor();
  OnEveryShard([spread](ServerShard& shard, auto done) {
    shard.Drain(spread);
    done();
  });
  std::unique_lock lock(mutex_);
  while (stats_.connections.load() != 0 && std::chrono::steady_clock::now() < *drain_deadline_) {
    const auto deadline = *drain_deadline_;  // may be set anew meanwhile
    empty_.wait_until(lock, deadline);
  }
  drain_deadline_.reset();
}

void Server::Impl::HurryDrain() {
  // Under the lock, so that the drain does not end, and the shards with it, before they were told.
  const std::lock_guard lock(mutex_);
  if (!drain_deadline_) return;
  const auto deadline = std::chrono::steady_clock::now() + options_.close_timeout;
  *drain_deadline_ = std::min(*drain_deadline_, deadline);
  for (const std::unique_ptr<ServerShard>& shard : shards_) {
    shard->shard().Post([&shard = *shard] { shard.Drain(std::chrono::milliseconds(0)); });
  }
  empty_.notify_all();
}

void Server::Impl::Stop() {
  if (!started_) return;
  CloseAcceptor();
  OnEveryShard([](ServerShard& shard, auto done) { shard.Stop(std::move(done)); });
  // Whoever called `done` may still be on the stack; behind this nobody is.
  OnEveryShard([](ServerShard& /*shard*/, auto done) { done(); });
  started_ = false;
}

Server::Server(std::vector<runtime::Shard*> shards, ServerOptions options, HttpService& service)
    : impl_(std::make_unique<Impl>(shards, std::move(options), service)) {}
Server::~Server() = default;

Status Server::Start() { return impl_->Start(); }
std::uint16_t Server::port() const { return impl_->port(); }
const ServerStats& Server::stats() const { return impl_->stats(); }
std::int64_t Server::outbox_bytes() const { return impl_->outbox_bytes(); }
const ReadBudgets& Server::reading() const { return impl_->reading(); }
void Server::SendAway(std::chrono::milliseconds spread) { impl_->SendAway(spread); }
void Server::Drain(std::chrono::milliseconds spread) { impl_->Drain(spread); }
void Server::HurryDrain() { impl_->HurryDrain(); }
void Server::Stop() { impl_->Stop(); }

}  // namespace parley::net
