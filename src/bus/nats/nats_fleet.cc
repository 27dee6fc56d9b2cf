#include "bus/nats/nats_fleet.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <time.h>

#include "bus/nats/asked.h"
#include "bus/nats/heartbeat.h"
#include "bus/nats/peers.h"
#include "bus/shard_signal.h"
#include "runtime/shard.h"

namespace parley::bus {
namespace {

using std::chrono::steady_clock;

/// The last token of a subject.
std::string_view LastToken(std::string_view subject) {
  return subject.substr(subject.find_last_of('.') + 1);
}

Link::Payload Share(std::string data) {
  return std::make_shared<const std::string>(std::move(data));
}

/// On while the machine sleeps, too: the steady clock stands still then.
std::chrono::nanoseconds SinceBoot() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

class NatsFleet::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(NodeId self, Link& link, NatsFleetOptions options, Clock& clock, Logger& log)
      : link_(link),
        options_(std::move(options)),
        clock_(clock),
        log_(log),
        reply_prefix_(options_.prefix + ".r." + self.ToString() + "."),
        asked_(options_.max_asked),
        self_{self, options_.name, false},
        view_(peers_.ViewWith(self_)) {}

  /// Before the link is started.
  void WatchLink() {
    link_.OnLoss([weak = weak_from_this()] {
      if (const std::shared_ptr<Core> self = weak.lock()) self->NoteLoss();
    });
  }

  NodeId self() const { return self_.id; }
  Link& link() { return link_; }

  FleetViewPtr view() const {
    const std::lock_guard lock(mutex_);
    return view_;
  }
  std::chrono::milliseconds clock_offset() const {
    const std::lock_guard lock(mutex_);
    return peers_.offset();
  }
  std::unique_ptr<Subscription> OnViewChange(UniqueFunction<void()> changed) {
    return view_changed_.Listen(std::move(changed));
  }

  void SetDraining(bool draining) {
    {
      const std::lock_guard lock(mutex_);
      self_.draining = draining;
      UpdateView();
    }
    Say(Heartbeat::Kind::kAlive);
  }

  void Serve(std::string topic, Handler handler) {
    handlers_.emplace(std::move(topic), std::make_shared<Handler>(std::move(handler)));
  }
  void Listen(std::string topic, Listener listener) {
    listeners_.emplace(std::move(topic), std::make_shared<Listener>(std::move(listener)));
  }
  void OnPause(UniqueFunction<void()> paused) { paused_.push_back(std::move(paused)); }

  void Start() {
    {
      const std::lock_guard lock(mutex_);
      if (started_ || stopping_) return;
      started_ = true;
    }
    Subscribe(options_.prefix + ".node", &Core::OnHeartbeat);
    Subscribe(reply_prefix_ + "*", &Core::OnAnswer);
    for (const auto& [topic, handler] : handlers_) {
      Subscribe(options_.prefix + ".ask." + self_.id.ToString() + "." + topic, &Core::OnRequest);
    }
    if (!listeners_.empty()) Subscribe(options_.prefix + ".all.*", &Core::OnBroadcast);
    thread_ = std::thread([this] { Run(); });
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    for (const Link::Ticket ticket : tickets_) link_.Unsubscribe(ticket);
    if (started_) Say(Heartbeat::Kind::kGoodbye);
    unavailable_ += asked_.EndAll(Unavailable("the server is stopping"));
  }

  void Ask(NodeId node, std::string_view topic, std::string request,
           std::chrono::milliseconds timeout, AskDone done) {
    const Status connection = link_.status();
    const auto number = connection.ok() || node == self_.id
                            ? asked_.Add(node, steady_clock::now() + timeout, done)
                            : Asked::Number{0};
    if (number == 0) {
      Refuse(std::move(done), connection.ok()
                                  ? Unavailable("nothing more can be asked of other nodes now")
                                  : connection);
      return;
    }
    if (node == self_.id) {
      AskSelf(number, std::string(topic), std::move(request));
      return;
    }
    const bool sent = link_.Publish(
        options_.prefix + ".ask." + node.ToString() + "." + std::string(topic),
        reply_prefix_ + std::to_string(number), Share(std::string(self_.id.view()) + request));
    if (!sent && asked_.End(number, Unavailable("the request could not be sent"))) ++unavailable_;
    // The thread sleeps until the first of the deadlines that it knows.
    if (asked_.next_deadline() < NextWake()) wake_.notify_all();
  }

  void Broadcast(std::string_view topic, std::string message) {
    link_.Publish(options_.prefix + ".all." + std::string(topic), "", Share(std::move(message)));
  }

  Stats stats() const {
    Stats stats;
    stats.nodes = view()->nodes.size();
    stats.asked = asked_.size();
    stats.answered = answered_;
    stats.not_found = not_found_;
    stats.unavailable = unavailable_;
    stats.unknown = unknown_;
    stats.served = served_;
    stats.pauses = pauses_;
    return stats;
  }

 private:
  // -- Asking -----------------------------------------------------------------------------------

  void Refuse(AskDone done, Status why) {
    ++unavailable_;
    runtime::Shard::Current()->Post(
        [done = std::move(done), why = std::move(why)]() mutable { done(std::move(why)); });
  }

  /// NATS does not hand us what we said ourselves.
  void AskSelf(Asked::Number number, std::string topic, std::string request) {
    const auto it = handlers_.find(topic);
    if (it == handlers_.end()) {
      asked_.End(number, NotFound("nobody here knows of that"));
      return;
    }
    runtime::Shard::Current()->Post([self = shared_from_this(), handler = it->second, number,
                                     request = std::move(request)]() mutable {
      // Weak: a handler may keep its replies, and is itself kept by the fleet.
      (*handler)(self->self_.id, std::move(request),
                 [weak = std::weak_ptr<Core>(self), number](std::string answer) {
                   const std::shared_ptr<Core> core = weak.lock();
                   if (core && core->asked_.End(number, std::move(answer))) ++core->answered_;
                 });
    });
  }

  // -- Threads of the link ----------------------------------------------------------------------

  void Subscribe(std::string subject, void (Core::*handle)(const Link::Message&)) {
    tickets_.push_back(link_.Subscribe(
        std::move(subject), std::make_shared<const Link::Handler>(
                                [weak = weak_from_this(), handle](const Link::Message& message) {
                                  if (const std::shared_ptr<Core> self = weak.lock())
                                    (self.get()->*handle)(message);
                                })));
  }

  void OnHeartbeat(const Link::Message& message) {
    const Result<Heartbeat> heartbeat = DecodeHeartbeat(message.data);
    if (!heartbeat.ok() || heartbeat->node.id == self_.id) return;
    const auto offset = clock_.Now() - heartbeat->sent_at;
    Peers::Heard heard;
    {
      const std::lock_guard lock(mutex_);
      heard = peers_.Hear(*heartbeat, steady_clock::now(), offset);
      if (heard.changed) UpdateView();
    }
    if (heartbeat->kind == Heartbeat::Kind::kLost) unknown_ += asked_.Lose(heartbeat->node.id);
    if (!heard.fresh) return;
    log_.Info("another node is there", {{"node", heartbeat->node.name}});
    // So that it need not wait for our next one to know us.
    Say(Heartbeat::Kind::kAlive);
  }

  /// There is a connection again: what was under way on the one before may be gone, here and to
  /// and from here.
  void NoteLoss() {
    {
      const std::lock_guard lock(mutex_);
      lost_ = true;
    }
    wake_.notify_all();
  }

  void OnAnswer(const Link::Message& message) {
    const std::string_view token = LastToken(message.subject);
    Asked::Number number = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
    if (error != std::errc() || end != token.data() + token.size()) return;
    if (message.no_responders) {
      if (asked_.End(number, NotFound("the node is gone"))) ++not_found_;
    } else {
      if (asked_.End(number, std::string(message.data))) ++answered_;
    }
  }

  void OnRequest(const Link::Message& message) {
    const auto it = handlers_.find(std::string(LastToken(message.subject)));
    if (it == handlers_.end() || message.data.size() < Uuid::kSize) return;
    ++served_;
    (*it->second)(
        NodeId(Uuid::FromBytes(message.data)), std::string(message.data.substr(Uuid::kSize)),
        [weak = weak_from_this(), reply = std::string(message.reply)](std::string answer) {
          if (const std::shared_ptr<Core> core = weak.lock()) {
            core->Answer(reply, std::move(answer));
          }
        });
  }

  void Answer(const std::string& reply, std::string answer) {
    {
      // Afterwards the link may be gone; who asks will hear nothing.
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    link_.Publish(reply, "", Share(std::move(answer)));
  }

  void OnBroadcast(const Link::Message& message) {
    const auto it = listeners_.find(std::string(LastToken(message.subject)));
    if (it != listeners_.end()) (*it->second)(message.data);
  }

  // -- Its own thread ---------------------------------------------------------------------------

  void Run() {
    auto ran = SinceBoot();
    auto beat = steady_clock::now();  // the first one at once
    while (true) {
      const auto now = steady_clock::now();
      const auto runs = SinceBoot();
      if (runs - ran > options_.pause_limit) AfterPause(now);
      ran = runs;
      const bool lost = TakeLoss();
      if (lost) unknown_ += asked_.Lose(std::nullopt);
      if (lost || now >= beat) {
        Say(lost ? Heartbeat::Kind::kLost : Heartbeat::Kind::kAlive);
        beat = now + options_.heartbeat;
      }
      JudgeOthers(now);
      unknown_ += asked_.Expire(now);
      // Often enough to tell a pause from a long sleep.
      const auto longest = now + std::min(options_.heartbeat, options_.pause_limit / 2);
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      // Under the lock: who asks meanwhile is seen here, or sees when this wakes.
      next_wake_ = std::min({beat, longest, asked_.next_deadline()});
      if (lost_) continue;
      wake_.wait_until(lock, next_wake_);
      if (stopping_) return;
    }
  }

  bool TakeLoss() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lost_, false);
  }

  void AfterPause(steady_clock::time_point now) {
    ++pauses_;
    log_.Warning("this node stood still for a while", {});
    {
      const std::lock_guard lock(mutex_);
      peers_.Excuse(now);
    }
    for (auto& paused : paused_) paused();
  }

  void JudgeOthers(steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (!peers_.Forget(now - options_.silence)) return;
    UpdateView();
    log_.Warning("a node is not heard any more", {{"nodes", view_->nodes.size()}});
  }

  steady_clock::time_point NextWake() const {
    const std::lock_guard lock(mutex_);
    return next_wake_;
  }

  // -- Any thread -------------------------------------------------------------------------------

  void Say(Heartbeat::Kind kind) {
    // One that waited for a connection would tell an old time.
    if (!link_.status().ok()) return;
    Heartbeat heartbeat;
    heartbeat.kind = kind;
    {
      const std::lock_guard lock(mutex_);
      if (!started_ || (stopping_ && kind != Heartbeat::Kind::kGoodbye)) return;
      heartbeat.node = self_;
    }
    heartbeat.sent_at = clock_.Now();
    link_.Publish(options_.prefix + ".node", "", Share(EncodeHeartbeat(heartbeat)));
  }

  /// Under the lock.
  void UpdateView() {
    view_ = peers_.ViewWith(self_);
    view_changed_.Fire();
  }

  Link& link_;
  const NatsFleetOptions options_;
  Clock& clock_;
  Logger& log_;
  const std::string reply_prefix_;
  Asked asked_;
  // Fixed once it is started.
  std::map<std::string, std::shared_ptr<Handler>> handlers_;
  std::map<std::string, std::shared_ptr<Listener>> listeners_;
  std::vector<UniqueFunction<void()>> paused_;
  std::vector<Link::Ticket> tickets_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  FleetView::Node self_;  // this and the following guarded by mutex_; its id never changes
  Peers peers_;
  FleetViewPtr view_;
  bool started_ = false;
  bool stopping_ = false;
  bool lost_ = false;  // a connection, since the thread looked
  steady_clock::time_point next_wake_;

  ShardSignal view_changed_;
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> not_found_{0};
  std::atomic<std::uint64_t> unavailable_{0};
  std::atomic<std::uint64_t> unknown_{0};
  std::atomic<std::uint64_t> served_{0};
  std::atomic<std::uint64_t> pauses_{0};
  std::thread thread_;
};

NatsFleet::NatsFleet(NodeId self, Link& link, NatsFleetOptions options, Clock& clock, Logger& log)
    : core_(std::make_shared<Core>(self, link, std::move(options), clock, log)) {
  core_->WatchLink();
}

NatsFleet::~NatsFleet() { core_->Stop(); }

NodeId NatsFleet::self() const { return core_->self(); }

FleetViewPtr NatsFleet::view() const { return core_->view(); }

std::unique_ptr<Subscription> NatsFleet::OnViewChange(UniqueFunction<void()> changed) {
  return core_->OnViewChange(std::move(changed));
}

void NatsFleet::SetDraining(bool draining) { core_->SetDraining(draining); }

Status NatsFleet::connection() const { return core_->link().status(); }

std::chrono::milliseconds NatsFleet::clock_offset() const { return core_->clock_offset(); }

void NatsFleet::Serve(std::string topic, Handler handler) {
  core_->Serve(std::move(topic), std::move(handler));
}

void NatsFleet::Ask(NodeId node, std::string_view topic, std::string request,
                    std::chrono::milliseconds timeout, AskDone done) {
  core_->Ask(node, topic, std::move(request), timeout, std::move(done));
}

void NatsFleet::Broadcast(std::string_view topic, std::string message) {
  core_->Broadcast(topic, std::move(message));
}

void NatsFleet::Listen(std::string topic, Listener listener) {
  core_->Listen(std::move(topic), std::move(listener));
}

void NatsFleet::Start() { core_->Start(); }

void NatsFleet::Stop() { core_->Stop(); }

void NatsFleet::OnPause(UniqueFunction<void()> paused) { core_->OnPause(std::move(paused)); }

NatsFleet::Stats NatsFleet::stats() const { return core_->stats(); }

}  // namespace parley::bus
