#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "auth/accounts.h"
#include "bus/bus.h"
#include "bus/presence.h"
#include "chat/chat_service.h"
#include "gateway/feeds.h"
#include "gateway/gateway_stats.h"
#include "gateway/refusals.h"
#include "gateway/session_factory.h"
#include "limits/bucket.h"
#include "limits/client_address.h"
#include "limits/connection_counts.h"
#include "limits/rate_limits.h"
#include "model/live_limits.h"
#include "net/websocket.h"
#include "runtime/completer.h"
#include "runtime/semaphore.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/timer.h"
#include "wire/client_frames.h"
#include "wire/server_frames.h"

namespace parley::gateway {

/// What every session needs; outlives them all.
struct SessionEnvironment {
  chat::ChatService& chat;
  auth::AccountService& accounts;
  bus::Bus& bus;
  bus::Presence& presence;
  LiveLimits limits;
  /// With more than this in the outbox, what is momentary is dropped, or told later: it must never
  /// be what makes a slow reader too slow.
  std::size_t momentary_bytes = std::size_t{64} * 1024;
  std::size_t momentary_frames = 1'024;
  std::chrono::milliseconds heartbeat{20'000};            ///< told to clients in `ready`
  std::chrono::milliseconds authentication_time{10'000};  ///< for the first frame, else 4001
  std::chrono::milliseconds resume_time{10'000};          ///< from `ready` to `resume`, else 4002
  std::chrono::milliseconds recheck{60'000};  ///< how often it is asked whether a session goes on
  std::chrono::milliseconds presence_pause{
      1'000};  ///< between two looks through all conversations for people who are watched
  limits::RateLimits* rates = nullptr;             ///< null: nothing is limited
  limits::ConnectionCounts* of_account = nullptr;  ///< WebSockets; null: no limit
  limits::ConnectionCounts* of_address = nullptr;  ///< the same, behind proxies too
  runtime::Semaphore* sign_ins = nullptr;          ///< of Arrivals; null: nobody waits for others
  runtime::Semaphore* syncs = nullptr;             ///< the same
  /// Where the bus may lose events, heads are compared so long after changes begin, and up to twice
  /// that later, so that not all sessions do it at once.
  std::chrono::milliseconds catch_up{2'000};
  /// A conversation that is no longer large is followed for so long.
  std::chrono::milliseconds follow_lasts{60'000};
  metrics::CounterSet* errors = nullptr;  ///< where errors told to clients are counted, if anywhere
  GatewayStats* stats = nullptr;          ///< set by Sessions
};

/// One WebSocket connection of one person: authentication, commands, live delivery, resume.
///
/// Belongs to the shard of its connection. Events of the bus go to the client by way of a Feed per
/// conversation; what has to be read (a hole, a conversation to show, a sync) is read by tasks that
/// hold the session alive and look again at what is to be done after each wait. When the connection
/// ends the socket is gone and every task ends at its next step.
class Session : public bus::Subscriber,
                public bus::PresenceListener,
                public std::enable_shared_from_this<Session> {
 public:
  /// Commands that may be unanswered; beyond, the server stops reading.
  static constexpr std::size_t kMaxUnanswered = 256;

  Session(const SessionEnvironment& environment, runtime::Shard& shard,
          std::optional<auth::Caller> caller, Start start, limits::ClientAddress client);

  // What the connection tells; see net::WebSocketHandler.
  void OnOpen(net::WebSocket& socket);
  void OnPart(std::size_t bytes);
  void OnText(std::string_view text);
  void OnDrained();
  void OnClosed();

  void OnEvent(const bus::EventPtr& event) override;
  void OnPresence(const std::vector<bus::PresenceNews>& news) override;

  /// Whose session it is; nobody's before it is authenticated.
  UserId user() const { return caller_ ? caller_->user : UserId(); }

 private:
  enum class Phase {
    kAnonymous,       ///< waits for `auth`
    kAuthenticating,  ///< the token is being looked at
    kAwaitingResume,  ///< authenticated; no change is sent yet
    kSyncing,         ///< the answer to a resume is being sent; changes wait
    kLive,
  };

  void Begin(const auth::Caller& caller);
  /// Takes a place among the WebSockets of an address or account; without one, closes.
  bool TakePlace(limits::ConnectionCounts* counts, const limits::ConnectionCounts::Key& key,
                 std::string_view refusal);
  void GiveUpPlaces();
  void AwaitResume(std::chrono::milliseconds longer = {});
  /// Closes with 4001 if the session was ended: its end is told by an event, which may come before
  /// this connection hears of events, or be lost.
  static runtime::Task<void> Recheck(std::shared_ptr<Session> self, auth::Caller caller);
  void RecheckLater();
  static runtime::Task<void> Authenticate(std::shared_ptr<Session> self, std::string token);
  void CloseUnlessLeft(Phase phase, std::chrono::milliseconds after, net::CloseCode code,
                       std::string_view reason);

  // The rates (session_rates.cc).
  /// Whether the frame may be looked at; if not, it is answered, or the session closed.
  bool Admit(const wire::ParsedFrame& parsed);
  Status Charge(const wire::ParsedFrame& parsed);
  /// A resume is charged with its last frame, for all of it; refused, it is to be sent anew.
  Status ChargeResume(const wire::ResumeFrame& frame);
  void CloseForWrongToken();

  // Frames of the client (session_commands.cc).
  void OnFrame(const std::optional<std::string>& ref, const wire::AuthFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, wire::ResumeFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, wire::SendFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, const wire::ReadFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, const wire::DeliveredFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, const wire::TypingFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, const wire::WatchPresenceFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, const wire::PingFrame& frame);
  void OnFrame(const std::optional<std::string>& ref, const wire::UnsupportedFrame& frame);
  void Mark(const std::optional<std::string>& ref, ConversationId conversation,
            chat::MarkCommand mark);
  void CountUnanswered();
  void CountAnswered();
  void SendError(const std::optional<std::string>& ref, const Status& status);

  // What passes by (session_presence.cc).
  bool HasRoomForMomentary() const;
  /// From here on this connection makes the person present …
  void ArriveAsPresent();
  /// … until here: ends all that the connection was known for.
  void LeaveAsPresent();
  void NoteActivity();
  /// Tells the presence news that wait, now or as soon as it can be.
  void WorkPresence();
  static runtime::Task<void> TellPresence(std::shared_ptr<Session> self);
  /// Tells some of the news to a client that has room; false if the connection has ended.
  runtime::Task<bool> TellNews();
  /// Moves some of the news of people who are watched to `news`; answers those people.
  std::vector<chat::Acquaintance> TakeNews(std::unordered_map<UserId, bool>* news);

  // Live delivery (session_delivery.cc).
  void OnMomentary(const wire::Frame& frame);
  bool Holding() const { return phase_ != Phase::kLive; }
  void Work(ConversationId conversation, Feed& feed);
  static runtime::Task<void> Deliver(std::shared_ptr<Session> self, ConversationId conversation);
  runtime::Task<bool> DeliverStep(ConversationId conversation);
  runtime::Task<bool> DeliverInbox(ConversationId conversation);
  runtime::Task<bool> DeliverChanges(ConversationId conversation, Seq after, Seq last);
  /// Waits until the client has taken what was sent; false if the connection has ended.
  runtime::Task<bool> AwaitDrained();

  // Where the bus may lose events (session_catch_up.cc).
  bool MayMiss() const { return env_.bus.MayLose(); }
  /// Begins to hear of gaps.
  void WatchGaps();
  void StopWatching();
  /// Takes note of what an event tells besides its kind. False: it is not to be looked at.
  bool Examine(const bus::Event& event);
  /// Reads whether the person is in a conversation of which nothing was heard since they left; what
  /// comes up to `seq` is not told.
  void Doubt(ConversationId conversation, Seq seq);
  /// The conversation has so many members: it is followed, or no longer.
  void NoteSize(ConversationId conversation, std::size_t members);
  void Follow(ConversationId conversation);
  /// Compares the heads now, and so finds what is to be followed: for who goes live without a
  /// resume.
  void FollowLarge();
  void Unfollow(ConversationId conversation);
  /// Compares the heads after `wait`, or so, or sooner where that was asked for before.
  enum class Missed { kNothing, kMaybe };
  void CatchUpLater(std::chrono::milliseconds wait, Missed missed);
  static runtime::Task<void> CatchUp(std::shared_ptr<Session> self, Missed missed);
  void TakeHeads(const chat::SyncPlan& plan, Missed missed);
  /// The feed is over: says so. Answers whether there is to be told of a later stay.
  bool EndFeed(ConversationId conversation);

  // Resume (session_sync.cc).
  static runtime::Task<void> Sync(std::shared_ptr<Session> self, std::optional<std::string> ref,
                                  wire::ResumeFrame resume);
  static runtime::Task<Result<chat::SyncPlan>> Plan(std::shared_ptr<Session> self,
                                                    wire::ResumeFrame resume);
  runtime::Task<bool> SendSync(chat::SyncPlan plan, std::string cursor);
  runtime::Task<bool> SyncConversation(wire::SyncFrameBuilder* builder, chat::SyncItem item);
  runtime::Task<bool> SendPart(wire::SyncFrameBuilder* builder);
  /// Goes on as before the resume: live, or waiting for another one.
  void ResumeFailed();
  void GoLive();

  const SessionEnvironment& env_;
  const std::uint64_t number_;  ///< no other session of this process has it
  runtime::Shard& shard_;
  const Start start_;
  const limits::ClientAddress client_;
  limits::Bucket frames_;
  Refusals refusals_;
  /// Held until the connection ends.
  std::vector<std::pair<limits::ConnectionCounts*, limits::ConnectionCounts::Key>> places_;
  net::WebSocket* socket_ = nullptr;  ///< null before OnOpen and after OnClosed
  Phase phase_ = Phase::kAnonymous;
  std::optional<auth::Caller> caller_;
  std::unique_ptr<bus::Subscription> subscription_;
  /// For what the client owes, authentication and resume; afterwards for RecheckLater.
  runtime::Timer timer_;
  std::size_t unanswered_ = 0;
  bool resumed_ = false;  ///< whether a resume was answered
  Feeds feeds_;

  struct Followed {
    std::unique_ptr<bus::Subscription> subscription;
    std::optional<std::chrono::steady_clock::time_point> small_since;
  };
  std::unordered_map<ConversationId, Followed> followed_;
  /// Where it was said that the person left, and what they had seen by then; some of the last.
  std::unordered_map<ConversationId, Seq> ended_;
  std::unique_ptr<bus::Subscription> gaps_;
  runtime::Timer catch_up_timer_;
  std::optional<std::chrono::steady_clock::time_point> catch_up_due_;
  Missed catch_up_for_ = Missed::kNothing;
  bool catching_up_ = false;
  std::string caught_up_to_;  ///< cursor: until then everything was compared
  /// Conversations that nothing was heard of, but that had changed at the last comparison: what
  /// happened may be on its way then, and is not to be taken for lost. Sorted.
  std::vector<ConversationId> suspected_;

  wire::ResumeFrame resume_;  ///< gathers the frames of one resume
  std::vector<runtime::Completer<Status>> drain_waiters_;

  std::unique_ptr<bus::Subscription> connection_;  ///< makes the person present
  std::optional<std::chrono::steady_clock::time_point> activity_noted_;
  /// Where this connection says that the person types, and until when that lasts.
  std::vector<std::pair<ConversationId, std::chrono::steady_clock::time_point>> typing_;
  std::unique_ptr<bus::PresenceWatch> presence_watch_;
  std::unordered_map<UserId, ConversationId> watched_;  ///< and where they were last met
  std::unordered_map<UserId, bool> presence_news_;      ///< not told yet; whether they are online
  bool telling_presence_ = false;
  bool met_not_all_ = false;  // the last time, of whom there were news
};

}  // namespace parley::gateway
