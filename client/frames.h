#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "client/types.h"

namespace parley::client {

// The frames of the WebSocket as the client sees them; docs: api/asyncapi.yaml.

struct ReadyFrame {
  UserId user_id;
  std::string cursor;
  std::chrono::milliseconds heartbeat{0};
};

struct SyncPart {
  Conversation conversation;
  std::vector<Change> changes;
  bool reset = false;
};

struct SyncFrame {
  std::vector<SyncPart> parts;
  std::vector<ConversationId> left;
  std::string cursor;
  bool more = false;
};

struct AckFrame {
  std::string ref;
  ConversationId conversation_id;
  Seq seq;
  std::string message_id;
  TimePoint sent_at;
  bool duplicate = false;
};

struct ErrorFrame {
  std::string ref;
  Status status;
};

struct ChangeFrame {
  Change change;
};

/// Exactly one of the two.
struct InboxFrame {
  std::optional<Conversation> conversation;
  std::optional<ConversationId> left;
};

/// One that asks nothing of the connection: receipt, typing, presence, user, pong, or unknown.
struct OtherFrame {
  std::string type;
  std::string json;
};

using ServerFrame =
    std::variant<ReadyFrame, SyncFrame, AckFrame, ErrorFrame, ChangeFrame, InboxFrame, OtherFrame>;

/// kMalformed for what is not an object with a `type`, or lacks what its type cannot be without.
Result<ServerFrame> ParseFrame(std::string_view text);

/// The most people whose presence one connection may watch.
inline constexpr std::size_t kMaxWatched = 500;

/// A conversation and the seq that a client has of it.
struct Head {
  ConversationId conversation;
  Seq seq;
};

/// The `resume` that says all of this, in as many frames as it takes.
std::vector<std::string> EncodeResume(const std::string& cursor, const std::vector<Head>& heads);
/// `type` is "read" or "delivered".
std::string EncodePosition(std::string_view type, ConversationId conversation, Seq seq);
std::string EncodeTyping(ConversationId conversation, bool active);
/// `users`: at most kMaxWatched.
std::string EncodeWatchPresence(const std::vector<UserId>& users);
std::string EncodePing();

}  // namespace parley::client
