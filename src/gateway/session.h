#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "auth/accounts.h"
#include "bus/bus.h"
#include "chat/chat_service.h"
#include "gateway/feed.h"
#include "gateway/session_factory.h"
#include "model/limits.h"
#include "net/websocket.h"
#include "runtime/completer.h"
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
  Limits limits;
  std::chrono::milliseconds heartbeat{25'000};            ///< told to clients in `ready`
  std::chrono::milliseconds authentication_time{10'000};  ///< for the first frame, else 4001
  std::chrono::milliseconds resume_time{10'000};          ///< from `ready` to `resume`, else 4002
};

/// One WebSocket connection of one person: authentication, commands, live delivery, resume.
///
/// Belongs to the shard of its connection. Events of the bus go to the client by way of a Feed per
/// conversation; what has to be read (a hole, a conversation to show, a sync) is read by tasks that
/// hold the session alive and look again at what is to be done after each wait. When the connection
/// ends the socket is gone and every task ends at its next step.
class Session : public bus::Subscriber, public std::enable_shared_from_this<Session> {
 public:
  /// Commands that may be unanswered; beyond, the server stops reading.
  static constexpr std::size_t kMaxUnanswered = 256;

  Session(const SessionEnvironment& environment, runtime::Shard& shard,
          std::optional<auth::Caller> caller, Start start);

  // What the connection tells; see net::WebSocketHandler.
  void OnOpen(net::WebSocket& socket);
  void OnText(std::string_view text);
  void OnDrained();
  void OnClosed();

  void OnEvent(const bus::EventPtr& event) override;

 private:
  enum class Phase {
    kAnonymous,       ///< waits for `auth`
    kAuthenticating,  ///< the token is being looked at
    kAwaitingResume,  ///< authenticated; no change is sent yet
    kSyncing,         ///< the answer to a resume is being sent; changes wait
    kLive,
  };

  void Begin(const auth::Caller& caller);
  void AwaitResume();
  static runtime::Task<void> Authenticate(std::shared_ptr<Session> self, std::string token);
  void CloseUnlessLeft(Phase phase, std::chrono::milliseconds after, net::CloseCode code,
                       std::string_view reason);

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

  // Live delivery (session_delivery.cc).
  /// Whose session it is; only once authenticated.
  UserId user() const { return caller_ ? caller_->user : UserId(); }
  bool Holding() const { return phase_ != Phase::kLive; }
  void Work(ConversationId conversation, Feed& feed);
  static runtime::Task<void> Deliver(std::shared_ptr<Session> self, ConversationId conversation);
  runtime::Task<bool> DeliverStep(ConversationId conversation);
  runtime::Task<bool> DeliverInbox(ConversationId conversation);
  runtime::Task<bool> DeliverChanges(ConversationId conversation, Seq after, Seq last);
  /// Waits until the client has taken what was sent; false if the connection has ended.
  runtime::Task<bool> AwaitDrained();

  // Resume (session_sync.cc).
  static runtime::Task<void> Sync(std::shared_ptr<Session> self, std::optional<std::string> ref,
                                  wire::ResumeFrame resume);
  runtime::Task<bool> SendSync(chat::SyncPlan plan, std::string cursor);
  runtime::Task<bool> SyncConversation(wire::SyncFrameBuilder* builder, chat::SyncItem item);
  runtime::Task<bool> SendPart(wire::SyncFrameBuilder* builder);
  /// Goes on as before the resume: live, or waiting for another one.
  void ResumeFailed();
  void GoLive();

  const SessionEnvironment& env_;
  runtime::Shard& shard_;
  const Start start_;
  net::WebSocket* socket_ = nullptr;  ///< null before OnOpen and after OnClosed
  Phase phase_ = Phase::kAnonymous;
  std::optional<auth::Caller> caller_;
  std::unique_ptr<bus::Subscription> subscription_;
  runtime::Timer timer_;  ///< for what the client owes: authentication, resume
  std::size_t unanswered_ = 0;
  bool resumed_ = false;  ///< whether a resume was answered
  std::unordered_map<ConversationId, Feed> feeds_;
  wire::ResumeFrame resume_;  ///< gathers the frames of one resume
  std::vector<runtime::Completer<Status>> drain_waiters_;
};

}  // namespace parley::gateway
