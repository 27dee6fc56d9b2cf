#include "chat/staged_entry.h"

#include <utility>

#include "chat/effects.h"
#include "model/views.h"
#include "wire/server_frames.h"

namespace parley::chat {
namespace {

UserList List(std::vector<UserId> users) {
  return users.empty() ? nullptr : std::make_shared<const std::vector<UserId>>(std::move(users));
}

/// Whom the entry makes see the conversation for the first time.
UserList Newcomers(const Entry& entry, const ConversationState& after) {
  const bool direct = after.info().kind == ConversationKind::kDirect;
  if (entry.seq == Seq(1)) {
    // An empty direct conversation is its creator's alone until something is said.
    return direct ? List({entry.actor}) : after.members();
  }
  if (direct && entry.is_message() && entry.n == 1) {
    std::vector<UserId> others;
    for (const UserId& user : *after.members()) {
      if (user != after.info().created_by) others.push_back(user);
    }
    return List(std::move(others));
  }
  const auto* members = std::get_if<MembersBody>(&entry.body);
  return members == nullptr ? nullptr : List(members->added);
}

UserList ChangeRecipients(const Entry& entry, const ConversationState& after) {
  const auto* members = std::get_if<MembersBody>(&entry.body);
  if (members == nullptr || members->removed.empty()) return AudienceOf(after);
  // Who goes gets their going as the last change.
  std::vector<UserId> users = *after.members();
  users.insert(users.end(), members->removed.begin(), members->removed.end());
  return List(std::move(users));
}

}  // namespace

UserList AudienceOf(const ConversationState& state) {
  if (state.info().kind == ConversationKind::kDirect && state.head().n == 0) {
    return List({state.info().created_by});
  }
  return state.members();
}

std::unique_ptr<StagedEntry> Stage(Entry entry, std::vector<User> added,
                                   const Fingerprint& fingerprint, ConversationState& state) {
  state.Apply(entry, added);
  auto staged = std::make_unique<StagedEntry>();
  staged->effects = EffectsOf(entry, state, fingerprint);
  staged->head = state.head();
  staged->newcomers = Newcomers(entry, state);
  staged->recipients = ChangeRecipients(entry, state);
  staged->audience = AudienceOf(state);
  if (const auto* members = std::get_if<MembersBody>(&entry.body)) {
    staged->leavers = List(members->removed);
  }
  if (entry.seq == Seq(1)) added.clear();
  staged->entry = std::make_shared<const Entry>(std::move(entry));
  const ChangeView view{staged->entry, std::move(added), state.visible_to_all()};
  const auto members = static_cast<std::uint32_t>(staged->audience->size());
  staged->change = std::make_shared<const bus::Event>(bus::Event{bus::Event::Kind::kChange,
                                                                 staged->entry->conversation,
                                                                 staged->entry->seq,
                                                                 wire::EncodeChangeFrame(view),
                                                                 {},
                                                                 members});
  return staged;
}

}  // namespace parley::chat
