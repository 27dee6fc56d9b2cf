#include "chat/effects.h"

#include <iterator>
#include <utility>

namespace parley::chat {
namespace {

using storage::Effects;

template <class T>
void MoveBehind(std::vector<T>& into, std::vector<T>& later) {
  if (into.empty()) {
    into = std::move(later);
    return;
  }
  into.insert(into.end(), std::make_move_iterator(later.begin()),
              std::make_move_iterator(later.end()));
}

void AddMember(Effects& effects, const Entry& entry, const ConversationState& state, UserId user) {
  const Member* member = state.Find(user);
  effects.members.push_back({user,
                             member == nullptr ? std::nullopt : std::optional<Member>(*member),
                             entry.seq, entry.at});
}

void AddBody(Effects& effects, const Entry& entry, const MessageBody& body,
             const ConversationState& state, const Fingerprint& fingerprint) {
  effects.sent.push_back({entry.actor, body.client_id, entry.seq, fingerprint, entry.at});
  for (const UserId& user : body.mentions) {
    effects.mentions.push_back({user, entry.seq});
  }
  // Sending moves one's own positions to the sent seq: in the stay in which it was sent, which may
  // be over by now where somebody else finds the effects.
  if (const Member* sender = state.Find(entry.actor);
      sender != nullptr && sender->joined_seq < entry.seq) {
    effects.positions.push_back({entry.conversation, entry.actor, sender->joined_seq,
                                 Position{entry.seq, entry.n, entry.seq}, entry.at});
  }
}

void AddBody(Effects& effects, const Entry& entry, const ConversationBody& body,
             const ConversationState& state) {
  effects.info = state.info();
  for (const RoleChange& founder : body.founders) {
    AddMember(effects, entry, state, founder.user);
  }
}

void AddBody(Effects& effects, const Entry& entry, const MembersBody& body,
             const ConversationState& state) {
  for (const UserId& user : body.removed) AddMember(effects, entry, state, user);
  for (const UserId& user : body.added) AddMember(effects, entry, state, user);
  for (const RoleChange& change : body.roles) AddMember(effects, entry, state, change.user);
}

/// What a fingerprint is made of: lengths in front, so that no two requests have the same bytes.
std::string BytesOf(const std::string& text, const std::vector<MediaId>& media,
                    std::optional<Seq> reply_to) {
  constexpr std::size_t kNumbers = 44;
  std::string bytes;
  bytes.reserve(text.size() + kNumbers + media.size() * Uuid::kSize);
  bytes += std::to_string(text.size());
  bytes += ':';
  bytes += text;
  bytes += std::to_string(reply_to ? reply_to->value() : 0);
  bytes += ':';
  for (const MediaId& id : media) bytes += id.view();
  return bytes;
}

}  // namespace

Effects EffectsOf(const Entry& entry, const ConversationState& state,
                  const Fingerprint& fingerprint) {
  Effects effects;
  if (const auto* message = std::get_if<MessageBody>(&entry.body)) {
    AddBody(effects, entry, *message, state, fingerprint);
  } else if (const auto* conversation = std::get_if<ConversationBody>(&entry.body)) {
    AddBody(effects, entry, *conversation, state);
  } else {
    AddBody(effects, entry, std::get<MembersBody>(entry.body), state);
  }
  return effects;
}

Fingerprint FingerprintOf(const auth::Fingerprinter& fingerprinter, const std::string& text,
                          const std::vector<MediaId>& media, std::optional<Seq> reply_to) {
  return fingerprinter.Of(BytesOf(text, media, reply_to));
}

bool IsFingerprintOf(const Fingerprint& stored, const auth::Fingerprinter& fingerprinter,
                     const std::string& text, const std::vector<MediaId>& media,
                     std::optional<Seq> reply_to) {
  return fingerprinter.Matches(stored, BytesOf(text, media, reply_to));
}

Fingerprint FingerprintOf(const auth::Fingerprinter& fingerprinter, const MessageBody& message) {
  return FingerprintOf(fingerprinter, message.text, message.media,
                       message.reply_to ? std::optional<Seq>(message.reply_to->seq) : std::nullopt);
}

void MergeEffects(Effects& into, Effects&& later) {
  if (later.info) into.info = std::move(later.info);
  MoveBehind(into.members, later.members);
  MoveBehind(into.sent, later.sent);
  MoveBehind(into.mentions, later.mentions);
  MoveBehind(into.positions, later.positions);
}

}  // namespace parley::chat
