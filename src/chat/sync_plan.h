#pragma once

#include <utility>
#include <vector>

#include "model/ids.h"
#include "model/views.h"

namespace parley::chat {

/// One conversation of the answer to a resume.
struct SyncItem {
  ConversationId conversation;
  Seq after;           ///< the changes to send start behind it
  Seq last;            ///< and end with it: the head at planning
  bool reset = false;  ///< nothing of the log is sent: the client loads pages anew
};

/// The answer to a resume, before anything of the logs is read: small, whatever was missed.
struct SyncPlan {
  std::vector<SyncItem> items;
  std::vector<ConversationId> left;
  /// Heads of conversations that the client gave and that need nothing: live changes go on from
  /// there.
  std::vector<std::pair<ConversationId, Seq>> level;
  /// Of those that were looked at: with more than bus::kLargeConversation members.
  std::vector<ConversationId> large;
};

}  // namespace parley::chat
