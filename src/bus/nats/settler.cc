#include "bus/nats/settler.h"

#include <charconv>
#include <utility>

namespace parley::bus {
namespace {

using std::chrono::steady_clock;

/// Who comes while a question is younger than this waits for its answers, then asks anew.
constexpr std::chrono::milliseconds kShared{20};
/// A question that nobody can be waiting for any more.
constexpr std::chrono::seconds kOld{10};

}  // namespace

Settler::Settler(Link& link, Fleet& fleet, std::string prefix)
    : link_(link),
      fleet_(fleet),
      question_(prefix + ".s"),
      answers_(prefix + ".sr." + fleet.self().ToString() + ".") {}

void Settler::Begin() {
  link_.Subscribe(question_, Handle(&Settler::OnQuestion));
  link_.Subscribe(answers_ + "*", Handle(&Settler::OnAnswer));
}

Settler::Waiter Settler::Settle(Done done) {
  std::vector<Done> refused;
  Waiter waiter = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto now = steady_clock::now();
    waiter = ++last_waiter_;
    waiters_.emplace(waiter, std::move(done));
    next_.push_back(waiter);
    const bool under_way = !rounds_.empty() && now - rounds_.rbegin()->second.started < kShared;
    if (under_way || StartRound(now)) return waiter;
    refused = Take(std::exchange(next_, {}));
  }
  for (Done& each : refused) {
    // Nobody else is there, or there is no connection: the server, or nobody, can say.
    link_.Flush(std::move(each));
  }
  return 0;
}

void Settler::GiveUp(Waiter waiter) {
  std::unique_lock lock(mutex_);
  auto node = waiters_.extract(waiter);
  lock.unlock();
  if (!node.empty()) node.mapped()(Unavailable("another node did not answer in time"));
}

bool Settler::StartRound(Time now) {
  std::erase_if(rounds_, [now](const auto& each) { return now - each.second.started > kOld; });
  Round round;
  round.started = now;
  for (const FleetView::Node& node : fleet_.view()->nodes) {
    if (node.id != fleet_.self()) round.missing.insert(node.id);
  }
  if (round.missing.empty()) return false;
  const std::uint64_t number = ++last_round_;
  if (!link_.Publish(question_, answers_ + std::to_string(number),
                     std::make_shared<const std::string>())) {
    return false;
  }
  round.waiters = std::exchange(next_, {});
  rounds_.emplace(number, std::move(round));
  return true;
}

std::vector<Settler::Done> Settler::Take(const std::vector<Waiter>& waiters) {
  std::vector<Done> taken;
  taken.reserve(waiters.size());
  for (const Waiter waiter : waiters) {
    auto node = waiters_.extract(waiter);
    if (!node.empty()) taken.push_back(std::move(node.mapped()));
  }
  return taken;
}

void Settler::OnQuestion(const Link::Message& message) {
  if (message.reply.empty()) return;
  link_.Publish(std::string(message.reply), "",
                std::make_shared<const std::string>(fleet_.self().view()));
}

void Settler::OnAnswer(const Link::Message& message) {
  const std::string_view token = message.subject.substr(answers_.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (error != std::errc() || end != token.data() + token.size()) return;
  std::vector<Done> settled;
  std::vector<Done> refused;
  {
    const std::lock_guard lock(mutex_);
    const auto it = rounds_.find(number);
    if (it == rounds_.end()) return;
    if (message.data.size() == Uuid::kSize) {
      it->second.missing.erase(NodeId(Uuid::FromBytes(message.data)));
    }
    // Where nobody listens, nobody publishes.
    if (!message.no_responders && !it->second.missing.empty()) return;
    settled = Take(it->second.waiters);
    rounds_.erase(it);
    if (!next_.empty() && !StartRound(steady_clock::now())) {
      refused = Take(std::exchange(next_, {}));
    }
  }
  for (Done& each : settled) each(Status::Ok());
  for (Done& each : refused) link_.Flush(std::move(each));
}

Link::HandlerPtr Settler::Handle(void (Settler::*handle)(const Link::Message&)) {
  return std::make_shared<const Link::Handler>(
      [weak = weak_from_this(), handle](const Link::Message& message) {
        if (const std::shared_ptr<Settler> self = weak.lock()) (self.get()->*handle)(message);
      });
}

}  // namespace parley::bus
