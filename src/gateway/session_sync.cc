// The answer to `resume`: what changed while the client was away (api.md, "Sync rules").

#include <utility>

#include "gateway/session.h"
#include "wire/encode.h"

namespace parley::gateway {
namespace {

/// Further behind in bytes is `reset`, like further behind in changes.
constexpr std::size_t kMaxBehindBytes = std::size_t{256} * 1024;

}  // namespace

runtime::Task<void> Session::Sync(std::shared_ptr<Session> self, std::optional<std::string> ref,
                                  wire::ResumeFrame resume) {
  // Taken before the heads are read: what changes after is found from it the next time.
  std::string cursor = self->env_.chat.MakeCursor(self->user());
  if (self->MayMiss()) {
    // Heads are read once every other node knows where to send. Where that cannot be said, what is
    // lost is found by comparing heads later.
    IgnoreStatus(co_await self->env_.bus.Settle(), "heads are compared again soon");
    if (self->socket_ == nullptr) co_return;
  }
  Result<chat::SyncPlan> plan = co_await Plan(self, std::move(resume));
  if (self->socket_ == nullptr) co_return;
  if (!plan.ok()) {
    self->SendError(ref, plan.status());
    self->ResumeFailed();
    co_return;
  }
  for (const ConversationId& conversation : plan->large) self->Follow(conversation);
  const bool sent = co_await self->SendSync(*std::move(plan), cursor);
  if (self->socket_ == nullptr) co_return;
  if (sent) {
    self->caught_up_to_ = std::move(cursor);
    self->GoLive();
  } else {
    self->socket_->Close(net::CloseCode::kTryAgainLater, "cannot read the changes now: resume");
  }
}

runtime::Task<Result<chat::SyncPlan>> Session::Plan(std::shared_ptr<Session> self,
                                                    wire::ResumeFrame resume) {
  // Given back before anything is sent: nobody waits for somebody's slow line.
  const runtime::Semaphore::Place place = co_await runtime::Enter(self->env_.syncs);
  if (self->socket_ == nullptr) co_return Unavailable("the connection is closed");
  co_return co_await self->env_.chat.PlanSync(self->user(), std::move(resume.heads),
                                              std::move(resume.cursor));
}

runtime::Task<bool> Session::SendSync(chat::SyncPlan plan, std::string cursor) {
  wire::SyncFrameBuilder builder(env_.limits.Get().frame_bytes);
  feeds_.LevelAt(std::move(plan.level));
  for (const ConversationId& conversation : plan.left) {
    while (!builder.AddLeft(conversation)) {
      if (!co_await SendPart(&builder)) co_return false;
    }
  }
  for (const chat::SyncItem& item : plan.items) {
    if (!co_await SyncConversation(&builder, item)) co_return false;
  }
  if (socket_ == nullptr) co_return false;
  env_.stats->sync_frames.fetch_add(1, std::memory_order_relaxed);
  env_.stats->resumes.fetch_add(1, std::memory_order_relaxed);
  socket_->Send(builder.FinishLast(cursor));
  co_return true;
}

runtime::Task<bool> Session::SyncConversation(wire::SyncFrameBuilder* builder,
                                              chat::SyncItem item) {
  std::vector<ChangeView> changes;
  if (!item.reset && item.after < item.last) {
    Result<std::vector<ChangeView>> read = co_await env_.chat.ReadForDelivery(
        user(), item.conversation, item.after, item.last, kMaxBehindBytes);
    if (!read.ok() || read->empty()) co_return false;
    changes = *std::move(read);
    item.reset = changes.back().entry->seq < item.last;
  }
  // What changes of the view from here on is told again. Read after the changes: its counts are
  // never behind them.
  feeds_[item.conversation].InboxSent();
  const Result<ConversationView> view = co_await env_.chat.Get(user(), item.conversation);
  if (socket_ == nullptr) co_return false;
  if (!view.ok()) {
    // They left meanwhile: the event that says so waits in the feed.
    const bool left = view.status().code() == StatusCode::kNotFound;
    if (left) feeds_[item.conversation].SentUpTo(item.after);
    if (left && MayMiss()) feeds_[item.conversation].OnGone();
    co_return left;
  }
  const std::string json = wire::EncodeConversation(*view);
  const wire::SyncPart part = item.reset ? wire::SyncPart::kReset : wire::SyncPart::kChanges;
  while (!builder->BeginConversation(json, part)) {
    if (!co_await SendPart(builder)) co_return false;
  }
  if (item.reset) {
    feeds_[item.conversation].LevelAt(view->snapshot->head.seq);
  } else {
    for (const ChangeView& change : changes) {
      const std::string change_json = wire::EncodeChange(change);
      // A new frame takes the conversation and its first change whatever their size.
      while (!builder->AddChange(change_json)) {
        if (!co_await SendPart(builder)) co_return false;
        if (!builder->BeginConversation(json, part)) co_return false;
      }
    }
    feeds_[item.conversation].LevelAt(item.last);
  }
  co_return true;
}

runtime::Task<bool> Session::SendPart(wire::SyncFrameBuilder* builder) {
  if (socket_ == nullptr) co_return false;
  env_.stats->sync_frames.fetch_add(1, std::memory_order_relaxed);
  socket_->Send(builder->FinishPart());
  co_return co_await AwaitDrained();
}

void Session::ResumeFailed() {
  if (resumed_ || start_ == Start::kLive) {
    GoLive();
  } else {
    AwaitResume();
  }
}

void Session::GoLive() {
  phase_ = Phase::kLive;
  resumed_ = true;
  CatchUpLater(env_.catch_up, Missed::kNothing);
  // Work may add to the feeds and take from them.
  std::vector<ConversationId> waiting;
  feeds_.VisitMoving([&](const ConversationId& conversation, const Feed& feed) {
    if (feed.NextStep() != Feed::Step::kNothing) waiting.push_back(conversation);
  });
  for (const ConversationId& conversation : waiting) Work(conversation, feeds_[conversation]);
  WorkPresence();
}

}  // namespace parley::gateway
