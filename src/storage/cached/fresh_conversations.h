#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "storage/cached/cache_options.h"
#include "storage/cached/coalescer.h"
#include "storage/cached/conversation_values.h"
#include "storage/cached/forwarding.h"
#include "storage/cached/read_through.h"

namespace parley::storage::cached {

struct MembershipKeyHash {
  std::size_t operator()(const MembershipKey& key) const {
    return std::hash<UserId>()(key.user) ^ (std::hash<ConversationId>()(key.conversation) << 1);
  }
};

struct MembershipRowTraits : SharedTraits<MembershipKey, Membership, MembershipKeyHash> {
  static std::size_t Bytes(const Value& /*row*/) { return sizeof(Membership); }
};

/// The ConversationStore of CachedStore where other nodes write to the same store.
///
/// - Single memberships are believed as long as the ages say; that somebody is no member never is.
/// - Snapshots and lists of memberships are read anew for whoever asks; reads are joined, but only
///   those that began after one asked (Coalescer).
/// - Entries never change. What is kept of a log serves reads that lie below its end; of others,
///   what comes behind it is read.
///
/// Rows that are written here are told to the other nodes, positions too: who marked something read
/// through one node sees it on the next.
class FreshConversations : public ForwardingConversations {
 public:
  FreshConversations(ConversationStore& inner, const CacheOptions& options,
                     const SharedStore& shared)
      : ForwardingConversations(inner),
        tell_(shared.tell),
        rows_(options.memberships_bytes, shared.ages),
        rings_(options.entries_bytes) {}

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override;
  runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                     Seq through) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override;
  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override;
  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) override;
  runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) override;
  runtime::Task<Status> WritePositions(std::vector<PositionRow> rows) override;

  void Hear(const CacheNews& news);
  void Forget();
  void CountInto(CacheStats& stats) const;

 private:
  /// A read of entries, as its parameters say.
  struct Reading {
    ConversationId conversation;
    Seq after;
    std::size_t limit;
    std::size_t max_bytes;
    bool operator==(const Reading&) const = default;
  };
  struct ReadingHash {
    std::size_t operator()(const Reading& reading) const {
      return std::hash<ConversationId>()(reading.conversation) ^ reading.after.value() ^
             (reading.limit << 32) ^ (reading.max_bytes << 16);
    }
  };
  using EntriesPtr = std::shared_ptr<const std::vector<EntryPtr>>;
  using RowsPtr = std::shared_ptr<const std::vector<Membership>>;

  void Wrote(ConversationId conversation, const Effects& effects);
  void Wrote(const std::vector<MembershipKey>& keys);
  runtime::Task<Result<MembershipRowTraits::Loaded>> LoadRow(MembershipKey key);
  runtime::Task<Result<RowsPtr>> LoadRows(UserId user);
  runtime::Task<Result<EntriesPtr>> LoadEntries(Reading reading);

  const std::function<void(const CacheNews&)> tell_;  // may be null
  ReadThrough<MembershipRowTraits> rows_;
  ReadThrough<EntryTraits> rings_;
  Coalescer<UserId, RowsPtr> lists_;
  Coalescer<ConversationId, SnapshotPtr> snapshots_;
  Coalescer<Reading, EntriesPtr, ReadingHash> readings_;
};

}  // namespace parley::storage::cached
