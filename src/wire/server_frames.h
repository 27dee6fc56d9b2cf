#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/time.h"
#include "model/conversation.h"
#include "model/ids.h"
#include "model/user.h"
#include "model/views.h"
#include "wire/frame.h"

namespace parley::wire {

// What the server sends over the WebSocket (api.md), ready for the socket. Pure, any thread, no
// errors.

struct Ready {
  UserId user;
  SessionId session;
  std::string cursor;
  std::chrono::milliseconds heartbeat;
};
Frame EncodeReadyFrame(const Ready& ready);

struct Ack {
  std::string ref;
  ConversationId conversation;
  Seq seq;
  MessageId message;
  TimePoint sent_at;
  bool duplicate = false;
};
Frame EncodeAckFrame(const Ack& ack);

/// The code of error_code.h, the status' message, and when to try again if it says.
Frame EncodeErrorFrame(const std::optional<std::string>& ref, const Status& status);

Frame EncodeChangeFrame(const ChangeView& change);
/// From what EncodeChange answered: for who has it already.
Frame EncodeChangeFrame(std::string_view change_json);

/// How far `user` has come.
Frame EncodeReceiptFrame(ConversationId conversation, UserId user, const Position& position);

enum class Typing { kStopped, kActive };
Frame EncodeTypingFrame(ConversationId conversation, UserId user, Typing typing);

enum class Presence { kOffline, kOnline };
Frame EncodePresenceFrame(UserId user, Presence presence, std::optional<TimePoint> last_active_at);

/// The profile of a visible person changed.
Frame EncodeUserFrame(const User& user);

/// A conversation that is new to the person, or whose own side changed on another device.
Frame EncodeInboxFrame(const ConversationView& view);
Frame EncodeInboxLeftFrame(ConversationId conversation);

Frame EncodePongFrame(const std::optional<std::string>& ref);

/// Whether a conversation in a `sync` comes with what the client missed, or to begin anew.
enum class SyncPart { kChanges, kReset };

/// Puts `sync` frames together, one at a time, and knows when one is full. A method that answers
/// false took nothing: finish this frame and go on in the next. The first conversation of a frame
/// and that one's first change are always taken, whatever their size, so that there is no end
/// without progress.
///
///   SyncFrameBuilder builder(limits.frame_bytes);
///   if (!builder.BeginConversation(EncodeConversation(view), SyncPart::kChanges) ||
///       !builder.AddChange(EncodeChange(change))) {
///     return socket.Send(builder.FinishPart());  // and once it is taken, go on from there
///   }
///   socket.Send(builder.FinishLast(cursor));
class SyncFrameBuilder {
 public:
  explicit SyncFrameBuilder(std::size_t max_bytes);

  /// Begins the part of a conversation, and ends the one before. The changes that follow are its
  /// own.
  [[nodiscard]] bool BeginConversation(std::string_view conversation_json, SyncPart part);
  /// In order; only after a BeginConversation.
  [[nodiscard]] bool AddChange(std::string_view change_json);
  /// A conversation that the client named and is not in.
  [[nodiscard]] bool AddLeft(ConversationId conversation);

  /// Bytes of the frame's JSON if it was finished now, the cursor counted at its most.
  std::size_t size() const;
  bool empty() const { return conversations_ == 0 && left_.empty(); }

  /// A frame after which more follow; the builder is empty again.
  Frame FinishPart();
  /// The last frame, with the cursor to keep (at most kMaxCursorBytes).
  Frame FinishLast(std::string_view cursor);

  static constexpr std::size_t kMaxCursorBytes = 512;

 private:
  void EndConversation();
  bool Fits(std::size_t more) const { return size() + more <= max_bytes_; }
  Frame Finish(std::optional<std::string_view> cursor);

  std::size_t max_bytes_;
  std::string json_;
  std::string left_;  ///< items of `left`
  std::size_t conversations_ = 0;
  std::size_t changes_ = 0;       ///< of the conversation at hand
  std::optional<SyncPart> open_;  ///< the part of a conversation that is begun
};

}  // namespace parley::wire
