#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "storage/cached/cache_options.h"
#include "storage/cached/conversation_values.h"
#include "storage/cached/read_through.h"
#include "storage/conversation_store.h"

namespace parley::storage::cached {

/// The ConversationStore of CachedStore. Kept are snapshots, memberships by person, and the last
/// entries of logs that were read; everything else goes through.
///
/// Member effects are applied in the order of the commits, which the store beneath decides: they
/// must be committed through here. Where other nodes write too: FreshConversations.
class CachedConversations : public ConversationStore {
 public:
  CachedConversations(ConversationStore& inner, const CacheOptions& options)
      : inner_(inner),
        snapshots_(options.snapshots_bytes),
        memberships_(options.memberships_bytes),
        rings_(options.entries_bytes) {}

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override;
  runtime::Task<Result<Seq>> ReadApplied(ConversationId conversation) override;
  runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                     Seq through) override;
  runtime::Task<Result<std::vector<ConversationId>>> ListActive(std::int64_t minute,
                                                                std::uint32_t shard) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                            MessageSlice slice) override;
  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override;
  bool MayHaveSent(ConversationId conversation, UserId sender, ClientId client_id) override;
  runtime::Task<Result<std::optional<SentRow>>> FindSent(ConversationId conversation, UserId sender,
                                                         ClientId client_id,
                                                         TimePoint not_before) override;
  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) override;
  runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) override;
  runtime::Task<Result<std::vector<Position>>> ReadPositions(ConversationId conversation,
                                                             std::vector<Member> members) override;
  runtime::Task<Status> WritePositions(std::vector<PositionRow> rows) override;
  runtime::Task<Result<std::size_t>> CountMentions(UserId user, ConversationId conversation,
                                                   Seq after, std::size_t cap) override;

  /// Drops all.
  void Forget();

  void CountInto(CacheStats& stats) const;

 private:
  void Answered(const AppendRequest& request, AppendOutcome outcome);
  void Committed(const AppendRequest& request);
  void ApplyPositions(const std::vector<PositionRow>& rows);
  void ForgetPeople(const Effects& effects);

  runtime::Task<Result<MembershipTraits::Loaded>> LoadMemberships(UserId user);
  runtime::Task<Result<EntryTraits::Loaded>> LoadRing(ConversationId conversation);
  /// As long as it may be; instead of a shorter one that is `kept`.
  runtime::Task<Result<EntryTraits::Loaded>> GrowRing(ConversationId conversation, bool kept);
  /// 0: there is no such conversation.
  runtime::Task<Result<Seq>> FindHead(ConversationId conversation);
  /// Made of the newest messages, which become `*read`; kNotFound where they make none.
  runtime::Task<Result<EntryTraits::Loaded>> LoadNewest(ConversationId conversation,
                                                        MessageSlice slice,
                                                        std::vector<EntryPtr>* read);

  ConversationStore& inner_;
  ReadThrough<SnapshotTraits> snapshots_;
  ReadThrough<MembershipTraits> memberships_;
  ReadThrough<EntryTraits> rings_;
};

}  // namespace parley::storage::cached
