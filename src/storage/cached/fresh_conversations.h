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

/// The ConversationStore of CachedStore where other nodes write to the same store.
///
/// - Snapshots and memberships are read anew for whoever asks; reads are joined, but only those
///   that began after one asked (Coalescer). Each message and each mark writes a membership, so
///   that telling all other nodes of it would cost more the more of them there are.
/// - Entries never change. What is kept of a log serves reads that lie below its end; of others,
///   what comes behind it is read.
class FreshConversations : public ForwardingConversations {
 public:
  FreshConversations(ConversationStore& inner, const CacheOptions& options)
      : ForwardingConversations(inner), rings_(options.entries_bytes) {}

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                            MessageSlice slice) override;
  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override;
  runtime::Task<Result<std::vector<Roster>>> ReadRosters(
      std::vector<ConversationId> conversations) override;
  runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) override;
  runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) override;

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
  struct MembershipKey {
    UserId user;
    ConversationId conversation;
    bool operator==(const MembershipKey&) const = default;
  };
  struct MembershipKeyHash {
    std::size_t operator()(const MembershipKey& key) const {
      return std::hash<UserId>()(key.user) ^ (std::hash<ConversationId>()(key.conversation) << 1);
    }
  };
  using EntriesPtr = std::shared_ptr<const std::vector<EntryPtr>>;
  using RowsPtr = std::shared_ptr<const std::vector<Membership>>;

  runtime::Task<Result<RowsPtr>> LoadRows(UserId user);
  runtime::Task<Result<EntriesPtr>> LoadEntries(Reading reading);

  ReadThrough<EntryTraits> rings_;
  Coalescer<UserId, RowsPtr> lists_;
  Coalescer<MembershipKey, std::optional<Membership>, MembershipKeyHash> rows_;
  Coalescer<ConversationId, SnapshotPtr> snapshots_;
  Coalescer<ConversationId, Roster> rosters_;
  Coalescer<Reading, EntriesPtr, ReadingHash> readings_;
};

}  // namespace parley::storage::cached
