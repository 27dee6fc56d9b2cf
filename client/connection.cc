#include "client/connection.h"

#include <future>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "client/api.h"
#include "client/backoff.h"
#include "client/positions.h"
#include "client/sync_state.h"
#include "client/websocket.h"
#include "runtime/blocking_pool.h"
#include "runtime/timer.h"

namespace parley::client {
namespace {

/// Until `ready` tells the server's own.
constexpr std::chrono::milliseconds kFirstHeartbeat{10'000};
/// Positions that rise within this time are told together.
constexpr std::chrono::milliseconds kPositionsDelay{250};
/// How long the end waits for what is still to be said.
constexpr std::chrono::seconds kLastWords{1};
/// Questions that may wait for their turn; more than that are better answered by a resume.
constexpr std::size_t kMaxQuestions = 4'096;
constexpr std::size_t kChangesPerPage = 100;

constexpr int kCloseSignedOut = 4001;
constexpr int kCloseRestarting = 1012;
constexpr int kCloseTooSlow = 1013;

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

std::string ReasonOf(const WebSocketEnd& end) {
  if (end.close_code == kCloseRestarting) return "the server is restarting";
  if (end.close_code == kCloseTooSlow) return "the server found this connection too slow";
  if (end.close_code != 0)
    return fmt::format("closed with code {}: {}", end.close_code, end.detail);
  if (end.http_status != 0)
    return fmt::format("the server answered with HTTP status {}", end.http_status);
  return end.detail;
}

}  // namespace

/// The machines (SyncState, Outbox, Positions, Backoff, Liveness), their socket and their timers.
/// Everything but the questions to the HTTP interface, which wait on the pool's thread, happens on
/// the shard.
class Connection::Core {
 public:
  Core(Options options, Random& random, Listener listener)
      : options_(std::move(options)),
        listener_(std::move(listener)),
        http_(options_.server, options_.token),
        api_(http_),
        sync_(options_.known),
        backoff_(random) {}

  void Start() {
    started_ = true;
    shard_.Start();
    shard_.Post([this] { Connect(); });
  }

  void Stop() {
    if (std::exchange(started_, false)) SayLastPositions();
    shard_.Stop();
    http_.Abort();
    pool_.Stop();
  }

  void Send(OutgoingMessage message) {
    shard_.Post([this, message = std::move(message)]() mutable {
      const ClientId client_id = message.client_id;
      if (const Status added = outbox_.Add(std::move(message)); !added.ok()) {
        listener_(SendFailed{client_id, added});
      }
      FlushOutbox();
    });
  }

  void MarkRead(ConversationId conversation, Seq seq) {
    shard_.Post([this, conversation, seq] {
      positions_.RaiseRead(conversation, seq);
      FlushPositionsSoon();
    });
  }

  void SayTyping(ConversationId conversation, bool active) {
    shard_.Post([this, conversation, active] {
      if (sync_.live()) SendFrame(EncodeTyping(conversation, active));
    });
  }

  void WatchPresence(std::vector<UserId> users) {
    shard_.Post([this, users = std::move(users)]() mutable {
      watched_ = std::move(users);
      if (watched_.size() > kMaxWatched) watched_.resize(kMaxWatched);
      if (sync_.live()) SendFrame(EncodeWatchPresence(watched_));
    });
  }

 private:
  /// What was read just now shall not be unread the next time. Waits for a second at most.
  void SayLastPositions();
  void Connect();
  void Lose(const std::string& reason, std::chrono::milliseconds retry_in);
  void OnEnd(const WebSocketEnd& end);
  void OnText(std::string_view text);
  void OnAck(const AckFrame& ack);
  void OnError(const ErrorFrame& error);

  void Do(Actions actions);
  void Tell(const Event& event);
  void OnLive();
  void SendFrame(std::string frame) {
    if (socket_) socket_->Send(std::move(frame));
  }
  void FlushOutbox() {
    for (std::string& frame : outbox_.TakeDue()) SendFrame(std::move(frame));
  }
  void FlushPositionsSoon();
  void CheckLiveness();
  void ResumeLater();

  /// Runs `question` on the pool's thread and `answer` with what it returns on the shard.
  template <class Question, class Answer>
  void Ask(Question question, Answer answer);

  const Options options_;
  const Listener listener_;
  bool started_ = false;  // of the owner's thread
  runtime::Shard shard_;
  CurlHttpClient http_;  // on the pool's one thread
  Api api_;              // likewise
  runtime::BlockingPool pool_{1, kMaxQuestions};

  // On the shard.
  SyncState sync_;
  Outbox outbox_;
  Positions positions_;
  Backoff backoff_;
  Liveness liveness_{kFirstHeartbeat, Liveness::Clock::now()};
  UserId user_id_;
  std::vector<UserId> watched_;
  bool positions_timer_set_ = false;
  runtime::Timer reconnect_timer_{shard_};
  runtime::Timer resume_timer_{shard_};
  runtime::Timer liveness_timer_{shard_};
  runtime::Timer outbox_timer_{shard_};
  runtime::Timer positions_timer_{shard_};
  std::shared_ptr<WebSocket> socket_;
};

void Connection::Core::SayLastPositions() {
  // Shared: it may be dropped, or come too late.
  const auto written = std::make_shared<std::promise<void>>();
  std::future<void> done = written->get_future();
  shard_.Post([this, written] {
    for (std::string& frame : positions_.TakeDue()) SendFrame(std::move(frame));
    if (!socket_) return written->set_value();
    socket_->WhenWritten([written] { written->set_value(); });
  });
  done.wait_for(kLastWords);
}

void Connection::Core::Connect() {
  WebSocket::Handlers handlers;
  handlers.on_open = [this] {
    liveness_ = Liveness(kFirstHeartbeat, Liveness::Clock::now());
    CheckLiveness();
  };
  handlers.on_text = [this](std::string_view text) { OnText(text); };
  handlers.on_heard = [this] { liveness_.OnHeard(Liveness::Clock::now()); };
  handlers.on_end = [this](const WebSocketEnd& end) { OnEnd(end); };
  socket_ = OpenWebSocket(shard_, options_.server, options_.token, std::move(handlers));
}

void Connection::Core::Lose(const std::string& reason, std::chrono::milliseconds retry_in) {
  if (!socket_) return;
  std::exchange(socket_, nullptr)->Close();
  liveness_timer_.Cancel();
  resume_timer_.Cancel();
  outbox_timer_.Cancel();
  sync_.OnDisconnected();
  outbox_.OnDisconnected();
  positions_.OnDisconnected();
  listener_(Disconnected{reason, retry_in});
  reconnect_timer_.After(retry_in, [this] { Connect(); });
}

void Connection::Core::OnEnd(const WebSocketEnd& end) {
  if (end.close_code == kCloseSignedOut || end.http_status == 401) {
    std::exchange(socket_, nullptr)->Close();
    liveness_timer_.Cancel();
    resume_timer_.Cancel();
    listener_(SignedOut{Unauthenticated("the session has ended; sign in again")});
    return;
  }
  const bool soon = end.close_code == kCloseRestarting || end.close_code == kCloseTooSlow;
  Lose(ReasonOf(end), soon ? backoff_.Soon() : backoff_.Next());
}

void Connection::Core::OnText(std::string_view text) {
  Result<ServerFrame> frame = ParseFrame(text);
  if (!frame.ok()) {
    Lose(fmt::format("the server sent what cannot be understood: {}", frame.status().message()),
         backoff_.Next());
    return;
  }
  std::visit(Overloaded{
                 [this](ReadyFrame& ready) {
                   user_id_ = ready.user_id;
                   if (ready.heartbeat.count() > 0) {
                     liveness_ = Liveness(ready.heartbeat, Liveness::Clock::now());
                   }
                   Do(sync_.OnReady(ready));
                 },
                 [this](SyncFrame& sync) { Do(sync_.OnSync(std::move(sync))); },
                 [this](ChangeFrame& live) { Do(sync_.OnChange(std::move(live.change))); },
                 [this](InboxFrame& inbox) { Do(sync_.OnInbox(std::move(inbox))); },
                 [this](AckFrame& ack) { OnAck(ack); },
                 [this](ErrorFrame& error) { OnError(error); },
                 [this](OtherFrame& other) {
                   if (other.type == "pong") return;
                   listener_(Noticed{std::move(other.type), std::move(other.json)});
                 },
             },
             *frame);
}

void Connection::Core::OnAck(const AckFrame& ack) {
  if (const std::optional<OutgoingMessage> message = outbox_.OnAck(ack.ref)) {
    listener_(Sent{message->client_id, ack.conversation_id, ack.seq});
  }
  FlushOutbox();
}

void Connection::Core::OnError(const ErrorFrame& error) {
  std::optional<Outbox::Refusal> refusal = outbox_.OnError(error.ref, error.status);
  if (!refusal) {
    // Nothing but the resume has been asked for before the connection is live.
    if (!sync_.live()) Lose(std::string(error.status.message()), backoff_.Next());
    sync_.ResumeRefused();
    return;
  }
  if (refusal->failed) {
    listener_(SendFailed{refusal->failed->client_id, error.status});
    FlushOutbox();
    return;
  }
  outbox_timer_.After(refusal->retry_in, [this] {
    outbox_.Unpause();
    FlushOutbox();
  });
}

template <class Question, class Answer>
void Connection::Core::Ask(Question question, Answer answer) {
  const bool taken = pool_.Submit([this, question, answer]() mutable {
    shard_.Post([answer, result = question()]() mutable { answer(std::move(result)); });
  });
  if (!taken) Lose("too much was missed at once", backoff_.Next());
}

void Connection::Core::Do(Actions actions) {
  // After a Reconnect the rest still counts: its events are of changes that the state holds as
  // told.
  for (Action& action : actions) {
    std::visit(Overloaded{
                   [this](SendText& send) { SendFrame(std::move(send.frame)); },
                   [this](Deliver& deliver) { Tell(deliver.event); },
                   [this](Reconnect& lost) { Lose(lost.reason, backoff_.Next()); },
                   [this](FetchList& ask) {
                     Ask([this] { return api_.Conversations(); },
                         [this, ask](Result<std::vector<Conversation>> list) {
                           Do(sync_.OnList(ask.ticket, std::move(list)));
                         });
                   },
                   [this](FetchChanges& ask) {
                     Ask(
                         [this, ask] {
                           return api_.Changes(ask.conversation, ask.after, kChangesPerPage);
                         },
                         [this, ask](Result<ChangePage> page) {
                           Do(sync_.OnChangesFetched(ask, std::move(page)));
                         });
                   },
                   [this](FetchConversation& ask) {
                     Ask([this, ask] { return api_.GetConversation(ask.conversation); },
                         [this, ask](Result<Conversation> object) {
                           Do(sync_.OnConversationFetched(ask, std::move(object)));
                         });
                   },
               },
               action);
  }
}

void Connection::Core::Tell(const Event& event) {
  listener_(event);
  if (const auto* changed = std::get_if<Changed>(&event)) {
    const Change& change = changed->change;
    if (!change.message || change.actor_id == user_id_) return;
    positions_.RaiseDelivered(change.conversation_id, change.seq);
    FlushPositionsSoon();
  } else if (const auto* loaded = std::get_if<Loaded>(&event)) {
    positions_.OnObject(loaded->conversation);
  } else if (const auto* updated = std::get_if<Updated>(&event)) {
    positions_.OnObject(updated->conversation);
  } else if (const auto* left = std::get_if<Left>(&event)) {
    positions_.Forget(left->conversation_id);
  } else if (std::holds_alternative<Connected>(event)) {
    OnLive();
  }
}

void Connection::Core::OnLive() {
  backoff_.Reset();
  outbox_.OnLive();
  positions_.OnLive();
  FlushOutbox();
  FlushPositionsSoon();
  if (!watched_.empty()) SendFrame(EncodeWatchPresence(watched_));
  ResumeLater();
}

void Connection::Core::FlushPositionsSoon() {
  if (std::exchange(positions_timer_set_, true)) return;
  positions_timer_.After(kPositionsDelay, [this] {
    positions_timer_set_ = false;
    for (std::string& frame : positions_.TakeDue()) SendFrame(std::move(frame));
  });
}

void Connection::Core::CheckLiveness() {
  switch (liveness_.Check(Liveness::Clock::now())) {
    case Liveness::Verdict::kFine:
      break;
    case Liveness::Verdict::kAsk:
      SendFrame(EncodePing());
      break;
    case Liveness::Verdict::kDead:
      Lose("nothing was heard from the server", backoff_.Next());
      return;
  }
  liveness_timer_.After(liveness_.CheckEvery(), [this] { CheckLiveness(); });
}

void Connection::Core::ResumeLater() {
  resume_timer_.After(options_.resume_every, [this] {
    Do(sync_.Resume());
    ResumeLater();
  });
}

Connection::Connection(Options options, Random& random, Listener listener)
    : core_(std::make_unique<Core>(std::move(options), random, std::move(listener))) {}

Connection::~Connection() { Stop(); }

void Connection::Start() { core_->Start(); }

void Connection::Stop() { core_->Stop(); }

void Connection::Send(OutgoingMessage message) { core_->Send(std::move(message)); }

void Connection::MarkRead(ConversationId conversation, Seq seq) {
  core_->MarkRead(conversation, seq);
}

void Connection::SayTyping(ConversationId conversation, bool active) {
  core_->SayTyping(conversation, active);
}

void Connection::WatchPresence(std::vector<UserId> users) {
  core_->WatchPresence(std::move(users));
}

}  // namespace parley::client
