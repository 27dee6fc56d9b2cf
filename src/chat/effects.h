#pragma once

#include "chat/conversation_state.h"
#include "model/entry.h"
#include "storage/conversation_store.h"

namespace parley::chat {

/// The rows that follow from `entry`; `state` is the conversation with it applied. Pure, so that
/// any node can find them again.
storage::Effects EffectsOf(const Entry& entry, const ConversationState& state,
                           const Fingerprint& fingerprint);

/// Puts the effects of a later entry behind those of earlier ones.
void MergeEffects(storage::Effects& into, storage::Effects&& later);

}  // namespace parley::chat
