// How fast a client may be over the WebSocket.

#include <chrono>
#include <variant>

#include "gateway/session.h"

namespace parley::gateway {
namespace {

using limits::Action;

}  // namespace

bool Session::Admit(const wire::ParsedFrame& parsed) {
  if (env_.rates == nullptr) return true;
  const Status admitted = Charge(parsed);
  if (admitted.ok()) return true;
  if (!refusals_.Count(env_.rates->now())) {
    socket_->Close(net::CloseCode::kTooFast, "too fast: wait after an error rate_limited");
    return false;
  }
  const auto* frame = std::get_if<wire::ClientFrame>(&parsed);
  SendError(frame != nullptr ? frame->ref : std::get<wire::FrameError>(parsed).ref, admitted);
  return false;
}

Status Session::Charge(const wire::ParsedFrame& parsed) {
  PARLEY_TRY(env_.rates->Admit(frames_, Action::kFrame));
  const auto* frame = std::get_if<wire::ClientFrame>(&parsed);
  if (frame == nullptr) return Status::Ok();
  if (std::holds_alternative<wire::SendFrame>(frame->body)) {
    return env_.rates->Admit(user(), Action::kSend);
  }
  if (std::holds_alternative<wire::TypingFrame>(frame->body) ||
      std::holds_alternative<wire::WatchPresenceFrame>(frame->body)) {
    return env_.rates->Admit(user(), Action::kMomentary);
  }
  if (const auto* resume = std::get_if<wire::ResumeFrame>(&frame->body)) {
    return ChargeResume(*resume);
  }
  return Status::Ok();
}

Status Session::ChargeResume(const wire::ResumeFrame& frame) {
  // Nothing is looked up for these: one gathers, the other is refused.
  if (frame.more || phase_ == Phase::kSyncing) return Status::Ok();
  Status admitted =
      env_.rates->Admit(user(), Action::kResume, 1 + resume_.heads.size() + frame.heads.size());
  if (admitted.ok()) return admitted;
  resume_ = {};
  // Who waits as told is not closed for it.
  if (phase_ == Phase::kAwaitingResume) {
    AwaitResume(admitted.retry_after().value_or(std::chrono::milliseconds(0)));
  }
  return admitted;
}

void Session::CloseForWrongToken() {
  if (env_.rates != nullptr && !env_.rates->Admit(client_, Action::kFailedToken).ok()) {
    socket_->Close(net::CloseCode::kTooFast, "too many wrong tokens: try again in a minute");
  } else {
    socket_->Close(net::CloseCode::kUnauthenticated, "the token is not valid (any more)");
  }
}

}  // namespace parley::gateway
