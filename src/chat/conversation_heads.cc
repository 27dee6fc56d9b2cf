// How an actor makes good what may be lost or unknown: repeats of the head, answers that are
// confirmed by the store, and entries of commands whose outcome was unknown.

#include <algorithm>
#include <utility>

#include "chat/conversation_actor.h"
#include "runtime/spawn.h"

namespace parley::chat {
namespace {

using std::chrono::steady_clock;

/// What rests on no commit goes on for so long after the store last said what the head is.
constexpr std::chrono::seconds kTrust{5};

/// Who has just become one of many may not follow the conversation yet: for so long they are told
/// of its head by name.
constexpr std::chrono::minutes kCrowding{1};

}  // namespace

bool IsPreferredHere(const ActorEnvironment& environment, ConversationId conversation) {
  if (environment.fleet == nullptr) return true;
  const bus::FleetViewPtr view = environment.fleet->view();
  if (view->nodes.size() == 1) return view->nodes.front().id == environment.fleet->self();
  return bus::PreferredNode(*view, conversation.view()) == environment.fleet->self();
}

// -- Heads ----------------------------------------------------------------------------------------

void ConversationActor::PublishHead() {
  const auto head = std::make_shared<const bus::Event>(
      bus::Event{.kind = bus::Event::Kind::kHead,
                 .conversation = id_,
                 .seq = committed_.seq,
                 .frame = {},
                 .sessions = {},
                 .members = static_cast<std::uint32_t>(audience_->size())});
  if (audience_->size() <= bus::kLargeConversation || steady_clock::now() >= crowding_until_) {
    env_.bus.Publish(head, audience_);
    return;
  }
  for (auto first = audience_->begin(); first != audience_->end();) {
    const auto count = std::min<std::ptrdiff_t>(bus::kLargeConversation, audience_->end() - first);
    env_.bus.Publish(head, std::make_shared<const std::vector<UserId>>(first, first + count));
    first += count;
  }
}

void ConversationActor::TellDeparture(const Departure& departure) {
  env_.bus.Publish(std::make_shared<const bus::Event>(
                       bus::Event{bus::Event::Kind::kLeft, id_, departure.seq, wire::Frame(), {}}),
                   std::make_shared<const std::vector<UserId>>(1, departure.user));
}

void ConversationActor::SetAudience(UserList audience) {
  if (audience == audience_) return;
  const bool crosses =
      audience_->size() <= bus::kLargeConversation && audience->size() > bus::kLargeConversation;
  audience_ = std::move(audience);
  if (!crosses || !env_.bus.MayLose()) return;
  crowding_until_ = steady_clock::now() + kCrowding;
  PublishHead();
}

void ConversationActor::NoteTold(const Entry& entry) {
  if (!env_.bus.MayLose()) return;
  const auto now = steady_clock::now();
  heads_.Told(now);
  if (const auto* members = std::get_if<MembersBody>(&entry.body)) {
    for (const UserId& user : members->removed) heads_.Departed({user, entry.seq}, now);
    for (const UserId& user : members->added) heads_.Returned(user);
  }
}

void ConversationActor::TellLoaded(const std::vector<Departure>& departed, bool finished) {
  const bool may_lose = env_.bus.MayLose();
  if (!state_.exists() || (!finished && !may_lose)) return;
  PublishHead();
  for (const Departure& departure : departed) TellDeparture(departure);
  if (!may_lose) return;
  const auto now = steady_clock::now();
  heads_.Told(now);
  for (const Departure& departure : departed) heads_.Departed(departure, now);
  TendHeads();
}

void ConversationActor::TendHeads() {
  if (phase_ == Phase::kDead || heads_.empty()) return;
  const HeadBook::Due told = heads_.Take(steady_clock::now());
  if (told.members) PublishHead();
  for (const Departure& departure : told.departures) TellDeparture(departure);
  const std::optional<HeadBook::SteadyTime> due = heads_.NextDue();
  // A busy conversation comes here with every append: mostly the alarm is set already.
  if (!due || (heads_due_ && *heads_due_ <= *due)) return;
  heads_due_ = due;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*due - steady_clock::now());
  head_timer_.After(std::max(wait, std::chrono::milliseconds(0)), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->heads_due_.reset();
    self->TendHeads();
  });
}

void ConversationActor::TellHeadsNow() {
  const HeadBook::Due told = heads_.TakeAll();
  if (told.members) PublishHead();
  for (const Departure& departure : told.departures) TellDeparture(departure);
}

// -- Confirming -----------------------------------------------------------------------------------

bool ConversationActor::MustConfirm() const {
  return state_.exists() && (distrusted_ || !IsPreferredHere(env_, id_));
}

bool ConversationActor::MayBeBehind() const { return env_.fleet != nullptr && state_.exists(); }

bool ConversationActor::MayTellInPassing() const {
  return steady_clock::now() - confirmed_at_ < kTrust || !MustConfirm();
}

void ConversationActor::Confirmed() {
  distrusted_ = false;
  confirmed_at_ = steady_clock::now();
}

runtime::Task<void> ConversationActor::Confirm(std::shared_ptr<ConversationActor> self) {
  const Result<storage::SnapshotPtr> snapshot =
      co_await self->env_.store.conversations().ReadSnapshot(self->id_, storage::ReadMode::kFresh);
  using enum storage::AppendOutcome;
  if (!snapshot.ok()) {
    self->OnAppended(kRefused);
  } else {
    self->OnAppended((*snapshot)->head.seq == self->committed_.seq ? kCommitted : kConflict);
  }
}

// -- Entries of which it was unknown whether they were written ------------------------------------

bool ConversationActor::SettleMade(Command& command, const storage::EntryPtr& found) {
  const storage::EntryPtr made = std::exchange(command.made, nullptr);
  const storage::EntryPtr there = found ? found : recent_.Find(made->seq);
  if (!there || there->seq > committed_.seq || *there != *made) return false;
  // Whoever waited for it was to tell of it, and did not come to that.
  if (const auto* members = std::get_if<MembersBody>(&made->body)) {
    for (const UserId& user : members->removed) {
      if (state_.Find(user) == nullptr) untold_.push_back({user, made->seq});
    }
  }
  untold_head_ = true;
  Answer(std::move(command), CommandAnswer{there, false});
  return true;
}

void ConversationActor::TellUntold() {
  if (!std::exchange(untold_head_, false)) return;
  TellLoaded(std::exchange(untold_, {}), true);
}

}  // namespace parley::chat
