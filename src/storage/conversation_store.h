#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "model/conversation.h"
#include "model/entry.h"
#include "runtime/task.h"

namespace parley::storage {

/// What is remembered of a send, so that its retry finds it (promise I3). Lives kIdempotencyWindow.
struct SentRow {
  UserId sender;
  ClientId client_id;
  Seq seq;
  Fingerprint fingerprint{};
  TimePoint at;

  bool operator==(const SentRow&) const = default;
};

/// A person's membership as an entry leaves it: the row, or nothing where they left.
struct MemberEffect {
  UserId user;
  std::optional<Member> member;
  Seq seq;  ///< of the entry; a lower one never replaces a higher
  TimePoint at;

  bool operator==(const MemberEffect&) const = default;
};

/// How far a person has come. Belongs to one stay in the conversation: positions of another
/// `joined_seq` neither merge with it nor show.
struct PositionRow {
  ConversationId conversation;
  UserId user;
  Seq joined_seq;
  Position position;
  TimePoint at;

  bool operator==(const PositionRow&) const = default;
};

struct MentionRow {
  UserId user;
  Seq seq;

  bool operator==(const MentionRow&) const = default;
};

/// What follows from entries of one conversation: rows beside the log. Every part is idempotent,
/// and in order of seq; applying them again, or late, changes nothing.
struct Effects {
  std::optional<ConversationInfo> info;  ///< as the last of the entries leaves it
  std::vector<MemberEffect> members;
  std::vector<SentRow> sent;
  std::vector<MentionRow> mentions;
  std::vector<PositionRow> positions;

  bool operator==(const Effects&) const = default;
};

/// Entries for the end of one log.
struct AppendRequest {
  ConversationId conversation;
  Seq expected_head;                                  ///< 0: the conversation must not exist
  std::vector<std::shared_ptr<const Entry>> entries;  ///< expected_head + 1, …; not empty
  Head new_head;
  Effects effects;
  /// Also answer kLogged, where entries are durable before their effects.
  bool tell_logged = false;
};

enum class AppendOutcome {
  kLogged,     ///< durable; effects are under way, and one of the others is still to come
  kCommitted,  ///< durable, with effects that later reads on any node will see
  kConflict,   ///< the head is another: nothing was written; read it and decide anew
  kRefused,    ///< nothing was written (disk full, no quorum): may be tried again
  kUnknown,    ///< may or may not be written (time-out): read the head to find out, never guess
};

using AppendDone = UniqueFunction<void(AppendOutcome)>;

/// How fresh a read must be.
enum class ReadMode {
  kCached,  ///< may come from a cache
  kFresh,   ///< linearizable: sees every append that was answered kCommitted before the call
};

/// Into so many shards is divided what was written in one minute. Stored; never changes.
inline constexpr std::uint32_t kActiveShards = 64;

/// The shard of a conversation.
std::uint32_t ActiveShardOf(ConversationId conversation);

using EntryPtr = std::shared_ptr<const Entry>;
using SnapshotPtr = std::shared_ptr<const ConversationSnapshot>;

/// Who is in a conversation.
struct Roster {
  ConversationId conversation;
  ConversationKind kind = ConversationKind::kGroup;
  bool spoken_in = false;  ///< something was said, be it deleted since
  std::shared_ptr<const std::vector<Member>> members;
};
Roster RosterOf(const ConversationSnapshot& snapshot);

/// A slice of the messages of a log.
struct MessageSlice {
  enum class Direction { kBefore, kAfter };
  Direction direction = Direction::kBefore;
  Seq anchor;             ///< exclusive
  std::size_t limit = 0;  ///< the nearest so many to the anchor
};

/// Where conversations are kept: their logs, and the rows that follow from them. docs/storage.md
/// has the model. Every implementation passes the suite in storage/testing.
///
/// Reads are coroutines: await them on a shard; they resume there. They are not cancelled; each
/// ends in bounded time, with kUnavailable at the worst. kDataLoss: stored bytes that cannot be
/// understood.
class ConversationStore {
 public:
  virtual ~ConversationStore() = default;

  // -- The log ------------------------------------------------------------------------------------

  /// Appends all entries, if the head is the expected one, or none. Durable when answered
  /// kCommitted. Any thread; never blocks. `done` is called exactly once, on some thread, and must
  /// only hand over; before that perhaps with kLogged, which only kCommitted or kUnknown follows.
  /// At most one request per conversation may be under way.
  virtual void Append(std::shared_ptr<const AppendRequest> request, AppendDone done) = 0;

  /// Up to which seq effects are known to be applied; 0 for an unknown conversation. What is read
  /// after the answer has them; what was read before may not.
  virtual runtime::Task<Result<Seq>> ReadApplied(ConversationId conversation) = 0;
  /// Applies effects of entries that were committed by somebody who may have died before applying
  /// them, and raises the watermark to `through`. Repetition and order do not matter.
  virtual runtime::Task<Status> ApplyEffects(ConversationId conversation, Effects effects,
                                             Seq through) = 0;

  /// The conversations of the shard to which somebody may have appended in that minute (since
  /// 1970), in no order. Kept for a day at least, so that what a node leaves undone when it dies is
  /// found. Where entries and effects are one write, nothing is ever left undone: nobody.
  virtual runtime::Task<Result<std::vector<ConversationId>>> ListActive(std::int64_t minute,
                                                                        std::uint32_t shard) = 0;

  /// Entries with seq > after, ascending, without holes: at most `limit`, and at most about
  /// `max_bytes` of them (but at least one, if there is one).
  virtual runtime::Task<Result<std::vector<EntryPtr>>> ReadEntries(ConversationId conversation,
                                                                   Seq after, std::size_t limit,
                                                                   std::size_t max_bytes) = 0;
  /// Messages of the slice, ascending by seq.
  virtual runtime::Task<Result<std::vector<EntryPtr>>> ReadMessages(ConversationId conversation,
                                                                    MessageSlice slice) = 0;

  // -- What follows from it -----------------------------------------------------------------------

  /// kNotFound if there is no such conversation.
  virtual runtime::Task<Result<SnapshotPtr>> ReadSnapshot(ConversationId conversation,
                                                          ReadMode mode) = 0;
  /// Those of the given conversations that exist, in the order asked for.
  virtual runtime::Task<Result<std::vector<SnapshotPtr>>> ReadSnapshots(
      std::vector<ConversationId> conversations) = 0;
  /// Who is in those of the given conversations that exist, in the order asked for: for who tells
  /// of people, not for what anybody may read or write. Where several nodes write, a cache that
  /// missed a change may answer what was a minute ago. Costs no look at the ends of logs where a
  /// cache knows the members; by itself, reads snapshots.
  virtual runtime::Task<Result<std::vector<Roster>>> ReadRosters(
      std::vector<ConversationId> conversations);

  /// False only if no such send was ever committed: a hint that never touches the disk. Any thread.
  virtual bool MayHaveSent(ConversationId conversation, UserId sender, ClientId client_id) = 0;
  /// The row of a send, unless it is older than `not_before`.
  virtual runtime::Task<Result<std::optional<SentRow>>> FindSent(ConversationId conversation,
                                                                 UserId sender, ClientId client_id,
                                                                 TimePoint not_before) = 0;

  // -- People -------------------------------------------------------------------------------------

  /// All conversations that the user is a member of, in no order.
  virtual runtime::Task<Result<std::vector<Membership>>> ReadMemberships(UserId user) = 0;
  /// Nothing if they are not a member (never were, or left).
  virtual runtime::Task<Result<std::optional<Membership>>> FindMembership(
      UserId user, ConversationId conversation) = 0;
  /// The positions of these members (by user and joined_seq), in the same order; zeros where there
  /// are none.
  virtual runtime::Task<Result<std::vector<Position>>> ReadPositions(
      ConversationId conversation, std::vector<Member> members) = 0;
  /// Merges positions into what is stored. Survives a crash of the process; not fsynced by itself.
  virtual runtime::Task<Status> WritePositions(std::vector<PositionRow> rows) = 0;
  /// How many messages after `after` mention the user; counts no further than `cap`.
  virtual runtime::Task<Result<std::size_t>> CountMentions(UserId user, ConversationId conversation,
                                                           Seq after, std::size_t cap) = 0;
};

}  // namespace parley::storage
