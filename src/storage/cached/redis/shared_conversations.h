#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "storage/cached/forwarding.h"
#include "storage/cached/redis/shared_cache_options.h"
#include "storage/cached/redis/shared_values.h"

namespace parley::storage::cached {

/// The ConversationStore of SharedCacheStore. Kept are snapshots, in two halves: the end of the log
/// (written with every commit), and what the conversation is and who is in it (outdated by every
/// commit that changes that); and whole pages of entries, which never change.
class SharedConversations : public ForwardingConversations {
 public:
  SharedConversations(ConversationStore& inner, RemoteCache& cache,
                      const SharedCacheOptions& options)
      : ForwardingConversations(inner), cache_(cache), options_(options), keys_(options.prefix) {}

  void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) override;
  runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                     Seq through) override;
  runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                  ReadMode mode) override;
  runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) override;
  runtime::Task<Result<std::vector<Roster>>> ReadRosters(
      std::vector<ConversationId> conversations) override;
  runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation, Seq after,
                                                           std::size_t limit,
                                                           std::size_t max_bytes) override;

  /// Waits until the appends that the inner store has answered are answered here as well.
  void AwaitAppends();

  void CountInto(SharedCacheStats& stats) const;

 private:
  /// What the cache says of some conversations.
  struct Looked {
    std::unordered_map<ConversationId, SnapshotPtr> found;
    std::vector<ConversationId> missing;
    /// Of the missing ones that may be filled: how the key of the body was found.
    std::unordered_map<ConversationId, std::uint64_t> seen;
  };

  class Answering;

  runtime::Task<Looked> LookUp(std::vector<ConversationId> conversations);
  runtime::Task<Status> ReadChunk(std::vector<ConversationId> conversations,
                                  std::vector<SnapshotPtr>* found);
  /// By the bodies alone; of those that do not tell, nothing.
  runtime::Task<std::unordered_map<ConversationId, Roster>> LookUpRosters(
      std::vector<ConversationId> conversations);
  RemoteWrite HeadWrite(const ConversationSnapshot& snapshot) const;
  RemoteWrite BodyOutdated(ConversationId conversation) const;
  RemoteWrite HeadAfter(const AppendRequest& request, AppendOutcome outcome) const;
  /// Of a snapshot that was read from the store.
  void AddFills(const ConversationSnapshot& snapshot, const Looked& looked,
                std::vector<RemoteWrite>* writes) const;
  /// Takes as much from the pages of the cache as they have without a hole; true where that is all
  /// that was asked for.
  runtime::Task<bool> TakePages(ConversationId conversation, Seq after, std::size_t limit,
                                std::size_t max_bytes, std::vector<EntryPtr>* entries);
  void KeepPages(ConversationId conversation, std::span<const EntryPtr> entries);
  void AppendAnswered();

  RemoteCache& cache_;
  const SharedCacheOptions options_;
  const SharedKeys keys_;
  std::atomic<std::uint64_t> snapshot_hits_{0};
  std::atomic<std::uint64_t> snapshot_misses_{0};
  std::atomic<std::uint64_t> page_hits_{0};
  std::atomic<std::uint64_t> page_misses_{0};

  std::mutex mutex_;
  std::condition_variable all_answered_;
  std::size_t appends_ = 0;  // guarded by mutex_; taken and not answered
};

}  // namespace parley::storage::cached
