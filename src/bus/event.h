#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/ids.h"
#include "wire/frame.h"

namespace parley::bus {

/// Something that connected people are told of. Immutable; shared by all who get it.
struct Event {
  enum class Kind {
    kChange,  ///< an entry was committed: conversation, seq, and the frame that every member gets
    kConversation,   ///< the person's own view of a conversation is new or has changed
    kLeft,           ///< the person is no longer a member; `seq` is the last that they may see
    kSessionsEnded,  ///< these sessions were signed out
    kMomentary,  ///< the frame, as it is, for every live session (receipt, typing, user): may be
                 ///< dropped under load, and comes in no order with changes
    kHead,  ///< the log of the conversation has reached `seq`; no frame: who has less fetches it
  };

  Kind kind = Kind::kChange;
  ConversationId conversation;
  Seq seq;
  wire::Frame frame;
  std::vector<SessionId> sessions;
  /// Of a change or head: how many members the conversation has with it; 0: not told.
  std::uint32_t members = 0;
  /// Of what is momentary: who is not among the recipients, though a member.
  std::optional<UserId> except = std::nullopt;
};

}  // namespace parley::bus
