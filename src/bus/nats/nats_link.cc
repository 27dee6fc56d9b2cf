#include "bus/nats/nats_link.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <iterator>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "bus/nats/nats_connection.h"
#include "bus/nats/nats_pongs.h"
#include "runtime/completer.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::bus {
namespace {

using runtime::Task;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// At the end, for what was published last.
constexpr milliseconds kFarewell{500};
/// So that all who lost a server do not come to the next one together.
constexpr int kJitterMs = 50;
/// What a recipient costs in the queue, about: one subject.
constexpr std::size_t kBytesPerRecipient = 64;
/// With so much under way to the server, the rest waits in the queue.
constexpr std::size_t kAheadBytes = std::size_t{1024} * 1024;
/// How a message begins that says: nobody listens where this was asked.
constexpr std::string_view kNoResponders = "NATS/1.0 503";

}  // namespace

class NatsLink::Core : public std::enable_shared_from_this<Core> {
 public:
  struct Op {
    enum class Kind { kSubscribe, kUnsubscribe, kPublish, kFlush };
    Kind kind = Kind::kPublish;
    Ticket ticket = 0;
    std::string subject = {};
    std::string reply = {};
    Recipients users = nullptr;  ///< to each, behind `subject`; null: to `subject` itself
    Payload data = nullptr;
    UniqueFunction<void(Status)> done = nullptr;
    std::size_t bytes = 0;
  };

  Core(NatsLinkOptions options, runtime::Shard& shard, Logger& log)
      : options_(std::move(options)),
        shard_(shard),
        log_(log),
        pongs_(shard),
        wait_(shard.executor()),
        pings_(shard) {}

  // -- Any thread ---------------------------------------------------------------------------------

  void OnLoss(UniqueFunction<void()> lost) { losses_.push_back(std::move(lost)); }

  void Start() {
    const std::lock_guard lock(mutex_);
    if (started_ || closing_) return;
    started_ = true;
    shard_.Post(
        [self = shared_from_this()] { runtime::Spawn(self->shard_, "NATS link", Run(self)); });
  }

  void Close() {
    std::future<void> ended;
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      closing_ = true;
      if (started_) ended = ended_.get_future();
    }
    if (ended.valid()) {
      shard_.Post([self = shared_from_this()] {
        runtime::Spawn(self->shard_, "NATS farewell", SayFarewell(self));
      });
      ended.wait();
    }
    RefuseQueue();
  }

  Status status() const {
    if (state_ == State::kConnected) return Status::Ok();
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  Ticket Subscribe(std::string subject, HandlerPtr handler) {
    const std::lock_guard lock(mutex_);
    const Ticket ticket = ++last_ticket_;
    // Without a connection all are made when there is one.
    if (state_ == State::kConnected) {
      Push({.kind = Op::Kind::kSubscribe, .ticket = ticket, .subject = subject});
    }
    subscriptions_.emplace(ticket, Subscription{std::move(subject), std::move(handler)});
    return ticket;
  }

  void Unsubscribe(Ticket ticket) {
    const std::lock_guard lock(mutex_);
    subscriptions_.erase(ticket);
    if (state_ == State::kConnected) Push({.kind = Op::Kind::kUnsubscribe, .ticket = ticket});
  }

  bool Publish(Op op) {
    const std::size_t recipients = RecipientsOf(op);
    op.bytes = op.data->size() + recipients * kBytesPerRecipient;
    const std::lock_guard lock(mutex_);
    if (closing_ || queued_bytes_ + op.bytes > MostQueued()) {
      dropped_out_.fetch_add(recipients, std::memory_order_relaxed);
      return false;
    }
    queued_bytes_ += op.bytes;
    Push(std::move(op));
    return true;
  }

  void Flush(UniqueFunction<void(Status)> done) {
    {
      const std::lock_guard lock(mutex_);
      if (state_ == State::kConnected && !closing_) {
        Push({.kind = Op::Kind::kFlush, .done = std::move(done)});
        return;
      }
    }
    done(NoConnection());
  }

  Stats stats() const {
    Stats stats;
    stats.messages_in = messages_in_;
    stats.messages_out = messages_out_;
    stats.bytes_in = bytes_in_;
    stats.bytes_out = bytes_out_;
    stats.dropped_out = dropped_out_;
    stats.reconnects = reconnects_;
    const std::lock_guard lock(mutex_);
    stats.subscriptions = subscriptions_.size();
    stats.queued_bytes = queued_bytes_;
    return stats;
  }

 private:
  enum class State {
    kNone,  ///< nothing was ever connected
    kConnected,
    kReconnecting,  ///< another server is looked for; some of what is published meanwhile is kept
  };
  struct Subscription {
    std::string subject;
    HandlerPtr handler;
  };

  static std::size_t RecipientsOf(const Op& op) { return op.users ? op.users->size() : 1; }
  static Status NoConnection() { return Unavailable("there is no connection to NATS"); }

  /// Under the lock.
  std::size_t MostQueued() const {
    switch (state_.load()) {
      case State::kNone:
        return 0;
      case State::kReconnecting:
        return options_.reconnect_buffer_bytes;
      case State::kConnected:
        break;
    }
    return options_.max_queued_bytes;
  }

  /// Under the lock.
  void Push(Op op) {
    const bool first = queue_.empty();
    queue_.push_back(std::move(op));
    if (first) shard_.Post([self = shared_from_this()] { self->Drain(); });
  }

  /// What waits for a connection that will not come; the last that is done.
  void RefuseQueue() {
    std::deque<Op> ops;
    {
      const std::lock_guard lock(mutex_);
      ops.swap(queue_);
    }
    for (Op& op : ops) {
      queued_bytes_ -= op.bytes;
      if (op.kind == Op::Kind::kPublish) {
        dropped_out_.fetch_add(RecipientsOf(op), std::memory_order_relaxed);
      }
      if (op.done) op.done(NoConnection());
    }
  }

  // -- On the shard: sending ----------------------------------------------------------------------

  /// Hands what waits to the connection, as far as that keeps up.
  void Drain() {
    if (!connection_) return;
    while (connection_->unsent_bytes() < kAheadBytes && (!taken_.empty() || TakeQueue())) {
      Do(taken_.front());
      taken_.pop_front();
    }
    connection_->Send();
  }

  bool TakeQueue() {
    const std::lock_guard lock(mutex_);
    taken_.swap(queue_);
    return !taken_.empty();
  }

  void Do(Op& op) {
    queued_bytes_ -= op.bytes;
    std::string& out = connection_->out();
    switch (op.kind) {
      case Op::Kind::kSubscribe:
        return AppendSubscribe(out, op.ticket, op.subject);
      case Op::Kind::kUnsubscribe:
        return AppendUnsubscribe(out, op.ticket);
      case Op::Kind::kPublish:
        return Append(out, op);
      case Op::Kind::kFlush:
        AppendPing(out);
        return pongs_.Await(options_.flush_timeout, std::move(op.done));
    }
  }

  void Append(std::string& out, const Op& op) {
    const std::size_t recipients = RecipientsOf(op);
    if (op.data->size() > connection_->server().max_payload) {
      dropped_out_.fetch_add(recipients, std::memory_order_relaxed);
      log_.Warning("a message is too large for NATS: raise max_payload of its servers to 1 MB",
                   {{"bytes", op.data->size()}});
      return;
    }
    messages_out_.fetch_add(recipients, std::memory_order_relaxed);
    bytes_out_.fetch_add(recipients * op.data->size(), std::memory_order_relaxed);
    if (!op.users) return AppendPublish(out, op.subject, op.reply, *op.data);
    std::string subject = op.subject;
    for (const UserId& user : *op.users) {
      subject.resize(op.subject.size());
      subject += user.ToString();
      AppendPublish(out, subject, op.reply, *op.data);
    }
  }

  // -- On the shard: the connection ---------------------------------------------------------------

  static Task<void> Run(std::shared_ptr<Core> self) {
    bool connected_before = false;
    for (bool first_try = true; !self->stopping_; first_try = false) {
      const Status connected = co_await self->ConnectToAny();
      if (connected.ok()) {
        self->Begin(connected_before, first_try);
        connected_before = true;
        co_await NatsConnection::Read(
            self->connection_, [&self = *self](const NatsFrame& frame) { self.OnFrame(frame); });
        self->End();
        co_await self->Wait(milliseconds(self->Jitter()));
      } else {
        self->NoteFailure(connected);
        co_await self->Wait(connected_before ? self->options_.reconnect_wait
                                             : self->options_.retry_wait);
      }
    }
    self->ended_.set_value();
  }

  /// Tries each server once, beginning behind the last one.
  Task<Status> ConnectToAny() {
    Status failure = InvalidArgument("name at least one NATS server");
    for (std::size_t tries = 0; tries < options_.urls.size() && !stopping_; ++tries) {
      const std::string& url = options_.urls[next_server_++ % options_.urls.size()];
      const Result<NatsServer> address = ParseNatsUrl(url);
      if (!address.ok()) co_return Unavailable(std::string(address.status().message()));
      connecting_ = std::make_shared<NatsConnection>(shard_, *address, options_);
      failure = co_await NatsConnection::Connect(connecting_);
      const std::shared_ptr<NatsConnection> connection = std::exchange(connecting_, nullptr);
      if (failure.ok()) connection_ = connection;
      if (failure.ok()) break;
    }
    co_return failure;
  }

  void Begin(bool again, bool first_try) {
    connection_->OnSent([weak = weak_from_this()] {
      if (const std::shared_ptr<Core> self = weak.lock()) self->Drain();
    });
    {
      const std::lock_guard lock(mutex_);
      failure_ = Unavailable("the connection to NATS is lost; another server is looked for");
      state_ = State::kConnected;
      for (const auto& [ticket, subscription] : subscriptions_) {
        AppendSubscribe(connection_->out(), ticket, subscription.subject);
      }
    }
    connection_->Send();
    Drain();
    PingLater();
    log_.Info(again ? "connected to NATS again" : "connected to NATS", {{"link", options_.name}});
    if (again) reconnects_.fetch_add(1, std::memory_order_relaxed);
    // After the subscriptions: whoever hears of it looks for what they missed, and hears of what
    // follows.
    if (!first_try) TellLoss();
  }

  void End() {
    pings_.Cancel();
    connection_.reset();
    std::vector<UniqueFunction<void(Status)>> flushes;
    {
      const std::lock_guard lock(mutex_);
      state_ = State::kReconnecting;
      std::ranges::move(queue_, std::back_inserter(taken_));
      queue_ = std::exchange(taken_, {});
      for (Op& op : queue_) {
        if (op.kind == Op::Kind::kFlush) flushes.push_back(std::move(op.done));
      }
      // Subscriptions are all made anew.
      std::erase_if(queue_, [](const Op& op) { return op.kind != Op::Kind::kPublish; });
    }
    for (auto& flushed : flushes) flushed(NoConnection());
    pongs_.EndAll(NoConnection());
    if (!stopping_) log_.Warning("the connection to NATS is lost", {{"link", options_.name}});
  }

  void NoteFailure(const Status& failure) {
    bool known = false;
    {
      const std::lock_guard lock(mutex_);
      known = failure_.message() == failure.message();
      failure_ = failure;
    }
    if (!known && !stopping_) {
      log_.Warning("NATS is not there", {{"link", options_.name}, {"reason", failure.message()}});
    }
  }

  /// A connection whose other end is gone shows in nothing else.
  void PingLater() {
    pings_.After(options_.ping_interval, [weak = weak_from_this()] {
      const std::shared_ptr<Core> self = weak.lock();
      if (!self || !self->connection_) return;
      if (self->pongs_.oldest() <= steady_clock::now() - 2 * self->options_.ping_interval) {
        self->connection_->Close();
        return;
      }
      AppendPing(self->connection_->out());
      self->pongs_.Await();
      self->connection_->Send();
      self->PingLater();
    });
  }

  int Jitter() const {
    return static_cast<int>(steady_clock::now().time_since_epoch().count() % kJitterMs);
  }

  /// Ends early when the link is closed.
  Task<void> Wait(milliseconds wait) {
    if (stopping_) co_return;
    wait_.expires_after(wait);
    co_await wait_.async_wait(boost::asio::as_tuple(runtime::kUseTask));
  }

  static Task<void> SayFarewell(std::shared_ptr<Core> self) {
    if (self->connection_) {
      self->Drain();
      AppendPing(self->connection_->out());
      const Status sent =
          co_await runtime::AwaitCompletion<Status>([&self](runtime::Completer<Status> done) {
            self->pongs_.Await(kFarewell, std::move(done));
            self->connection_->Send();
          });
      IgnoreStatus(sent, "at most once");
    }
    self->stopping_ = true;
    self->wait_.cancel();
    if (self->connecting_) self->connecting_->Close();
    if (self->connection_) self->connection_->Close();
  }

  // -- On the shard: what comes -------------------------------------------------------------------

  void OnFrame(const NatsFrame& frame) {
    switch (frame.kind) {
      case NatsFrame::Kind::kMessage:
        return OnMessage(frame);
      case NatsFrame::Kind::kPing:
        AppendPong(connection_->out());
        return connection_->Send();
      case NatsFrame::Kind::kPong:
        return pongs_.Take();
      case NatsFrame::Kind::kError:
        return OnError(frame.text);
      case NatsFrame::Kind::kInfo:
      case NatsFrame::Kind::kOk:
        return;
    }
  }

  void OnMessage(const NatsFrame& frame) {
    messages_in_.fetch_add(1, std::memory_order_relaxed);
    bytes_in_.fetch_add(frame.data.size(), std::memory_order_relaxed);
    const HandlerPtr handler = stopping_ ? nullptr : HandlerOf(frame.subscription);
    if (!handler) return;
    const bool nobody = frame.data.empty() && frame.headers.starts_with(kNoResponders);
    (*handler)({frame.subject, frame.reply, frame.data, nobody});
  }

  HandlerPtr HandlerOf(Ticket ticket) const {
    const std::lock_guard lock(mutex_);
    const auto it = subscriptions_.find(ticket);
    return it == subscriptions_.end() ? nullptr : it->second.handler;
  }

  void OnError(std::string_view error) {
    log_.Warning("NATS reports an error", {{"link", options_.name}, {"error", error}});
  }

  void TellLoss() {
    for (auto& lost : losses_) lost();
  }

  const NatsLinkOptions options_;
  runtime::Shard& shard_;
  Logger& log_;

  mutable std::mutex mutex_;
  std::deque<Op> queue_;  // this and the following are guarded by mutex_
  boost::unordered_flat_map<Ticket, Subscription> subscriptions_;
  Ticket last_ticket_ = 0;
  Status failure_ = Unavailable("there is no connection to NATS yet");
  bool started_ = false;
  bool closing_ = false;

  std::atomic<State> state_{State::kNone};    // changes under mutex_
  std::atomic<std::size_t> queued_bytes_{0};  // of queue_ and taken_; grows under mutex_
  std::promise<void> ended_;
  std::atomic<std::uint64_t> messages_in_{0};
  std::atomic<std::uint64_t> messages_out_{0};
  std::atomic<std::uint64_t> bytes_in_{0};
  std::atomic<std::uint64_t> bytes_out_{0};
  std::atomic<std::uint64_t> dropped_out_{0};
  std::atomic<std::uint64_t> reconnects_{0};

  // The shard's.
  std::vector<UniqueFunction<void()>> losses_;  // fixed once started
  std::shared_ptr<NatsConnection> connection_;  ///< null: none
  std::shared_ptr<NatsConnection> connecting_;  ///< the one that is being made
  NatsPongs pongs_;
  std::deque<Op> taken_;  ///< of the queue, and not done yet: the connection does not keep up
  /// Begins anywhere: the nodes of a fleet spread over the servers.
  std::size_t next_server_ = std::random_device()();
  bool stopping_ = false;
  boost::asio::basic_waitable_timer<steady_clock, boost::asio::wait_traits<steady_clock>,
                                    runtime::Executor>
      wait_;
  runtime::Timer pings_;
};

NatsLink::NatsLink(NatsLinkOptions options, runtime::Shard& shard, Logger& log)
    : core_(std::make_shared<Core>(std::move(options), shard, log)) {}

NatsLink::~NatsLink() { core_->Close(); }

void NatsLink::OnLoss(UniqueFunction<void()> lost) { core_->OnLoss(std::move(lost)); }

void NatsLink::Start() { core_->Start(); }

void NatsLink::Close() { core_->Close(); }

Status NatsLink::status() const { return core_->status(); }

Link::Ticket NatsLink::Subscribe(std::string subject, HandlerPtr handler) {
  return core_->Subscribe(std::move(subject), std::move(handler));
}

void NatsLink::Unsubscribe(Ticket ticket) { core_->Unsubscribe(ticket); }

bool NatsLink::Publish(std::string subject, std::string reply, Payload data) {
  return core_->Publish(
      {.subject = std::move(subject), .reply = std::move(reply), .data = std::move(data)});
}

bool NatsLink::PublishToEach(std::string prefix, Recipients users, Payload data) {
  return core_->Publish(
      {.subject = std::move(prefix), .users = std::move(users), .data = std::move(data)});
}

void NatsLink::Flush(UniqueFunction<void(Status)> done) { core_->Flush(std::move(done)); }

Link::Stats NatsLink::stats() const { return core_->stats(); }

}  // namespace parley::bus
