// How a session finds what the bus lost: it compares heads, follows large conversations, and does
// not trust that it would be told when somebody left (docs/architecture.md, "Many nodes").

#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "runtime/spawn.h"

namespace parley::gateway {
namespace {

using std::chrono::steady_clock;

/// Conversations that the person left and that are remembered.
constexpr std::size_t kMaxEnded = 256;

}  // namespace

void Session::WatchGaps() {
  if (!MayMiss()) return;
  gaps_ = env_.bus.OnGap([weak = weak_from_this()] {
    if (const std::shared_ptr<Session> self = weak.lock()) {
      self->CatchUpLater(std::chrono::milliseconds(0), Missed::kMaybe);
    }
  });
}

void Session::StopWatching() {
  gaps_.reset();
  followed_.clear();
  catch_up_timer_.Cancel();
}

bool Session::Examine(const bus::Event& event) {
  if (event.members > 0) NoteSize(event.conversation, event.members);
  const bool unknown = !feeds_.contains(event.conversation);
  const auto ended = ended_.find(event.conversation);
  switch (event.kind) {
    case bus::Event::Kind::kLeft:
      // Nothing was told since it was said that they left.
      if (unknown && ended != ended_.end()) ended->second = std::max(ended->second, event.seq);
      if (unknown) return ended == ended_.end();
      if (event.seq >= feeds_[event.conversation].sent()) return true;
      // They came back since, or what we believe is wrong.
      CatchUpLater(std::chrono::milliseconds(0), Missed::kMaybe);
      return false;
    case bus::Event::Kind::kHead:
      return !unknown || ended == ended_.end() || ended->second < event.seq;
    case bus::Event::Kind::kChange:
      if (!unknown || ended == ended_.end()) return true;
      // On its way when they left, or they came back: the membership tells.
      if (ended->second < event.seq) Doubt(event.conversation, event.seq);
      return false;
    case bus::Event::Kind::kConversation:
      if (!unknown || ended == ended_.end() || event.seq > ended->second) return true;
      // Of a stay that is over, or no more than a hint: the membership tells, and nothing that lies
      // before the end that was told is told anew.
      Doubt(event.conversation, ended->second);
      return false;
    case bus::Event::Kind::kSessionsEnded:
    case bus::Event::Kind::kMomentary:
      return true;
  }
  return true;
}

void Session::Doubt(ConversationId conversation, Seq seq) {
  Feed& feed = feeds_[conversation];
  feed.OnHead(seq);
  Work(conversation, feed);
}

// -- Large conversations --------------------------------------------------------------------------

void Session::NoteSize(ConversationId conversation, std::size_t members) {
  if (!MayMiss()) return;
  const auto followed = followed_.find(conversation);
  if (members > bus::kLargeConversation) {
    if (followed != followed_.end()) {
      followed->second.small_since.reset();
      return;
    }
    // Not from within an event: the bus is going through its subscribers.
    shard_.Post([weak = weak_from_this(), conversation] {
      const std::shared_ptr<Session> self = weak.lock();
      if (!self || self->socket_ == nullptr || !self->feeds_.contains(conversation)) return;
      self->Follow(conversation);
      self->CatchUpLater(self->env_.catch_up, Missed::kNothing);
    });
    return;
  }
  if (followed == followed_.end()) return;
  std::optional<steady_clock::time_point>& since = followed->second.small_since;
  if (!since) {
    since = steady_clock::now();
  } else if (steady_clock::now() - *since > env_.follow_lasts) {
    Unfollow(conversation);
  }
}

void Session::Follow(ConversationId conversation) {
  if (!MayMiss()) return;
  Followed& followed = followed_[conversation];
  if (!followed.subscription) followed.subscription = env_.bus.Follow(conversation, *this);
}

void Session::FollowLarge() {
  if (!MayMiss()) return;
  catching_up_ = true;
  runtime::Spawn(shard_, "catch up", CatchUp(shared_from_this(), Missed::kNothing));
}

void Session::Unfollow(ConversationId conversation) {
  const auto followed = followed_.find(conversation);
  if (followed == followed_.end()) return;
  // It ends after the event that may be under way, but the session may end before.
  shard_.Post([self = shared_from_this(),
               subscription = std::move(followed->second.subscription)]() mutable {
    subscription.reset();
  });
  followed_.erase(followed);
}

// -- Heads ----------------------------------------------------------------------------------------

void Session::CatchUpLater(std::chrono::milliseconds wait, Missed missed) {
  if (!MayMiss()) return;
  if (missed == Missed::kMaybe) catch_up_for_ = missed;
  // Sessions differ by their numbers.
  const auto spread = std::max<std::int64_t>(1, env_.catch_up.count());
  wait += std::chrono::milliseconds(static_cast<std::int64_t>(number_ * 7919 % 65'521) % spread);
  const auto due = steady_clock::now() + wait;
  if (catch_up_due_ && *catch_up_due_ <= due) return;
  catch_up_due_ = due;
  catch_up_timer_.After(wait, [weak = weak_from_this()] {
    const std::shared_ptr<Session> self = weak.lock();
    if (!self) return;
    self->catch_up_due_.reset();
    // A resume compares the heads itself, and this is asked for again after it.
    if (self->socket_ == nullptr || self->Holding()) return;
    if (self->catching_up_) {
      self->CatchUpLater(self->env_.catch_up, self->catch_up_for_);
      return;
    }
    self->catching_up_ = true;
    const Missed missed = std::exchange(self->catch_up_for_, Missed::kNothing);
    runtime::Spawn(self->shard_, "catch up", CatchUp(self, missed));
  });
}

runtime::Task<void> Session::CatchUp(std::shared_ptr<Session> self, Missed missed) {
  self->env_.stats->catch_ups.fetch_add(1, std::memory_order_relaxed);
  const runtime::Semaphore::Place place = co_await runtime::Enter(self->env_.syncs);
  if (self->socket_ == nullptr) {
    self->catching_up_ = false;
    co_return;
  }
  std::string cursor = self->env_.chat.MakeCursor(self->user());
  std::vector<std::pair<ConversationId, Seq>> heads;
  heads.reserve(self->feeds_.size());
  self->feeds_.VisitSent([&](const ConversationId& conversation, Seq sent) {
    heads.emplace_back(conversation, sent);
  });
  const Result<chat::SyncPlan> plan =
      co_await self->env_.chat.PlanSync(self->user(), std::move(heads), self->caught_up_to_);
  self->catching_up_ = false;
  if (self->socket_ == nullptr || self->Holding()) co_return;
  if (!plan.ok()) {
    self->CatchUpLater(self->env_.catch_up, missed);
    co_return;
  }
  self->TakeHeads(*plan, missed);
  // What is suspected has to be found again.
  if (self->suspected_.empty()) self->caught_up_to_ = std::move(cursor);
}

void Session::TakeHeads(const chat::SyncPlan& plan, Missed missed) {
  bool followed = false;
  for (const ConversationId& conversation : plan.large) {
    followed |= !followed_.contains(conversation);
    Follow(conversation);
  }
  // What was said before they were followed here is found by the next look.
  if (followed) CatchUpLater(env_.catch_up, Missed::kNothing);
  const std::vector<ConversationId> suspected = std::exchange(suspected_, {});
  for (const chat::SyncItem& item : plan.items) {
    if (missed == Missed::kNothing && !feeds_.contains(item.conversation) &&
        !std::ranges::binary_search(suspected, item.conversation)) {
      suspected_.push_back(item.conversation);
      continue;
    }
    Feed& feed = feeds_[item.conversation];
    if (item.last > feed.known()) {
      env_.stats->found_missing.fetch_add(1, std::memory_order_relaxed);
      feed.OnHead(item.last);
    } else if (missed == Missed::kMaybe) {
      feed.OnConversation(Seq());
    }
    Work(item.conversation, feed);
  }
  if (!suspected_.empty()) {
    std::ranges::sort(suspected_);
    CatchUpLater(env_.catch_up, Missed::kNothing);
  }
  for (const ConversationId& conversation : plan.left) {
    Feed* const feed = feeds_.Find(conversation);
    if (feed == nullptr) continue;
    feed->OnGone();
    Work(conversation, *feed);
  }
}

bool Session::EndFeed(ConversationId conversation) {
  Feed& over = feeds_[conversation];
  socket_->Send(wire::EncodeInboxLeftFrame(conversation));
  const Seq last = over.sent();
  const Seq known = over.known();
  if (!over.Left()) return true;
  feeds_.Erase(conversation);
  if (!MayMiss()) return false;
  Unfollow(conversation);
  if (ended_.size() >= kMaxEnded && !ended_.contains(conversation)) ended_.erase(ended_.begin());
  Seq& ended = ended_[conversation];
  ended = std::max(ended, last);
  if (known <= last) return false;
  // Something came after: whether they are in it again is read.
  Feed& feed = feeds_[conversation];
  feed.OnHead(known);
  feed.busy = true;
  return true;
}

}  // namespace parley::gateway
