#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "auth/keyed_hash.h"
#include "base/clock.h"
#include "base/ordered_uuids.h"
#include "bus/bus.h"
#include "bus/fleet.h"
#include "chat/chat_stats.h"
#include "chat/commands.h"
#include "chat/conversation_state.h"
#include "chat/fifo.h"
#include "chat/head_book.h"
#include "chat/head_teller.h"
#include "chat/position_book.h"
#include "chat/recent.h"
#include "chat/rules.h"
#include "chat/staged_entry.h"
#include "chat/stored_conversation.h"
#include "chat/typing_book.h"
#include "model/live_limits.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "runtime/timer.h"
#include "storage/store.h"
#include "wire/frame.h"

namespace parley::chat {

/// What every actor needs; outlives them all.
struct ActorEnvironment {
  storage::Store& store;
  bus::Bus& bus;
  Clock& clock;
  OrderedUuids& message_ids;
  LiveLimits limits;
  std::size_t receipts_max_members;
  std::chrono::milliseconds typing_lasts;
  auth::Fingerprinter fingerprinter;
  ChatStats& stats;
  bus::Fleet* fleet = nullptr;  ///< null: there are no other nodes
  EffectsAre effects = EffectsAre::kFollowing;
  HeadBook::Intervals head_repeats = {};
};

/// Whether this node is the one that is to look after the conversation.
bool IsPreferredHere(const ActorEnvironment& environment, ConversationId conversation);

/// Runs the commands of one conversation, one after the other, in order of arrival: the only place
/// where its log grows and where it is decided who may do what.
///
/// A command is checked against the state with every earlier entry applied, committed or not
/// ("staged"); its answer, and all that is told of it, waits for the commits on which it rests. One
/// append is under way at a time; what gathers meanwhile goes into the next. After a failed append
/// the actor is dead: what waited is refused, or, where the log turned out to be another, run again
/// from the start by the actor that follows; but a command whose entry is in the log is answered.
///
/// Several nodes may have an actor of one conversation: the conditional append decides. An actor
/// that starts finishes the effects of what others wrote. It makes sure of the head before each
/// refusal and, where it is not on the preferred node, before each answer that no commit confirms
/// (but for marks that are answered once they are written, and typing).
///
/// Lifecycle: made by Conversations on the shard of the conversation, loads itself from the store,
/// dropped when idle or dead. Everything happens on that shard.
class ConversationActor : public std::enable_shared_from_this<ConversationActor> {
 public:
  /// Told once that the actor is dead, with the commands that the next one is to run.
  using OnDead = UniqueFunction<void(std::deque<Command> again)>;

  /// Commands that may wait; one more is refused with kUnavailable.
  static constexpr std::size_t kMaxQueued = 4'096;

  ConversationActor(ConversationId id, const ActorEnvironment& environment, runtime::Shard& shard,
                    OnDead on_dead);
  ~ConversationActor();
  ConversationActor(const ConversationActor&) = delete;
  ConversationActor& operator=(const ConversationActor&) = delete;

  /// Begins to load; commands wait meanwhile.
  void Start();
  void Submit(Command&& command);

  /// Whether nothing waits, and nothing came for `age`.
  bool IdleFor(std::chrono::milliseconds age) const;
  /// Whether it may go without anybody noticing, but for positions and heads: see Leave.
  bool IsQuiet() const;
  /// Does at once what is due later: repeats the head, and writes positions (in the background).
  /// Then one that is quiet may be dropped.
  void Leave();
  /// The process stood still: whatever the actor believes, others may have gone on. It makes sure
  /// of the head before its next answer.
  void Distrust() { distrusted_ = true; }
  /// Repeats the head at once to all who would hear of it later.
  void TellHeadsNow();
  /// Writes the positions that wait, whether due or not; calls `done` after, also if that fails.
  void FlushPositions(UniqueFunction<void()> done);

 private:
  enum class Phase { kLoading, kReady, kLookingUp, kDead };

  /// What the store knew about a send: looked up before it is decided.
  struct Found {
    std::optional<storage::SentRow> sent;
    storage::EntryPtr sent_entry;
    storage::EntryPtr target;  ///< what it replies to, or marks as read
    storage::EntryPtr made;    ///< what is where an earlier run of it made an entry
  };

  /// A decided command that waits for its commit, or for those before it.
  struct Pending {
    Command
        command;  ///< without `done` where it makes several entries: the last one answers for all
    Result<CommandAnswer> answer;
    std::unique_ptr<StagedEntry> staged;  ///< null where it makes no entry
    bool told = false;                    ///< the entry is in the log, and everybody was told
  };

  /// What to read for a command before it can be decided.
  struct Lookup {
    bool sent = false;
    std::optional<Seq> sent_entry;
    std::optional<Seq> target;
    std::optional<Seq> made;
    bool needed() const { return sent || sent_entry || target || made; }
  };

  // Loading (conversation_loader.cc).
  static runtime::Task<void> Load(std::shared_ptr<ConversationActor> self);
  runtime::Task<Status> ReadState(StoredConversation* loaded);
  runtime::Task<Status> ReadRecent();
  static runtime::Task<void> LookUp(std::shared_ptr<ConversationActor> self, Lookup lookup);
  runtime::Task<Result<storage::EntryPtr>> ReadEntry(Seq seq);

  // Deciding.
  void Pump();
  Lookup LookupFor(const Command& command) const;
  Lookup LookupFor(UserId caller, const SendCommand& send) const;
  Lookup LookupFor(UserId caller, const MarkCommand& mark) const;
  void Run(Command&& command, const Found& found);
  void RunBody(Command& command, const CreateCommand& body, const Found& found);
  void RunBody(Command& command, const AddMembersCommand& body, const Found& found);
  void RunBody(Command& command, const RemoveMemberCommand& body, const Found& found);
  void RunBody(Command& command, const SendCommand& body, const Found& found);
  void RunBody(Command& command, const MarkCommand& body, const Found& found);
  void RunBody(Command& command, const TypingCommand& body, const Found& found);
  template <class Body>
  void RunBody(Command& command, const Body& body, const Found& found);
  std::optional<Result<CommandAnswer>> AnswerRepeated(UserId caller, const SendCommand& body,
                                                      const Found& found) const;
  Result<std::optional<ReplyTo>> ResolveReply(const Member& sender, const SendCommand& body,
                                              const Found& found) const;
  /// An entry that is recent, or not committed yet; else null.
  storage::EntryPtr InMemory(Seq seq) const;

  void MakeEntry(Command&& command, EntryBody body, std::vector<User> added);
  void Answer(Command&& command, Result<CommandAnswer> answer);
  /// Tells who asked, and counts.
  void Reply(Command& command, Result<CommandAnswer> answer);

  // Committing.
  void MaybeCommit();
  void OnAppended(storage::AppendOutcome outcome);
  void OnLogged();
  /// The entry is durable: it counts from here on, and is told to all.
  void Tell(Pending& pending);
  void CompleteFront();
  void Publish(const StagedEntry& staged);
  void Die(storage::AppendOutcome outcome);

  // What may be lost or unknown (conversation_heads.cc).
  /// Tells the members how far the log has come.
  void PublishHead();
  HeadTeller Teller() const;
  /// `audience` hears of the head from here on; true where all were told by name just now.
  bool SetAudience(UserList audience);
  /// The entry was published: its head is to be repeated. `by_name`: to all of the audience.
  void NoteTold(const Entry& entry, bool by_name);
  void NoteChanges(MemberChanges changes, bool by_name);
  /// Tells of what this actor found in the log, or made without knowing.
  void TellLoaded(const MemberChanges& changes, bool finished);
  /// Tells the heads that are due, and sees to the next ones.
  void TendHeads();
  /// Whether the store must confirm the head before an answer that no commit confirms.
  bool MustConfirm() const;
  /// Whether others may commit here: they do while they do not reach this node. A refusal must not
  /// rest on what was before.
  bool MayBeBehind() const;
  bool MayTellInPassing() const;
  /// The store said that the head is the one that is known here.
  void Confirmed();
  static runtime::Task<void> Confirm(std::shared_ptr<ConversationActor> self);
  /// Answers the command if the entry that an earlier run made is in the log; else it is to run.
  bool SettleMade(Command& command, const storage::EntryPtr& found);
  void TellUntold();

  // Positions (conversation_positions.cc).
  void WriteDuePositions();
  static runtime::Task<void> WritePositions(std::shared_ptr<ConversationActor> self,
                                            PositionBook::Batch batch);
  void FinishFlush();
  void TellOwnDevices(const std::vector<UserId>& users);
  bool is_large() const { return state_.member_count() > env_.receipts_max_members; }

  // Receipts and typing (conversation_momentary.cc).
  /// The members whose joining is durable, but for this one.
  bus::Recipients OthersThan(UserId user) const;
  void TellOthers(UserId user, wire::Frame frame);
  /// Tells the receipts that are due, and sees to the next ones.
  void TendReceipts();
  void TellTyping(UserId user, bool active);
  void EndTyping(UserId user);
  /// Ends the typing that is due to end, and sees to the next one.
  void TendTyping();

  const ConversationId id_;
  const ActorEnvironment& env_;
  runtime::Shard& shard_;
  OnDead on_dead_;

  Phase phase_ = Phase::kLoading;
  Fifo<Command> queue_;        ///< not decided yet
  Fifo<Pending> pending_;      ///< decided, not answered yet
  std::size_t in_flight_ = 0;  ///< so many of pending_, from the front, are in the append under way
  ConversationState state_;    ///< with everything in pending_ applied
  Head committed_;
  RecentEntries recent_;
  SentWindow window_;
  PositionBook positions_;
  runtime::Timer position_timer_;
  std::optional<PositionBook::SteadyTime> positions_due_;  ///< what position_timer_ waits for
  bool writing_positions_ = false;
  runtime::Timer receipt_timer_;
  std::optional<std::chrono::steady_clock::time_point> receipts_due_;  ///< what the timer is set to
  TypingBook typing_;
  runtime::Timer typing_timer_;
  bool typing_timer_set_ = false;
  std::vector<UniqueFunction<void()>> flush_waiters_;
  UserList audience_ = std::make_shared<const std::vector<UserId>>();  ///< as of committed_
  HeadBook heads_;
  runtime::Timer head_timer_;
  std::optional<HeadBook::SteadyTime> heads_due_;  ///< what head_timer_ waits for
  /// Until then the audience is told of the head by name, though it is large.
  std::chrono::steady_clock::time_point crowding_until_;
  bool distrusted_ = false;
  std::chrono::steady_clock::time_point confirmed_at_;
  bool untold_head_ = false;  ///< entries of earlier runs were found in the log
  MemberChanges untold_;
  std::chrono::steady_clock::time_point last_used_;
};

}  // namespace parley::chat
