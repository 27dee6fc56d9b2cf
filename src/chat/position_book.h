#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "base/time.h"
#include "chat/commands.h"
#include "model/conversation.h"
#include "storage/conversation_store.h"

namespace parley::chat {

/// How far the members of one conversation have come: merges what they report, and says when it is
/// to be written and when the others are to be told, so that a person who scrolls does not cost a
/// write and a receipt per message. Pure: told the time, does no I/O.
class PositionBook {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// At most one write per person in this time for a read position, so that other devices learn
  /// soon …
  static constexpr std::chrono::milliseconds kReadInterval{1'000};
  /// … and in this for the rest: delivered positions, and all in large conversations.
  static constexpr std::chrono::milliseconds kLazyInterval{5'000};

  /// At most one receipt per person in this time.
  static constexpr std::chrono::milliseconds kReceiptInterval{1'000};

  /// A write, and what it brings to an end.
  struct Batch {
    std::vector<storage::PositionRow> rows;
    std::vector<UserId> read_moved;  ///< whose other devices are to be told
    std::vector<CommandDone> waiting;
  };

  /// What the others are to be told of one person.
  struct Receipt {
    UserId user;
    Seq joined_seq;  ///< of the stay that it belongs to
    Position position;
  };

  /// As stored; nobody is told of it.
  void Load(const Member& member, const Position& position);
  /// A position that was stored with a commit (of a send).
  void Stored(UserId user, Seq joined_seq, const Position& position);
  Position Of(const Member& member) const;

  /// The member has come as far as `position`. Answers whether something of theirs is not stored
  /// yet.
  bool Mark(const Member& member, const Position& position);
  /// Hands `done` over with the next write for the member.
  void AwaitWrite(UserId user, CommandDone done);

  /// When the next write is due, if any. `lazy`: the conversation is large.
  std::optional<SteadyTime> NextDue(bool lazy) const;
  /// The same of one member for whom something is to be written.
  SteadyTime DueOf(UserId user, bool lazy) const { return records_.at(user).Due(lazy); }
  /// Takes what is due at `now`; with `all`, whatever is not written yet. It is taken again after
  /// the interval, unless Written is told: a write that fails is tried again.
  Batch TakeDue(ConversationId conversation, SteadyTime now, TimePoint wall_time, bool lazy,
                bool all);
  /// These rows of a batch are stored.
  void Written(const std::vector<storage::PositionRow>& rows);

  // Receipts never go back. A read position is told once it is stored; one that only says what was
  // delivered, at once.

  /// When the next receipt is due, if any.
  std::optional<SteadyTime> NextReceiptDue() const;
  /// Takes the receipts that are due at `now`; they count as told.
  std::vector<Receipt> TakeReceipts(SteadyTime now);
  /// Forgets what waits to be told: the conversation has become too large.
  void DropReceipts() { untold_.clear(); }

 private:
  struct Record {
    Seq joined_seq;
    Position position;  ///< as reported
    Position stored;    ///< as the store has it
    Position told;      ///< as the others know it
    SteadyTime last_write{};
    SteadyTime last_told{};
    std::vector<CommandDone>
        waiting;  ///< for a write, also where another one was first to store it

    bool dirty() const { return position != stored || !waiting.empty(); }
    SteadyTime Due(bool lazy) const;
    /// As the others may know it: nothing read that is not stored.
    const Position& Tellable() const { return position.read > stored.read ? stored : position; }
    bool untold() const {
      return Tellable().read > told.read || Tellable().delivered > told.delivered;
    }
    SteadyTime ReceiptDue() const {
      return last_told == SteadyTime{} ? last_told : last_told + kReceiptInterval;
    }
  };

  /// The record of this stay; an earlier stay's is forgotten.
  Record& RecordOf(UserId user, Seq joined_seq);

  boost::unordered_flat_map<UserId, Record, std::hash<UserId>> records_;
  /// Those of whom there may be something to write: few, where records_ has everybody.
  boost::unordered_flat_set<UserId, std::hash<UserId>> unwritten_;
  /// The same for what is to be told.
  boost::unordered_flat_set<UserId, std::hash<UserId>> untold_;
};

}  // namespace parley::chat
