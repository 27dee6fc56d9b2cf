// How fast a client may be over the WebSocket.

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
  return Status::Ok();
}

void Session::CloseForWrongToken() {
  if (env_.rates != nullptr && !env_.rates->Admit(client_, Action::kFailedToken).ok()) {
    socket_->Close(net::CloseCode::kTooFast, "too many wrong tokens: try again in a minute");
  } else {
    socket_->Close(net::CloseCode::kUnauthenticated, "the token is not valid (any more)");
  }
}

}  // namespace parley::gateway
