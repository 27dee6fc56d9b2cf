// What a client may ask for over the WebSocket, frame by frame.

#include <algorithm>
#include <utility>

#include "gateway/session.h"
#include "runtime/spawn.h"
#include "wire/error_code.h"

namespace parley::gateway {
namespace {

/// Heads that one resume may name over all its frames: twice the conversations of a person leaves
/// room for those that they have left.
std::size_t MaxHeads(const Limits& limits) { return 2 * limits.conversations_per_person; }

}  // namespace

void Session::SendError(const std::optional<std::string>& ref, const Status& status) {
  if (env_.errors != nullptr) env_.errors->Count(wire::ErrorCodeOf(status.code()).code);
  socket_->Send(wire::EncodeErrorFrame(ref, status));
}

void Session::OnFrame(const std::optional<std::string>& ref, const wire::AuthFrame& /*frame*/) {
  SendError(ref, InvalidArgument("this session is authenticated already"));
}

void Session::OnFrame(const std::optional<std::string>& ref, wire::ResumeFrame& frame) {
  if (phase_ == Phase::kSyncing) {
    SendError(ref, Conflict("a resume is being answered: wait for its last sync"));
    return;
  }
  if (frame.cursor) resume_.cursor = std::move(frame.cursor);
  resume_.heads.insert(resume_.heads.end(), frame.heads.begin(), frame.heads.end());
  if (resume_.heads.size() > MaxHeads(env_.limits.Get())) {
    resume_ = {};
    SendError(ref, InvalidField("heads", "too many in one resume: begin again with fewer"));
    return;
  }
  if (frame.more) return;
  if (phase_ == Phase::kAwaitingResume) RecheckLater();
  phase_ = Phase::kSyncing;
  runtime::Spawn(shard_, "sync", Sync(shared_from_this(), ref, std::exchange(resume_, {})));
}

void Session::OnFrame(const std::optional<std::string>& ref, wire::SendFrame& frame) {
  CountUnanswered();
  const ConversationId conversation = frame.conversation;
  chat::SendCommand command{
      frame.request.client_id, std::move(frame.request.text), {}, frame.request.reply_to};
  env_.chat.Submit(
      conversation, user(), std::move(command),
      [self = shared_from_this(), ref, conversation](Result<chat::CommandAnswer> answer) {
        if (self->socket_ == nullptr) return;
        if (answer.ok()) {
          const Entry& entry = *answer->entry;
          self->socket_->Send(
              wire::EncodeAckFrame({ref.value_or(""), conversation, entry.seq, entry.message().id,
                                    entry.at, answer->existed}));
        } else {
          self->SendError(ref, answer.status());
        }
        self->CountAnswered();
      });
}

void Session::OnFrame(const std::optional<std::string>& ref, const wire::ReadFrame& frame) {
  Mark(ref, frame.conversation, {frame.seq, Seq(), chat::MarkAnswer::kWhenTaken});
}

void Session::OnFrame(const std::optional<std::string>& ref, const wire::DeliveredFrame& frame) {
  Mark(ref, frame.conversation, {Seq(), frame.seq, chat::MarkAnswer::kWhenTaken});
}

void Session::Mark(const std::optional<std::string>& ref, ConversationId conversation,
                   chat::MarkCommand mark) {
  CountUnanswered();
  env_.chat.Submit(conversation, user(), mark,
                   [self = shared_from_this(), ref](const Result<chat::CommandAnswer>& answer) {
                     if (self->socket_ == nullptr) return;
                     if (!answer.ok()) self->SendError(ref, answer.status());
                     self->CountAnswered();
                   });
}

void Session::OnFrame(const std::optional<std::string>& ref, const wire::PingFrame& /*frame*/) {
  socket_->Send(wire::EncodePongFrame(ref));
}

void Session::OnFrame(const std::optional<std::string>& ref, const wire::UnsupportedFrame& frame) {
  SendError(ref, InvalidField("type", "this server does not offer " + frame.type +
                                          ": see the features of GET /v1/server"));
}

void Session::CountUnanswered() {
  if (++unanswered_ != kMaxUnanswered) return;
  env_.stats->paused.fetch_add(1, std::memory_order_relaxed);
  socket_->PauseReading();
}

void Session::CountAnswered() {
  if (unanswered_-- == kMaxUnanswered) socket_->ResumeReading();
}

}  // namespace parley::gateway
