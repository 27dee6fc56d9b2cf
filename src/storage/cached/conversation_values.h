#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/circular_buffer.hpp>

#include "storage/cached/read_through.h"
#include "storage/conversation_store.h"

namespace parley::storage::cached {

// What the cache keeps of conversations, and how a commit changes it. Pure; no locks in here.

// -- Snapshots ------------------------------------------------------------------------------------

struct SnapshotTraits : SharedTraits<ConversationId, ConversationSnapshot> {
  static ConversationId KeyOf(const SnapshotPtr& snapshot) { return snapshot->info.id; }
  static std::size_t Bytes(const SnapshotPtr& snapshot);
  static bool Replaces(const SnapshotPtr& next, const SnapshotPtr& current) {
    return next->head.seq >= current->head.seq;
  }
};

/// The conversation after a commit, from what is known of it before (null: nothing). Null where
/// that does not tell.
SnapshotPtr SnapshotAfter(const SnapshotPtr& before, const AppendRequest& commit);

// -- Memberships ----------------------------------------------------------------------------------

/// All memberships of one person, by conversation. One block of memory: most reads are of all of
/// it.
using Memberships = std::vector<Membership>;
/// Null where the person is not in it.
const Membership* FindIn(const Memberships& memberships, ConversationId conversation);

struct MembershipTraits {
  using Key = UserId;
  using Hash = std::hash<UserId>;
  using Loaded = std::shared_ptr<const Memberships>;
  using Value = Memberships;
  static Value Keep(const Loaded& loaded);
  static Loaded Load(const Value& value) { return std::make_shared<const Memberships>(value); }
  static std::size_t Bytes(const Value& value) { return value.capacity() * sizeof(Membership); }
  static bool Replaces(const Value& /*next*/, const Value& /*current*/) { return true; }
};

void Apply(const MemberEffect& effect, ConversationId conversation, Memberships& memberships);
void Apply(const PositionRow& row, Memberships& memberships);

// -- Recent entries -------------------------------------------------------------------------------

/// About what entries take in memory.
std::size_t ByteSize(const Entry& entry);
std::size_t BytesOf(std::span<const EntryPtr> entries);

/// Appends the first of `from`, as long as neither bound is passed; at least one where `to` is
/// empty. False where a bound left some out.
bool AppendWithin(std::size_t limit, std::size_t max_bytes, std::span<const EntryPtr> from,
                  std::vector<EntryPtr>* to);

/// The last entries of one log, without holes up to its head, bounded in number and bytes.
class EntryRing {
 public:
  static constexpr std::size_t kEntries = 256;
  static constexpr std::size_t kBytes = std::size_t{512} * 1024;
  /// Takes memory for what is in it alone, and none to be moved.
  using Entries = boost::circular_buffer_space_optimized<EntryPtr>;

  void Push(EntryPtr entry);
  bool empty() const { return entries_.empty(); }
  Seq last() const { return entries_.empty() ? Seq() : entries_.back()->seq; }
  std::size_t bytes() const { return bytes_; }
  const Entries& entries() const { return entries_; }

  /// As ConversationStore::ReadEntries. Nothing where the ring does not reach back to `after`, or
  /// ends there.
  std::optional<std::vector<EntryPtr>> Slice(Seq after, std::size_t limit,
                                             std::size_t max_bytes) const;
  /// As ConversationStore::ReadMessages, of a ring that ends at the head. Nothing where messages of
  /// the slice may lie before the ring, or its anchor behind it.
  std::optional<std::vector<EntryPtr>> Messages(MessageSlice slice) const;
  /// Whether a ring that is read anew may reach further back.
  bool MayGrow() const {
    return !cut_ && !entries_.empty() && entries_.size() < kEntries &&
           entries_.front()->seq > Seq(1);
  }

 private:
  std::vector<EntryPtr> MessagesBefore(std::size_t end, std::size_t limit) const;
  std::vector<EntryPtr> MessagesFrom(std::size_t begin, std::size_t limit) const;
  /// The place of an entry that is in the ring, or comes next.
  std::size_t PlaceOf(Seq seq) const { return seq.value() - entries_.front()->seq.value(); }

  Entries entries_{kEntries + 1};
  std::size_t bytes_ = 0;
  bool cut_ = false;  ///< it was at its bounds, and older entries went for newer ones
};

struct EntryTraits {
  using Key = ConversationId;
  using Hash = std::hash<ConversationId>;
  using Loaded = std::shared_ptr<const EntryRing>;
  using Value = EntryRing;
  static Value Keep(const Loaded& loaded) { return *loaded; }
  static Loaded Load(const Value& value) { return std::make_shared<const EntryRing>(value); }
  static std::size_t Bytes(const Value& value) { return value.bytes(); }
  static bool Replaces(const Value& next, const Value& current) {
    return next.last() >= current.last();
  }
};

/// The ring that the newest messages of a log make, whose head is `head`: those of them behind the
/// last entry that is none. Null where that is nothing.
std::shared_ptr<const EntryRing> RingOfNewest(std::span<const EntryPtr> messages, Seq head);

/// The ring once `entries`, consecutive ones of its log, are known as well (before: null for no
/// ring). kHead: none followed them when they were read or written. Nothing where that makes
/// no ring.
enum class Reach { kSomewhere, kHead };
std::optional<EntryRing> RingWith(EntryRing* before, const std::vector<EntryPtr>& entries,
                                  Reach reach);

/// The ring after a commit; null where it does not end at the commit's beginning.
std::optional<EntryRing> RingAfter(EntryRing* before, const AppendRequest& commit);

}  // namespace parley::storage::cached
