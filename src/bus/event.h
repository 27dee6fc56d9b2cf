#pragma once

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
  };

  Kind kind = Kind::kChange;
  ConversationId conversation;
  Seq seq;
  wire::Frame frame;
  std::vector<SessionId> sessions;
};

}  // namespace parley::bus
