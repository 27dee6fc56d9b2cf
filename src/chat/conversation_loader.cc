// How an actor comes to know its conversation, and what it looks up of it later.

#include <utility>

#include "chat/conversation_actor.h"
#include "chat/effects.h"
#include "runtime/spawn.h"

namespace parley::chat {
namespace {

constexpr std::size_t kRecentBytes = std::size_t{1024} * 1024;

}  // namespace

void ConversationActor::Start() {
  runtime::Spawn(shard_, "load conversation", Load(shared_from_this()));
}

runtime::Task<void> ConversationActor::Load(std::shared_ptr<ConversationActor> self) {
  StoredConversation stored;
  Status loaded = co_await self->ReadState(&stored);
  if (loaded.ok() && self->state_.exists()) loaded = co_await self->ReadRecent();
  if (self->phase_ == Phase::kDead) co_return;
  if (!loaded.ok()) {
    self->Die(storage::AppendOutcome::kRefused);
    co_return;
  }
  self->phase_ = Phase::kReady;
  self->Confirmed();
  self->TellLoaded(stored.changes, stored.finished);
  self->Pump();
  // Guessing ids must not fill the server with actors of what does not exist.
  const bool waits = !self->queue_.empty() || !self->pending_.empty();
  if (!self->state_.exists() && !waits) self->Die(storage::AppendOutcome::kRefused);
}

runtime::Task<Status> ConversationActor::ReadState(StoredConversation* loaded) {
  PARLEY_CO_ASSIGN(*loaded,
                   co_await LoadConversation(&env_.store, id_, env_.fingerprinter, env_.effects));
  if (!loaded->state.exists()) co_return Status::Ok();
  const std::vector<Member> members = MembersOf(loaded->state);
  PARLEY_CO_ASSIGN(const std::vector<Position> positions,
                   co_await env_.store.conversations().ReadPositions(id_, members));
  for (std::size_t i = 0; i < members.size() && i < positions.size(); ++i) {
    positions_.Load(members[i], positions[i]);
  }
  state_ = std::move(loaded->state);
  committed_ = state_.head();
  audience_ = AudienceOf(state_);
  co_return Status::Ok();
}

runtime::Task<Status> ConversationActor::ReadRecent() {
  const std::uint64_t head = committed_.seq.value();
  const Seq after(head > RecentEntries::kCapacity ? head - RecentEntries::kCapacity : 0);
  Seq have = after;
  while (have < committed_.seq) {
    // No further than the head as it was read: what follows is found by the conflict that it makes.
    PARLEY_CO_ASSIGN(const std::vector<storage::EntryPtr> entries,
                     co_await env_.store.conversations().ReadEntries(
                         id_, have, committed_.seq.value() - have.value(), kRecentBytes));
    if (entries.empty()) co_return DataLoss("the log ends before its head");
    for (const storage::EntryPtr& entry : entries) {
      recent_.Push(entry);
      if (!entry->is_message()) continue;
      const MessageBody& body = entry->message();
      window_.Add(entry->actor, body.client_id,
                  {entry->seq, FingerprintOf(env_.fingerprinter, body)});
    }
    have = entries.back()->seq;
  }
  if (after != Seq()) window_.SetEarlier(committed_.client_ids_until);
  co_return Status::Ok();
}

runtime::Task<void> ConversationActor::LookUp(std::shared_ptr<ConversationActor> self,
                                              Lookup lookup) {
  Found found;
  Status failed;
  const UserId caller = self->queue_.front().caller;
  if (lookup.sent) {
    const ClientId client_id = std::get<SendCommand>(self->queue_.front().body).client_id;
    Result<std::optional<storage::SentRow>> sent =
        co_await self->env_.store.conversations().FindSent(
            self->id_, caller, client_id, self->env_.clock.Now() - kIdempotencyWindow);
    failed = sent.status();
    if (sent.ok()) found.sent = *sent;
    if (found.sent) lookup.sent_entry = found.sent->seq;
  }
  if (failed.ok() && lookup.sent_entry) {
    Result<storage::EntryPtr> entry = co_await self->ReadEntry(*lookup.sent_entry);
    failed = entry.status();
    if (entry.ok()) found.sent_entry = *entry;
  }
  if (failed.ok() && lookup.target) {
    Result<storage::EntryPtr> entry = co_await self->ReadEntry(*lookup.target);
    failed = entry.status();
    if (entry.ok()) found.target = *entry;
  }
  if (failed.ok() && lookup.made) {
    Result<storage::EntryPtr> entry = co_await self->ReadEntry(*lookup.made);
    failed = entry.status();
    if (entry.ok()) found.made = *entry;
  }
  if (self->phase_ == Phase::kDead) co_return;
  self->phase_ = Phase::kReady;
  Command command = std::move(self->queue_.front());
  self->queue_.pop_front();
  if (failed.ok()) {
    self->Run(std::move(command), found);
  } else {
    self->Answer(std::move(command), failed);
  }
  self->Pump();
}

runtime::Task<Result<storage::EntryPtr>> ConversationActor::ReadEntry(Seq seq) {
  PARLEY_CO_ASSIGN(
      std::vector<storage::EntryPtr> entries,
      co_await env_.store.conversations().ReadEntries(id_, seq.Previous(), 1, kRecentBytes));
  if (entries.empty() || entries.front()->seq != seq) co_return DataLoss("the log has a hole");
  co_return std::move(entries.front());
}

}  // namespace parley::chat
