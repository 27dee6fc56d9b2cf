#include "chat/stored_conversation.h"

#include <algorithm>
#include <utility>

#include "chat/effects.h"

namespace parley::chat {
namespace {

/// Read of the log at a time.
constexpr std::size_t kPieceEntries = 1'000;
constexpr std::size_t kPieceBytes = std::size_t{1024} * 1024;

using storage::EntryPtr;

/// The next entries behind `after`, at least one, none behind `last`.
runtime::Task<Result<std::vector<EntryPtr>>> ReadPiece(storage::Store* store,
                                                       ConversationId conversation, Seq after,
                                                       Seq last) {
  const std::size_t count = std::min<std::size_t>(kPieceEntries, last.value() - after.value());
  PARLEY_CO_ASSIGN(std::vector<EntryPtr> entries, co_await store->conversations().ReadEntries(
                                                      conversation, after, count, kPieceBytes));
  if (entries.empty() || entries.back()->seq > last) {
    co_return DataLoss("the log ends before its head");
  }
  co_return entries;
}

/// The history policy as it was at `applied`, given how it is shown now: what the store shows may
/// be later in parts, and whoever was added meanwhile must not see more by it. An entry that sets
/// the policy changes it, and there are two.
runtime::Task<Result<HistoryPolicy>> HistoryAt(storage::Store* store, ConversationId conversation,
                                               Seq applied, Seq head, HistoryPolicy shown) {
  Seq have = applied;
  while (have < head) {
    PARLEY_CO_ASSIGN(const std::vector<EntryPtr> entries,
                     co_await ReadPiece(store, conversation, have, head));
    for (const EntryPtr& entry : entries) {
      const auto* body = std::get_if<ConversationBody>(&entry->body);
      if (body == nullptr || !body->history) continue;
      co_return *body->history == HistoryPolicy::kAll ? HistoryPolicy::kJoined
                                                      : HistoryPolicy::kAll;
    }
    have = entries.back()->seq;
  }
  co_return shown;
}

/// Everybody whom the entries add.
std::vector<UserId> AddedBy(const std::vector<EntryPtr>& entries) {
  std::vector<UserId> users;
  for (const EntryPtr& entry : entries) {
    if (const auto* body = std::get_if<ConversationBody>(&entry->body)) {
      for (const RoleChange& founder : body->founders) users.push_back(founder.user);
    } else if (const auto* members = std::get_if<MembersBody>(&entry->body)) {
      users.insert(users.end(), members->added.begin(), members->added.end());
    }
  }
  return users;
}

/// Takes the entries behind the state's head in, up to `head`, and applies what follows from them.
runtime::Task<Status> Finish(storage::Store* store, ConversationId conversation,
                             auth::Fingerprinter fingerprinter, Seq head,
                             StoredConversation* loaded) {
  ConversationState& state = loaded->state;
  while (state.head().seq < head) {
    PARLEY_CO_ASSIGN(const std::vector<EntryPtr> entries,
                     co_await ReadPiece(store, conversation, state.head().seq, head));
    PARLEY_CO_ASSIGN(const std::vector<User> added,
                     co_await store->accounts().FindUsers(AddedBy(entries)));
    storage::Effects effects;
    for (const EntryPtr& entry : entries) {
      state.Apply(*entry, added);
      const Fingerprint fingerprint =
          entry->is_message() ? FingerprintOf(fingerprinter, entry->message()) : Fingerprint{};
      MergeEffects(effects, EffectsOf(*entry, state, fingerprint));
      loaded->changes.Add(*entry);
    }
    PARLEY_CO_TRY(co_await store->conversations().ApplyEffects(conversation, std::move(effects),
                                                               state.head().seq));
  }
  loaded->finished = true;
  co_return Status::Ok();
}

}  // namespace

std::vector<Member> MembersOf(const ConversationState& state) {
  std::vector<Member> members;
  members.reserve(state.member_count());
  for (const UserId& user : *state.members()) members.push_back(*state.Find(user));
  return members;
}

runtime::Task<Result<StoredConversation>> LoadConversation(storage::Store* store,
                                                           ConversationId conversation,
                                                           auth::Fingerprinter fingerprinter,
                                                           EffectsAre effects) {
  StoredConversation loaded;
  // First: what was applied by now is in what is read after. The other way round, effects that land
  // in between would be taken for part of what was read before them.
  Seq applied;
  if (effects == EffectsAre::kFollowing) {
    PARLEY_CO_ASSIGN(applied, co_await store->conversations().ReadApplied(conversation));
  }
  Result<storage::SnapshotPtr> read =
      co_await store->conversations().ReadSnapshot(conversation, storage::ReadMode::kFresh);
  if (read.status().code() == StatusCode::kNotFound) co_return loaded;
  PARLEY_CO_TRY(read.status());
  const ConversationSnapshot& snapshot = **read;
  const Seq head = snapshot.head.seq;
  applied = effects == EffectsAre::kFollowing ? std::min(applied, head) : head;
  if (applied != Seq()) {
    std::vector<UserId> ids;
    ids.reserve(snapshot.members->size());
    for (const Member& member : *snapshot.members) ids.push_back(member.user);
    PARLEY_CO_ASSIGN(const std::vector<User> users,
                     co_await store->accounts().FindUsers(std::move(ids)));
    ConversationSnapshot at = snapshot;
    if (applied < head) {
      PARLEY_CO_ASSIGN(at.info.history, co_await HistoryAt(store, conversation, applied, head,
                                                           snapshot.info.history));
      at.head.seq = applied;
    }
    loaded.state = ConversationState(at, users);
  }
  if (applied < head) {
    PARLEY_CO_TRY(co_await Finish(store, conversation, fingerprinter, head, &loaded));
  }
  co_return loaded;
}

}  // namespace parley::chat
