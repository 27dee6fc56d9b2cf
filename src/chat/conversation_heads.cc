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

HeadTeller ConversationActor::Teller() const { return {env_.bus, id_, committed_.seq, audience_}; }

void ConversationActor::PublishHead() {
  if (steady_clock::now() < crowding_until_) {
    Teller().TellAllByName();
  } else {
    Teller().TellAll();
  }
}

bool ConversationActor::SetAudience(UserList audience) {
  if (audience == audience_) return false;
  const bool crosses =
      audience_->size() <= bus::kLargeConversation && audience->size() > bus::kLargeConversation;
  audience_ = std::move(audience);
  if (!crosses || !env_.bus.MayLose()) return false;
  crowding_until_ = steady_clock::now() + kCrowding;
  PublishHead();
  return true;
}

void ConversationActor::NoteTold(const Entry& entry, bool by_name) {
  if (!env_.bus.MayLose()) return;
  heads_.Told(steady_clock::now());
  MemberChanges changes;
  changes.Add(entry);
  NoteChanges(std::move(changes), by_name);
}

void ConversationActor::NoteChanges(MemberChanges changes, bool by_name) {
  const bool reached = by_name || audience_->size() <= bus::kLargeConversation;
  if (reached) heads_.Forget(std::exchange(changes.arrived, {}));
  heads_.Changed(changes, steady_clock::now());
}

void ConversationActor::TellLoaded(const MemberChanges& changes, bool finished) {
  const bool may_lose = env_.bus.MayLose();
  if (!state_.exists() || (!finished && !may_lose)) return;
  PublishHead();
  Teller().TellChanges(changes);
  if (!may_lose) return;
  heads_.Told(steady_clock::now());
  NoteChanges(changes, false);
  TendHeads();
}

void ConversationActor::TendHeads() {
  if (phase_ == Phase::kDead || heads_.empty()) return;
  const HeadBook::Due told = heads_.Take(steady_clock::now());
  if (told.members) PublishHead();
  if (!told.changes.empty()) Teller().TellChanges(told.changes);
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
  if (!told.changes.empty()) Teller().TellChanges(told.changes);
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
  untold_.Add(*made);
  untold_head_ = true;
  Answer(std::move(command), CommandAnswer{there, false});
  return true;
}

void ConversationActor::TellUntold() {
  if (!std::exchange(untold_head_, false)) return;
  MemberChanges changes = std::exchange(untold_, {});
  changes.KeepWhatIsSo(state_);
  TellLoaded(changes, true);
}

}  // namespace parley::chat
