// What an actor tells the other members in passing: receipts, and who is typing.

#include <memory>
#include <utility>
#include <vector>

#include "chat/conversation_actor.h"
#include "wire/server_frames.h"

namespace parley::chat {

using std::chrono::steady_clock;

bus::Recipients ConversationActor::OthersThan(UserId user) const {
  const UserList members = state_.members();
  // Of an empty direct conversation only its creator knows.
  const bool unknown = state_.info().kind == ConversationKind::kDirect && committed_.n == 0;
  auto others = std::make_shared<std::vector<UserId>>();
  others->reserve(members->size());
  for (const UserId& each : *members) {
    if (each == user || (unknown && each != state_.info().created_by)) continue;
    // Whose joining is not durable yet must not hear of it in this way.
    if (!pending_.empty() && state_.Find(each)->joined_seq > committed_.seq) continue;
    others->push_back(each);
  }
  return others;
}

void ConversationActor::TellOthers(UserId user, wire::Frame frame) {
  env_.bus.Publish(
      std::make_shared<const bus::Event>(bus::Event{.kind = bus::Event::Kind::kMomentary,
                                                    .conversation = id_,
                                                    .seq = Seq(),
                                                    .frame = std::move(frame),
                                                    .sessions = {},
                                                    .except = user}),
      OthersThan(user));
}

// -- Receipts -------------------------------------------------------------------------------------

void ConversationActor::TendReceipts() {
  if (phase_ == Phase::kDead) return;
  if (is_large()) {
    positions_.DropReceipts();
    return;
  }
  for (const PositionBook::Receipt& receipt : positions_.TakeReceipts(steady_clock::now())) {
    const Member* member = state_.Find(receipt.user);
    if (member == nullptr || member->joined_seq != receipt.joined_seq) continue;
    TellOthers(receipt.user, wire::EncodeReceiptFrame(id_, receipt.user, receipt.position));
  }
  const std::optional<PositionBook::SteadyTime> due = positions_.NextReceiptDue();
  // A busy conversation comes here with every append: mostly the alarm is set already.
  if (!due || (receipts_due_ && *receipts_due_ <= *due)) return;
  receipts_due_ = due;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*due - steady_clock::now());
  receipt_timer_.After(std::max(wait, std::chrono::milliseconds(0)), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->receipts_due_.reset();
    self->TendReceipts();
  });
}

// -- Typing ---------------------------------------------------------------------------------------

void ConversationActor::RunBody(Command& command, const TypingCommand& body,
                                const Found& /*found*/) {
  const Member* member = state_.Find(command.caller);
  if (member == nullptr) {
    Answer(std::move(command), NotFound("no such conversation"));
    return;
  }
  // Rests on no commit, and waits for none. Of whose joining is not durable nobody is told yet.
  command.done(CommandAnswer());
  if (member->joined_seq > committed_.seq || is_large() || !MayTellInPassing()) return;
  if (!body.active) {
    if (typing_.Inactive(command.caller, body.device)) TellTyping(command.caller, false);
    return;
  }
  if (typing_.Active(command.caller, body.device, steady_clock::now())) {
    TellTyping(command.caller, true);
  }
  TendTyping();
}

void ConversationActor::TellTyping(UserId user, bool active) {
  TellOthers(user, wire::EncodeTypingFrame(
                       id_, user, active ? wire::Typing::kActive : wire::Typing::kStopped));
}

void ConversationActor::EndTyping(UserId user) {
  if (typing_.End(user)) TellTyping(user, false);
}

void ConversationActor::TendTyping() {
  if (phase_ == Phase::kDead) return;
  const auto now = steady_clock::now();
  for (const UserId& user : typing_.TakeEnded(now)) TellTyping(user, false);
  const std::optional<TypingBook::SteadyTime> due = typing_.NextDue();
  if (!due || typing_timer_set_) return;
  typing_timer_set_ = true;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*due - now);
  typing_timer_.After(wait, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->typing_timer_set_ = false;
    self->TendTyping();
  });
}

}  // namespace parley::chat
