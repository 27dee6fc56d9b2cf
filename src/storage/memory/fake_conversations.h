#pragma once

#include <map>
#include <mutex>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "storage/conversation_store.h"
#include "storage/group_committer.h"
#include "storage/memory/controls.h"

namespace parley::storage::memory {

/// How a fake store writes.
enum class Form {
  kLocal,        ///< entries and what follows from them in one write, as on one disk
  kDistributed,  ///< one after the other, so that somebody may die in between, as in Cassandra
};

/// The ConversationStore of FakeStore: the rules of the interface in their plainest form.
class FakeConversations : public ConversationStore, private LogWriter {
 public:
  /// `clock` says in which minute a conversation is active.
  FakeConversations(Controls& controls, Form form, Clock& clock)
      : controls_(controls), form_(form), clock_(clock), committer_(*this) {}

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

  CommitStats commit_stats() const { return committer_.stats(); }
  void Stop();

 private:
  struct MemberRow {
    Seq seq;  ///< of the entry that left it so
    std::optional<Member> member;
    TimePoint at;
    Seq position_joined;  ///< the stay that `position` belongs to
    Position position;
    TimePoint position_at;
  };

  struct Conversation {
    ConversationInfo info;
    Seq info_seq;
    Head head;
    Seq applied;
    std::vector<EntryPtr> log;  ///< of seq 1, 2, …
    std::map<UserId, MemberRow> members;
    std::map<std::pair<UserId, ClientId>, SentRow> sent;
    std::map<UserId, std::set<Seq>> mentions;
    SnapshotPtr snapshot;  ///< made by the first who asks after a change
  };

  bool Write(std::span<PendingAppend> group) override;

  // With mutex_ held:
  AppendOutcome Decide(PendingAppend& append);
  AppendOutcome Commit(PendingAppend& append);
  AppendOutcome CommitInSteps(PendingAppend& append);
  /// False if the head is another one.
  bool WriteEntries(const AppendRequest& request);
  void Apply(ConversationId id, const Effects& effects, Seq through);
  void Apply(const PositionRow& row);
  void RaiseApplied(ConversationId id, Seq through);
  const Conversation* Find(ConversationId id) const;
  SnapshotPtr Snapshot(ConversationId id);
  std::optional<Membership> MembershipOf(UserId user, ConversationId id) const;

  Controls& controls_;
  const Form form_;
  Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<ConversationId, Conversation> conversations_;         // guarded by mutex_
  std::unordered_map<UserId, std::set<ConversationId>> conversations_of_;  // guarded by mutex_
  std::map<std::pair<std::int64_t, std::uint32_t>, std::set<ConversationId>>
      active_;                                     // guarded by mutex_
  std::set<const AppendRequest*> never_answered_;  // guarded by mutex_
  std::vector<AppendDone> unanswered_;             // guarded by mutex_; kept until the end
  GroupCommitter committer_;                       // last: its thread uses the rest
};

}  // namespace parley::storage::memory
