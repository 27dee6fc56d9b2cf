#include "bus/nats/nats_link.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "bus/nats/nats_options.h"
#include "bus/nats/nats_subscriptions.h"

namespace parley::bus {
namespace {

/// At the end: for what was published last, and for handlers that are under way.
constexpr std::chrono::milliseconds kFarewell{500};
constexpr std::chrono::seconds kHandlersEnd{5};
/// What a recipient costs in the queue, about: one subject.
constexpr std::size_t kBytesPerRecipient = 64;

}  // namespace

/// The thread that owns the connection, and the queue of what it is to do.
class NatsLink::Sender {
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

  Sender(NatsLinkOptions options, Logger& log) : options_(std::move(options)), log_(log) {}
  ~Sender() { Close(); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void OnLoss(UniqueFunction<void()> lost) { losses_.push_back(std::move(lost)); }

  void Start() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable() || stopping_) return;
    thread_ = std::thread([this] { Run(); });
  }

  void Close() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    const std::lock_guard closing(close_mutex_);
    if (thread_.joinable()) thread_.join();
    RefuseQueue();
  }

  Status status() const {
    if (state_ == State::kConnected) return Status::Ok();
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  Ticket Subscribe(std::string subject, HandlerPtr handler, PendingLimits limits) {
    const std::lock_guard lock(mutex_);
    const Ticket ticket = ++last_ticket_;
    records_.emplace(
        ticket, std::make_shared<const Record>(std::move(subject), std::move(handler), limits));
    // Without a connection all are made when there is one.
    if (state_ != State::kNone) Push({.kind = Op::Kind::kSubscribe, .ticket = ticket});
    return ticket;
  }

  void Unsubscribe(Ticket ticket) {
    const std::lock_guard lock(mutex_);
    records_.erase(ticket);
    if (state_ != State::kNone) Push({.kind = Op::Kind::kUnsubscribe, .ticket = ticket});
  }

  bool Publish(Op op) {
    op.bytes = op.data->size() + (op.users ? op.users->size() : 1) * kBytesPerRecipient;
    const std::lock_guard lock(mutex_);
    if (state_ == State::kNone || stopping_ ||
        queued_bytes_ + op.bytes > options_.max_queued_bytes) {
      dropped_out_.fetch_add(op.users ? op.users->size() : 1, std::memory_order_relaxed);
      return false;
    }
    queued_bytes_ += op.bytes;
    Push(std::move(op));
    return true;
  }

  void Flush(UniqueFunction<void(Status)> done) {
    {
      const std::lock_guard lock(mutex_);
      if (state_ != State::kNone && !stopping_) {
        Push({.kind = Op::Kind::kFlush, .done = std::move(done)});
        return;
      }
    }
    done(Unavailable("there is no connection to NATS"));
  }

  Stats stats() const {
    Stats stats;
    stats.messages_in = subscriptions_.inbound().messages;
    stats.bytes_in = subscriptions_.inbound().bytes;
    stats.messages_out = messages_out_;
    stats.bytes_out = bytes_out_;
    stats.dropped_out = dropped_out_;
    stats.slow_consumers = slow_consumers_;
    stats.reconnects = reconnects_;
    const std::lock_guard lock(mutex_);
    stats.subscriptions = records_.size();
    stats.queued_bytes = queued_bytes_;
    return stats;
  }

 private:
  enum class State {
    kNone,  ///< nothing was ever connected, or it was given up
    kConnected,
    kReconnecting,  ///< libnats looks for another server, and keeps what is published meanwhile
  };
  struct Record {
    const std::string subject;
    const HandlerPtr handler;
    const PendingLimits limits;
  };
  using RecordPtr = std::shared_ptr<const Record>;

  // -- Any thread, under the lock ---------------------------------------------------------------

  void Push(Op op) {
    const bool first = queue_.empty();
    queue_.push_back(std::move(op));
    if (first) wake_.notify_one();
  }

  // -- The sending thread -----------------------------------------------------------------------

  void Run() {
    bool connected_before = false;
    for (bool first_try = true; !Stopping(); first_try = false) {
      if (natsConnection* const connection = Connect()) {
        SubscribeAll(connection);
        if (std::exchange(connected_before, true)) {
          reconnects_.fetch_add(1, std::memory_order_relaxed);
        }
        // After that: whoever hears of it looks for what they missed, and hears of what follows.
        if (!first_try) TellLoss();
        Serve(connection);
        Disconnect(connection);
      } else {
        RefuseQueue();
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, options_.retry_wait, [this] { return stopping_; });
      }
    }
    nats_ReleaseThreadMemory();
  }

  bool Stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  natsConnection* Connect() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = false;
    }
    const Result<NatsOptionsPtr> options = MakeNatsOptions(
        options_, {&OnDisconnected, &OnReconnected, &OnClosed, &OnError, /*closure=*/this});
    if (!options.ok()) {
      NoteFailure(Unavailable(std::string(options.status().message())));
      return nullptr;
    }
    natsConnection* connection = nullptr;
    if (const natsStatus made = natsConnection_Connect(&connection, options->get());
        made != NATS_OK) {
      NoteFailure(ConnectionFailure(made));
      return nullptr;
    }
    {
      const std::lock_guard lock(mutex_);
      failure_ = Unavailable("the connection to NATS is lost; another server is looked for");
      state_ = State::kConnected;
    }
    // It may have been lost before we said that it is there.
    if (natsConnection_Status(connection) != NATS_CONN_STATUS_CONNECTED) {
      state_ = State::kReconnecting;
    }
    log_.Info("connected to NATS", {{"link", options_.name}});
    return connection;
  }

  void NoteFailure(const Status& failure) {
    bool known = false;
    {
      const std::lock_guard lock(mutex_);
      known = failure_.message() == failure.message();
      failure_ = failure;
    }
    if (!known)
      log_.Warning("NATS is not there", {{"link", options_.name}, {"reason", failure.message()}});
  }

  void SubscribeAll(natsConnection* connection) {
    std::vector<std::pair<Ticket, RecordPtr>> all;
    {
      const std::lock_guard lock(mutex_);
      all.assign(records_.begin(), records_.end());
    }
    for (const auto& [ticket, record] : all) SubscribeOne(connection, ticket, *record);
  }

  void SubscribeOne(natsConnection* connection, Ticket ticket, const Record& record) {
    subscriptions_.Add(connection, ticket, record.subject, record.handler, record.limits);
  }

  /// Does what it is told until the end, or until libnats has given up.
  void Serve(natsConnection* connection) {
    while (true) {
      std::deque<Op> ops;
      bool stopping = false;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !queue_.empty() || stopping_ || closed_; });
        if (closed_) return;
        stopping = stopping_;
        ops.swap(queue_);
      }
      Do(connection, ops);
      if (!stopping) continue;
      if (state_ == State::kConnected) natsConnection_FlushTimeout(connection, kFarewell.count());
      return;
    }
  }

  void Do(natsConnection* connection, std::deque<Op>& ops) {
    std::vector<UniqueFunction<void(Status)>> flushes;
    for (Op& op : ops) {
      switch (op.kind) {
        case Op::Kind::kSubscribe:
          if (const RecordPtr record = Find(op.ticket))
            SubscribeOne(connection, op.ticket, *record);
          break;
        case Op::Kind::kUnsubscribe:
          subscriptions_.Remove(op.ticket);
          break;
        case Op::Kind::kPublish:
          PublishNow(connection, op);
          break;
        case Op::Kind::kFlush:
          flushes.push_back(std::move(op.done));
          break;
      }
    }
    if (flushes.empty()) return;
    // One round trip for all that gathered.
    const natsStatus flushed =
        natsConnection_FlushTimeout(connection, options_.flush_timeout.count());
    for (auto& done : flushes) {
      done(flushed == NATS_OK ? Status::Ok() : Unavailable("NATS did not answer in time"));
    }
  }

  RecordPtr Find(Ticket ticket) const {
    const std::lock_guard lock(mutex_);
    const auto it = records_.find(ticket);
    return it == records_.end() ? nullptr : it->second;
  }

  void PublishNow(natsConnection* connection, const Op& op) {
    if (!op.users) {
      Send(connection, op.subject, op.reply, *op.data);
    } else {
      std::string subject = op.subject;
      for (const UserId& user : *op.users) {
        subject.resize(op.subject.size());
        subject += user.ToString();
        Send(connection, subject, op.reply, *op.data);
      }
    }
    const std::lock_guard lock(mutex_);
    queued_bytes_ -= op.bytes;
  }

  void Send(natsConnection* connection, const std::string& subject, const std::string& reply,
            const std::string& data) {
    const auto size = static_cast<int>(data.size());
    const natsStatus sent =
        reply.empty() ? natsConnection_Publish(connection, subject.c_str(), data.data(), size)
                      : natsConnection_PublishRequest(connection, subject.c_str(), reply.c_str(),
                                                      data.data(), size);
    if (sent == NATS_OK) {
      messages_out_.fetch_add(1, std::memory_order_relaxed);
      bytes_out_.fetch_add(data.size(), std::memory_order_relaxed);
      return;
    }
    dropped_out_.fetch_add(1, std::memory_order_relaxed);
    if (sent == NATS_MAX_PAYLOAD) {
      log_.Warning("a message is too large for NATS: raise max_payload of its servers to 1 MB",
                   {{"bytes", data.size()}});
    }
  }

  void Disconnect(natsConnection* connection) {
    state_ = State::kNone;
    natsConnection_Close(connection);
    {
      // The last of its callbacks, and then nothing of libnats knows this object.
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kHandlersEnd, [this] { return closed_; });
    }
    subscriptions_.RemoveAll(kHandlersEnd);
    natsConnection_Destroy(connection);
    RefuseQueue();
  }

  /// What waits for a connection that is not there.
  void RefuseQueue() {
    std::deque<Op> ops;
    {
      const std::lock_guard lock(mutex_);
      ops.swap(queue_);
      queued_bytes_ = 0;
    }
    for (Op& op : ops) {
      if (op.kind == Op::Kind::kPublish) dropped_out_.fetch_add(1, std::memory_order_relaxed);
      if (op.done) op.done(Unavailable("there is no connection to NATS"));
    }
  }

  // -- Threads of libnats -----------------------------------------------------------------------

  static void OnDisconnected(natsConnection* /*connection*/, void* closure) {
    auto* self = static_cast<Sender*>(closure);
    State expected = State::kConnected;
    if (!self->state_.compare_exchange_strong(expected, State::kReconnecting)) return;
    self->log_.Warning("the connection to NATS is lost", {{"link", self->options_.name}});
  }

  static void OnReconnected(natsConnection* /*connection*/, void* closure) {
    auto* self = static_cast<Sender*>(closure);
    State expected = State::kReconnecting;
    self->state_.compare_exchange_strong(expected, State::kConnected);
    self->reconnects_.fetch_add(1, std::memory_order_relaxed);
    self->log_.Info("connected to NATS again", {{"link", self->options_.name}});
    self->TellLoss();
  }

  static void OnClosed(natsConnection* /*connection*/, void* closure) {
    auto* self = static_cast<Sender*>(closure);
    // Under the lock to the end: who waits for this may destroy us.
    const std::lock_guard lock(self->mutex_);
    self->closed_ = true;
    self->wake_.notify_all();
  }

  static void OnError(natsConnection* /*connection*/, natsSubscription* /*subscription*/,
                      natsStatus error, void* closure) {
    auto* self = static_cast<Sender*>(closure);
    if (error == NATS_SLOW_CONSUMER) {
      self->slow_consumers_.fetch_add(1, std::memory_order_relaxed);
      self->TellLoss();
    } else {
      self->log_.Warning("NATS reports an error",
                         {{"link", self->options_.name}, {"error", natsStatus_GetText(error)}});
    }
  }

  void TellLoss() {
    const std::lock_guard lock(loss_mutex_);
    for (auto& lost : losses_) lost();
  }

  const NatsLinkOptions options_;
  Logger& log_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Op> queue_;          // this and the following are guarded by mutex_
  std::size_t queued_bytes_ = 0;  // at most options_.max_queued_bytes
  boost::unordered_flat_map<Ticket, RecordPtr> records_;
  Ticket last_ticket_ = 0;
  Status failure_ = Unavailable("there is no connection to NATS yet");
  bool stopping_ = false;
  bool closed_ = false;  // libnats has given the connection up

  std::atomic<State> state_{State::kNone};
  std::mutex loss_mutex_;
  std::vector<UniqueFunction<void()>> losses_;  // guarded by loss_mutex_ once started
  std::atomic<std::uint64_t> messages_out_{0};
  std::atomic<std::uint64_t> bytes_out_{0};
  std::atomic<std::uint64_t> dropped_out_{0};
  std::atomic<std::uint64_t> slow_consumers_{0};
  std::atomic<std::uint64_t> reconnects_{0};

  NatsSubscriptions subscriptions_;  // the sending thread's
  std::mutex close_mutex_;
  std::thread thread_;
};

NatsLink::NatsLink(NatsLinkOptions options, Logger& log)
    : sender_(std::make_unique<Sender>(std::move(options), log)) {}

NatsLink::~NatsLink() = default;

void NatsLink::OnLoss(UniqueFunction<void()> lost) { sender_->OnLoss(std::move(lost)); }

void NatsLink::Start() { sender_->Start(); }

void NatsLink::Close() { sender_->Close(); }

Status NatsLink::status() const { return sender_->status(); }

Link::Ticket NatsLink::Subscribe(std::string subject, HandlerPtr handler, PendingLimits limits) {
  return sender_->Subscribe(std::move(subject), std::move(handler), limits);
}

void NatsLink::Unsubscribe(Ticket ticket) { sender_->Unsubscribe(ticket); }

bool NatsLink::Publish(std::string subject, std::string reply, Payload data) {
  return sender_->Publish(
      {.subject = std::move(subject), .reply = std::move(reply), .data = std::move(data)});
}

bool NatsLink::PublishToEach(std::string prefix, Recipients users, Payload data) {
  return sender_->Publish(
      {.subject = std::move(prefix), .users = std::move(users), .data = std::move(data)});
}

void NatsLink::Flush(UniqueFunction<void(Status)> done) { sender_->Flush(std::move(done)); }

Link::Stats NatsLink::stats() const { return sender_->stats(); }

}  // namespace parley::bus
