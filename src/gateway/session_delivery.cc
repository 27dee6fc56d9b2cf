// How what happens in conversations reaches the client, in order and each once.

#include <algorithm>
#include <utility>

#include "gateway/removals.h"
#include "gateway/session.h"
#include "runtime/spawn.h"

namespace parley::gateway {
namespace {

/// Read from a log at a time.
constexpr std::size_t kReadBytes = std::size_t{128} * 1024;
/// With so much in the outbox, reading for this client waits until it has taken all.
constexpr std::size_t kAheadBytes = std::size_t{128} * 1024;

}  // namespace

void Session::OnEvent(const bus::EventPtr& event) {
  if (socket_ == nullptr) return;
  if (event->kind == bus::Event::Kind::kSessionsEnded) {
    const auto& ended = event->sessions;
    if (caller_ && std::find(ended.begin(), ended.end(), caller_->session) != ended.end()) {
      socket_->Close(net::CloseCode::kUnauthenticated, "signed out");
    }
    return;
  }
  if (event->kind == bus::Event::Kind::kMomentary) {
    if (event->except != user()) OnMomentary(event->frame);
    return;
  }
  if (MayMiss() && !Examine(*event)) return;
  Feed& feed = feeds_[event->conversation];
  const bool was_busy = feed.busy;
  // While changes are held back, every feed is busy: with the resume.
  feed.busy = feed.busy || Holding();
  switch (event->kind) {
    case bus::Event::Kind::kChange:
      if (feed.OnChange(event->seq) == Feed::Arrival::kSendNow) {
        env_.stats->deliveries.Add();
        socket_->Send(event->frame);
        // What says that they left may be lost, and what comes after must not reach them.
        if (MayMiss() && Removes(*event, user())) feed.OnLeft(event->seq);
      }
      break;
    case bus::Event::Kind::kConversation:
      feed.OnConversation(event->seq);
      break;
    case bus::Event::Kind::kLeft:
      feed.OnLeft(event->seq);
      break;
    case bus::Event::Kind::kHead:
      feed.OnHead(event->seq);
      break;
    case bus::Event::Kind::kSessionsEnded:
    case bus::Event::Kind::kMomentary:
      break;
  }
  feed.busy = was_busy;
  Work(event->conversation, feed);
}

void Session::OnMomentary(const wire::Frame& frame) {
  if (!Holding() && HasRoomForMomentary()) {
    socket_->Send(frame);
  } else {
    env_.stats->momentary_dropped.fetch_add(1, std::memory_order_relaxed);
  }
}

void Session::Work(ConversationId conversation, Feed& feed) {
  if (feed.busy || Holding() || feed.NextStep() == Feed::Step::kNothing) return;
  feed.busy = true;
  runtime::Spawn(shard_, "deliver", Deliver(shared_from_this(), conversation));
}

runtime::Task<void> Session::Deliver(std::shared_ptr<Session> self, ConversationId conversation) {
  // A resume that begins meanwhile takes the feed over: it goes on from what was sent so far.
  while (self->socket_ != nullptr && !self->Holding()) {
    // Many conversations may have much to tell at once; together they must not overflow the outbox.
    const bool ahead = self->socket_->queued_bytes() > kAheadBytes;
    if (!co_await (ahead ? self->AwaitDrained() : self->DeliverStep(conversation))) break;
  }
  if (Feed* feed = self->feeds_.Find(conversation)) feed->busy = false;
}

runtime::Task<bool> Session::DeliverStep(ConversationId conversation) {
  Feed* const feed = feeds_.Find(conversation);
  if (feed == nullptr) co_return false;
  switch (feed->NextStep()) {
    case Feed::Step::kNothing:
      co_return false;
    case Feed::Step::kInbox:
      feed->InboxSent();
      co_return co_await DeliverInbox(conversation);
    case Feed::Step::kChanges:
      co_return co_await DeliverChanges(conversation, feed->sent(), feed->last_wanted());
    case Feed::Step::kLeft:
      co_return EndFeed(conversation);
  }
  co_return false;
}

runtime::Task<bool> Session::DeliverInbox(ConversationId conversation) {
  const Result<ConversationView> view = co_await env_.chat.Get(user(), conversation);
  if (socket_ == nullptr) co_return false;
  if (view.ok()) {
    socket_->Send(wire::EncodeInboxFrame(*view));
    if (Feed* const feed = feeds_.Find(conversation); feed != nullptr && feed->doubtful()) {
      // The conversation as it is now is what the client knows of it: earlier changes may be of a
      // time when they were away.
      feed->SentUpTo(std::max(feed->sent(), view->snapshot->head.seq));
      feed->Confirmed();
    }
    NoteSize(conversation, view->snapshot->members->size());
  } else if (view.status().code() == StatusCode::kNotFound && MayMiss()) {
    // The event that says that they left may be lost.
    Feed* const feed = feeds_.Find(conversation);
    if (feed == nullptr) co_return false;
    if (feed->doubtful()) {
      Unfollow(conversation);
      if (const auto ended = ended_.find(conversation); ended != ended_.end()) {
        ended->second = std::max(ended->second, feed->known());
      }
      feeds_.Erase(conversation);
      co_return false;
    }
    feed->OnGone();
  } else if (view.status().code() != StatusCode::kNotFound) {
    // Rather an end that the client mends by a resume than a hole that it does not see.
    socket_->Close(net::CloseCode::kTryAgainLater, "cannot read the conversation now: resume");
    co_return false;
  }
  co_return true;
}

runtime::Task<bool> Session::DeliverChanges(ConversationId conversation, Seq after, Seq last) {
  const Result<std::vector<ChangeView>> changes =
      co_await env_.chat.ReadForDelivery(user(), conversation, after, last, kReadBytes);
  if (socket_ == nullptr || Holding()) co_return false;
  Feed* const feed = feeds_.Find(conversation);
  if (feed == nullptr) co_return false;
  if (MayMiss() && !changes.ok()) {
    const StatusCode code = changes.status().code();
    if (code == StatusCode::kNotFound || code == StatusCode::kConflict) {
      // They left; and on a conflict they came back: then the conversation is shown anew.
      feed->OnGone();
      if (code == StatusCode::kConflict) feed->OnConversation(last.Next());
      co_return true;
    }
  }
  if (!changes.ok() || changes->empty()) {
    socket_->Close(net::CloseCode::kTryAgainLater, "cannot read the changes now: resume");
    co_return false;
  }
  for (const ChangeView& change : *changes) {
    if (change.entry->seq != feed->sent().Next() || change.entry->seq > last) break;
    if (socket_->queued_bytes() > kAheadBytes) break;
    env_.stats->deliveries.Add();
    socket_->Send(wire::EncodeChangeFrame(change));
    feed->SentUpTo(change.entry->seq);
    if (MayMiss() && Removes(*change.entry, user())) {
      feed->OnLeft(change.entry->seq);
      break;
    }
  }
  co_return true;
}

runtime::Task<bool> Session::AwaitDrained() {
  if (socket_ != nullptr && socket_->queued_bytes() > 0) {
    const Status drained = co_await runtime::AwaitCompletion<Status>(
        [this](runtime::Completer<Status> done) { drain_waiters_.push_back(std::move(done)); });
    IgnoreStatus(drained, "an ended connection shows in socket_");
  }
  co_return socket_ != nullptr;
}

}  // namespace parley::gateway
