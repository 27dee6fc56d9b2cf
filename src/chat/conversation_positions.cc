// How an actor keeps and writes down how far people have come.

#include <algorithm>
#include <utility>

#include "chat/conversation_actor.h"
#include "runtime/spawn.h"

namespace parley::chat {

using std::chrono::steady_clock;

ConversationActor::Lookup ConversationActor::LookupFor(UserId caller,
                                                       const MarkCommand& mark) const {
  Lookup lookup;
  const Member* member = state_.Find(caller);
  if (member == nullptr || mark.read > committed_.seq || mark.read < member->first_seq ||
      mark.read <= positions_.Of(*member).read || recent_.Find(mark.read) != nullptr) {
    return lookup;
  }
  lookup.target = mark.read;
  return lookup;
}

void ConversationActor::RunBody(Command& command, const MarkCommand& body, const Found& found) {
  const Member* member = state_.Find(command.caller);
  // A position is written without waiting for commits: it must not rest on one.
  if (member == nullptr || member->joined_seq > committed_.seq) {
    Answer(std::move(command), NotFound("no such conversation"));
    return;
  }
  if (body.read > committed_.seq || body.delivered > committed_.seq) {
    Answer(std::move(command), InvalidField("seq", "lies beyond the end of the conversation"));
    return;
  }
  Position position;
  position.delivered = body.delivered;
  if (body.read >= member->first_seq && body.read > positions_.Of(*member).read) {
    const storage::EntryPtr entry = found.target ? found.target : recent_.Find(body.read);
    position.read = body.read;
    position.read_n = entry->n;
    position.delivered = std::max(position.delivered, body.read);
  }
  const UserId user = member->user;
  const bool waits = positions_.Mark(*member, position);
  if (waits && body.answer == MarkAnswer::kWhenWritten) {
    // Until then it counts as a command that waits.
    positions_.AwaitWrite(user,
                          [done = std::move(command.done), ticket = std::move(command.ticket)](
                              Result<CommandAnswer> answer) mutable { done(std::move(answer)); });
  } else {
    Answer(std::move(command), CommandAnswer());
  }
  // One that is due no sooner than what the timer waits for costs no look at the others.
  if (waits && (!positions_due_ || positions_.DueOf(user, is_large()) < *positions_due_)) {
    WriteDuePositions();
  }
  // Else the answer is being confirmed, which comes to it.
  if (MayTellInPassing()) TendReceipts();
}

void ConversationActor::WriteDuePositions() {
  if (writing_positions_) return;
  positions_due_.reset();
  const auto now = steady_clock::now();
  const bool all = phase_ == Phase::kDead || !flush_waiters_.empty();
  PositionBook::Batch batch = positions_.TakeDue(id_, now, env_.clock.Now(), is_large(), all);
  if (!batch.rows.empty()) {
    writing_positions_ = true;
    runtime::Spawn(shard_, "write positions", WritePositions(shared_from_this(), std::move(batch)));
    return;
  }
  FinishFlush();
  if (phase_ == Phase::kDead) return;
  positions_due_ = positions_.NextDue(is_large());
  if (positions_due_) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*positions_due_ - now);
    position_timer_.After(std::max(wait, std::chrono::milliseconds(0)), [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->WriteDuePositions();
    });
  }
}

runtime::Task<void> ConversationActor::WritePositions(std::shared_ptr<ConversationActor> self,
                                                      PositionBook::Batch batch) {
  const Status written = co_await self->env_.store.conversations().WritePositions(batch.rows);
  if (written.ok()) {
    self->positions_.Written(batch.rows);
    self->TellOwnDevices(batch.read_moved);
    self->TendReceipts();
  }
  for (CommandDone& done : batch.waiting) {
    if (written.ok()) {
      done(CommandAnswer());
    } else {
      done(written);
    }
  }
  self->writing_positions_ = false;
  if (!written.ok() && (self->phase_ == Phase::kDead || !self->flush_waiters_.empty())) {
    // Tried again otherwise; but who is about to go does not wait for better times.
    self->FinishFlush();
    co_return;
  }
  self->WriteDuePositions();
}

void ConversationActor::FinishFlush() {
  for (UniqueFunction<void()>& done : std::exchange(flush_waiters_, {})) done();
}

void ConversationActor::TellOwnDevices(const std::vector<UserId>& users) {
  for (const UserId& user : users) {
    env_.bus.Publish(std::make_shared<const bus::Event>(bus::Event{
                         bus::Event::Kind::kConversation, id_, Seq(), wire::Frame(), {}}),
                     std::make_shared<const std::vector<UserId>>(1, user));
  }
}

void ConversationActor::FlushPositions(UniqueFunction<void()> done) {
  flush_waiters_.push_back(std::move(done));
  WriteDuePositions();
}

}  // namespace parley::chat
