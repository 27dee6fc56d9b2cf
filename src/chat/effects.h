#pragma once

#include "auth/keyed_hash.h"
#include "chat/conversation_state.h"
#include "model/entry.h"
#include "storage/conversation_store.h"

namespace parley::chat {

/// The rows that follow from `entry`; `state` is the conversation with it applied. Pure, so that
/// any node can find them again.
storage::Effects EffectsOf(const Entry& entry, const ConversationState& state,
                           const Fingerprint& fingerprint);

/// The fingerprint of a send: of what was asked for, by which a retry is known.
Fingerprint FingerprintOf(const auth::Fingerprinter& fingerprinter, const std::string& text,
                          const std::vector<MediaId>& media, std::optional<Seq> reply_to);
/// The same from the message that it made.
Fingerprint FingerprintOf(const auth::Fingerprinter& fingerprinter, const MessageBody& message);
/// Whether `stored` is the fingerprint of such a send.
bool IsFingerprintOf(const Fingerprint& stored, const auth::Fingerprinter& fingerprinter,
                     const std::string& text, const std::vector<MediaId>& media,
                     std::optional<Seq> reply_to);

/// Puts the effects of a later entry behind those of earlier ones.
void MergeEffects(storage::Effects& into, storage::Effects&& later);

}  // namespace parley::chat
