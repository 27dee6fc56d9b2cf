#include "bus/nats/fake_nats.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace parley::bus {
namespace {

/// Whether `pattern` (a subject, perhaps with a wildcard at its end) covers `subject`.
bool Covers(std::string_view pattern, std::string_view subject) {
  if (pattern.ends_with(".*")) {
    pattern.remove_suffix(1);
    return subject.starts_with(pattern) &&
           subject.find('.', pattern.size()) == std::string_view::npos;
  }
  return pattern == subject;
}

}  // namespace

class FakeNats::Server : public std::enable_shared_from_this<Server> {
 public:
  struct Subscription {
    const FakeLink* link = nullptr;
    std::string subject;
    Link::HandlerPtr handler;
  };
  struct Client {
    bool started = false;
    bool cut_off = false;
    Link::Stats stats;
    std::vector<UniqueFunction<void()>> losses;
    bool Connected() const { return started && !cut_off; }
  };
  /// A message on its way, or a flush.
  struct Job {
    const FakeLink* from = nullptr;
    std::string subject;
    std::string reply;
    Link::Payload data;
    UniqueFunction<void(Status)> done;
  };

  Server() : thread_([this] { Run(); }) {}
  ~Server() { Stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void Stop() {
    {
      const std::lock_guard lock(mutex);
      stopping_ = true;
    }
    wake.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  void Push(Job job) {
    jobs_.push_back(std::move(job));
    wake.notify_all();
  }

  /// Until no handler of the link is being called any more.
  void WaitForHandler(std::unique_lock<std::mutex>& lock, const FakeLink* link) {
    wake.wait(lock, [&] { return calling_ != link; });
  }

  std::mutex mutex;
  std::condition_variable wake;
  std::map<const FakeLink*, Client> clients;  // this and the following guarded by mutex
  std::map<Link::Ticket, Subscription> subscriptions;
  Link::Ticket last_ticket = 0;
  bool frozen = false;

 private:
  void Run() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping_ || (!frozen && !jobs_.empty()); });
      if (stopping_) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      if (job.done) {
        const bool connected = clients[job.from].Connected();
        lock.unlock();
        job.done(connected ? Status::Ok() : Unavailable("the link is cut off"));
        lock.lock();
      } else {
        HandOn(lock, job);
      }
    }
  }

  void HandOn(std::unique_lock<std::mutex>& lock, const Job& job) {
    if (!clients[job.from].Connected()) return;
    std::vector<Link::Ticket> tickets;
    tickets.reserve(subscriptions.size());
    for (const auto& [ticket, subscription] : subscriptions) {
      if (subscription.link != job.from && Covers(subscription.subject, job.subject) &&
          clients[subscription.link].Connected()) {
        tickets.push_back(ticket);
      }
    }
    if (tickets.empty() && !job.reply.empty()) {
      for (const auto& [ticket, subscription] : subscriptions) {
        if (subscription.link == job.from && Covers(subscription.subject, job.reply)) {
          Call(lock, ticket, {job.reply, "", "", true});
          return;
        }
      }
    }
    for (const Link::Ticket ticket : tickets) {
      Call(lock, ticket, {job.subject, job.reply, *job.data, false});
    }
  }

  void Call(std::unique_lock<std::mutex>& lock, Link::Ticket ticket, const Link::Message& message) {
    const auto it = subscriptions.find(ticket);
    if (it == subscriptions.end()) return;
    const Link::HandlerPtr handler = it->second.handler;
    calling_ = it->second.link;
    Link::Stats& stats = clients[calling_].stats;
    ++stats.messages_in;
    stats.bytes_in += message.data.size();
    lock.unlock();
    (*handler)(message);
    lock.lock();
    calling_ = nullptr;
    wake.notify_all();
  }

  std::deque<Job> jobs_;               // guarded by mutex
  const FakeLink* calling_ = nullptr;  // guarded by mutex
  bool stopping_ = false;              // guarded by mutex
  std::thread thread_;                 // last: it uses all of the above
};

class FakeNats::FakeLink : public Link {
 public:
  explicit FakeLink(std::shared_ptr<Server> server) : server_(std::move(server)) {
    const std::lock_guard lock(server_->mutex);
    server_->clients[this];
  }
  ~FakeLink() override {
    Close();
    const std::lock_guard lock(server_->mutex);
    server_->clients.erase(this);
  }
  FakeLink(const FakeLink&) = delete;
  FakeLink& operator=(const FakeLink&) = delete;

  void OnLoss(UniqueFunction<void()> lost) override {
    const std::lock_guard lock(server_->mutex);
    me().losses.push_back(std::move(lost));
  }
  void Start() override {
    const std::lock_guard lock(server_->mutex);
    me().started = true;
  }
  void Close() override {
    std::unique_lock lock(server_->mutex);
    std::erase_if(server_->subscriptions, [this](const auto& e) { return e.second.link == this; });
    server_->WaitForHandler(lock, this);
  }

  Status status() const override {
    const std::lock_guard lock(server_->mutex);
    return me().Connected() ? Status::Ok() : Unavailable("the link is cut off");
  }

  Ticket Subscribe(std::string subject, HandlerPtr handler) override {
    const std::lock_guard lock(server_->mutex);
    const Ticket ticket = ++server_->last_ticket;
    server_->subscriptions[ticket] = {this, std::move(subject), std::move(handler)};
    return ticket;
  }
  void Unsubscribe(Ticket ticket) override {
    const std::lock_guard lock(server_->mutex);
    server_->subscriptions.erase(ticket);
  }

  bool Publish(std::string subject, std::string reply, Payload data) override {
    const std::lock_guard lock(server_->mutex);
    if (!Count(data->size())) return false;
    server_->Push({this, std::move(subject), std::move(reply), std::move(data), nullptr});
    return true;
  }
  bool PublishToEach(std::string prefix, Recipients users, Payload data) override {
    const std::lock_guard lock(server_->mutex);
    for (const UserId& user : *users) {
      if (!Count(data->size())) return false;
      server_->Push({this, prefix + user.ToString(), "", data, nullptr});
    }
    return true;
  }
  void Flush(UniqueFunction<void(Status)> done) override {
    const std::lock_guard lock(server_->mutex);
    server_->Push({this, "", "", nullptr, std::move(done)});
  }

  Stats stats() const override {
    const std::lock_guard lock(server_->mutex);
    Stats stats = me().stats;
    for (const auto& [ticket, subscription] : server_->subscriptions) {
      if (subscription.link == this) ++stats.subscriptions;
    }
    return stats;
  }

 private:
  Server::Client& me() const { return server_->clients.at(this); }

  /// Whether something of so many bytes can be sent. Under the lock.
  bool Count(std::size_t bytes) {
    if (!me().Connected()) {
      ++me().stats.dropped_out;
      return false;
    }
    ++me().stats.messages_out;
    me().stats.bytes_out += bytes;
    return true;
  }

  const std::shared_ptr<Server> server_;
};

FakeNats::FakeNats() : server_(std::make_shared<Server>()) {}

FakeNats::~FakeNats() { server_->Stop(); }

std::shared_ptr<Link> FakeNats::Connect() { return std::make_shared<FakeLink>(server_); }

void FakeNats::CutOff(const Link& link) {
  const std::lock_guard lock(server_->mutex);
  server_->clients.at(static_cast<const FakeLink*>(&link)).cut_off = true;
}

void FakeNats::Restore(const Link& link) {
  const std::lock_guard lock(server_->mutex);
  Server::Client& client = server_->clients.at(static_cast<const FakeLink*>(&link));
  client.cut_off = false;
  ++client.stats.reconnects;
  // They only set signals: nothing of theirs comes back to this lock.
  for (auto& lost : client.losses) lost();
}

void FakeNats::Freeze() {
  const std::lock_guard lock(server_->mutex);
  server_->frozen = true;
}

void FakeNats::Thaw() {
  const std::lock_guard lock(server_->mutex);
  server_->frozen = false;
  server_->wake.notify_all();
}

}  // namespace parley::bus
