#include "gateway/session.h"

#include <utility>

#include "runtime/spawn.h"

namespace parley::gateway {
namespace {

/// Of the first frame, which is to authenticate: a token is short. Strangers hold no more.
constexpr std::size_t kFirstFrameBytes = std::size_t{4} * 1024;

/// Whether a person is behind it: clients send these two by themselves.
bool IsActivity(const wire::ClientFrameBody& body) {
  return !std::holds_alternative<wire::PingFrame>(body) &&
         !std::holds_alternative<wire::DeliveredFrame>(body);
}

}  // namespace

Session::Session(const SessionEnvironment& environment, runtime::Shard& shard,
                 std::optional<auth::Caller> caller, Start start, limits::ClientAddress client)
    : env_(environment),
      number_(environment.stats->opened.fetch_add(1)),
      shard_(shard),
      start_(start),
      client_(client),
      caller_(caller),
      timer_(shard),
      catch_up_timer_(shard) {}

void Session::OnOpen(net::WebSocket& socket) {
  socket_ = &socket;
  if (!TakePlace(env_.of_address, client_.bytes(), "too many WebSockets from this address")) return;
  if (const std::optional<auth::Caller> caller = std::exchange(caller_, std::nullopt)) {
    Begin(*caller);
  } else {
    CloseUnlessLeft(Phase::kAnonymous, env_.authentication_time, net::CloseCode::kUnauthenticated,
                    "authenticate first");
  }
}

void Session::OnClosed() {
  if (caller_) env_.stats->sessions.fetch_sub(1, std::memory_order_relaxed);
  socket_ = nullptr;
  GiveUpPlaces();
  timer_.Cancel();
  subscription_.reset();
  StopWatching();
  LeaveAsPresent();
  drain_waiters_.clear();
  feeds_.clear();
}

void Session::OnDrained() {
  for (runtime::Completer<Status>& waiter : std::exchange(drain_waiters_, {})) {
    waiter(Status::Ok());
  }
}

void Session::OnText(std::string_view text) {
  wire::ParsedFrame parsed = wire::ParseClientFrame(text, env_.limits.Get());
  if (std::holds_alternative<wire::ProtocolError>(parsed)) {
    socket_->Close(net::CloseCode::kBadProtocol, "a frame is a JSON object with a type");
    return;
  }
  auto* frame = std::get_if<wire::ClientFrame>(&parsed);
  if (phase_ == Phase::kAnonymous) {
    const auto* auth = frame == nullptr ? nullptr : std::get_if<wire::AuthFrame>(&frame->body);
    if (auth == nullptr) {
      socket_->Close(net::CloseCode::kUnauthenticated, "authenticate first");
      return;
    }
    phase_ = Phase::kAuthenticating;
    socket_->PauseReading();
    runtime::Spawn(shard_, "authenticate", Authenticate(shared_from_this(), auth->token));
  } else if (!Admit(parsed)) {
    return;
  } else if (frame == nullptr) {
    const auto& error = std::get<wire::FrameError>(parsed);
    SendError(error.ref, error.status);
  } else {
    if (IsActivity(frame->body)) NoteActivity();
    env_.stats->commands.Add();
    std::visit([&](auto& body) { OnFrame(frame->ref, body); }, frame->body);
  }
}

void Session::OnPart(std::size_t bytes) {
  if (phase_ == Phase::kAnonymous && bytes >= kFirstFrameBytes) {
    socket_->Close(net::CloseCode::kUnauthenticated, "authenticate first");
  }
}

runtime::Task<void> Session::Authenticate(std::shared_ptr<Session> self, std::string token) {
  const runtime::Semaphore::Place place = co_await runtime::Enter(self->env_.sign_ins);
  if (self->socket_ == nullptr) co_return;
  const Result<auth::Caller> caller = co_await self->env_.accounts.Authenticate(std::move(token));
  if (self->socket_ == nullptr) co_return;
  if (!caller.ok()) {
    if (caller.status().code() == StatusCode::kUnauthenticated) {
      self->CloseForWrongToken();
    } else {
      self->socket_->Close(net::CloseCode::kTryAgainLater,
                           "the server cannot look up the token now");
    }
    co_return;
  }
  self->socket_->ResumeReading();
  self->Begin(*caller);
}

void Session::Begin(const auth::Caller& caller) {
  if (!TakePlace(env_.of_account, caller.user.uuid().bytes(),
                 "too many WebSockets of this account"))
    return;
  caller_ = caller;
  env_.stats->sessions.fetch_add(1, std::memory_order_relaxed);
  // The order matters: whatever is committed from here on arrives as an event, and what was before
  // is seen by the sync.
  subscription_ = env_.bus.Subscribe(caller.user, *this);
  WatchGaps();
  ArriveAsPresent();
  caught_up_to_ = env_.chat.MakeCursor(caller.user);
  socket_->Send(
      wire::EncodeReadyFrame({caller.user, caller.session, caught_up_to_, env_.heartbeat}));
  timer_.Cancel();
  if (start_ == Start::kResume) {
    AwaitResume();
  } else {
    phase_ = Phase::kLive;
    FollowLarge();
    CatchUpLater(env_.catch_up, Missed::kNothing);
    RecheckLater();
  }
  runtime::Spawn(shard_, "recheck", Recheck(shared_from_this(), caller));
}

runtime::Task<void> Session::Recheck(std::shared_ptr<Session> self, auth::Caller caller) {
  const runtime::Semaphore::Place place = co_await runtime::Enter(self->env_.sign_ins);
  if (self->socket_ == nullptr) co_return;
  const Status found = co_await self->env_.accounts.Recheck(caller);
  if (self->socket_ == nullptr || found.code() != StatusCode::kUnauthenticated) co_return;
  self->socket_->Close(net::CloseCode::kUnauthenticated, "signed out");
}

void Session::RecheckLater() {
  timer_.After(env_.recheck, [weak = weak_from_this()] {
    const std::shared_ptr<Session> self = weak.lock();
    if (!self || self->socket_ == nullptr || !self->caller_) return;
    runtime::Spawn(self->shard_, "recheck", Recheck(self, *self->caller_));
    self->RecheckLater();
  });
}

bool Session::TakePlace(limits::ConnectionCounts* counts, const limits::ConnectionCounts::Key& key,
                        std::string_view refusal) {
  if (counts == nullptr) return true;
  if (!counts->Enter(key)) {
    env_.stats->without_place.fetch_add(1, std::memory_order_relaxed);
    socket_->Close(net::CloseCode::kTooFast, refusal);
    return false;
  }
  places_.emplace_back(counts, key);
  return true;
}

void Session::GiveUpPlaces() {
  for (const auto& [counts, key] : std::exchange(places_, {})) counts->Leave(key);
}

void Session::AwaitResume(std::chrono::milliseconds longer) {
  phase_ = Phase::kAwaitingResume;
  CloseUnlessLeft(Phase::kAwaitingResume, env_.resume_time + longer, net::CloseCode::kBadProtocol,
                  "resume=1 asks for a resume frame");
}

void Session::CloseUnlessLeft(Phase phase, std::chrono::milliseconds after, net::CloseCode code,
                              std::string_view reason) {
  timer_.After(after, [weak = weak_from_this(), phase, code, reason] {
    const std::shared_ptr<Session> self = weak.lock();
    if (self && self->socket_ != nullptr && self->phase_ == phase)
      self->socket_->Close(code, reason);
  });
}

}  // namespace parley::gateway
