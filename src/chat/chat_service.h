#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/cursor.h"
#include "auth/keyed_hash.h"
#include "base/clock.h"
#include "base/ordered_uuids.h"
#include "base/random.h"
#include "bus/bus.h"
#include "bus/fleet.h"
#include "chat/acquaintances.h"
#include "chat/chat_stats.h"
#include "chat/command_load.h"
#include "chat/commands.h"
#include "chat/head_book.h"
#include "chat/stored_conversation.h"
#include "chat/sync_plan.h"
#include "chat/typing_book.h"
#include "model/live_limits.h"
#include "model/views.h"
#include "runtime/shard.h"
#include "runtime/task.h"
#include "storage/store.h"

namespace parley::chat {

class Conversations;
class Forwarder;
struct ForwardStats;
class History;
class ProfileTellings;
class SyncPlanner;
class ViewBuilder;

/// What the chat role is made of; all of it outlives the service.
struct ChatDependencies {
  std::vector<runtime::Shard*> shards;
  storage::Store* store = nullptr;
  bus::Bus* bus = nullptr;
  bus::Fleet* fleet = nullptr;  ///< null: there are no other nodes
  /// Of the store. Where it is not known, effects are looked after.
  EffectsAre effects = EffectsAre::kFollowing;
  HeadBook::Intervals head_repeats = {};  ///< where the bus may lose events
  Clock* clock = nullptr;                 ///< never steps back
  Random* random = nullptr;               ///< for ids
  LiveLimits limits;
  /// In larger conversations nobody is told of receipts and typing.
  std::size_t receipts_max_members = 100;
  std::chrono::milliseconds typing_lasts = TypingBook::kLasts;
  std::size_t max_waiting_bytes = std::size_t{256} << 20;  ///< of commands that wait, all together
  std::chrono::milliseconds forward_timeout{10'000};       ///< for a command at another node
  storage::SecretKey fingerprint_key{};                    ///< never changes; so below
  storage::SecretKey identity_key{};
  storage::SecretKey cursor_key{};
};

struct CreateRequest {
  ConversationKind kind = ConversationKind::kGroup;
  std::vector<UserId> member_ids;  ///< without duplicates
  std::string title;
  HistoryPolicy history = HistoryPolicy::kJoined;
  std::optional<ClientId> client_id;
};

struct Page {
  std::size_t limit = Limits::kPageDefault;
  std::optional<std::string> cursor;
};

/// Where a page of messages lies. At most one of the three.
struct MessageRange {
  std::optional<Seq> before;
  std::optional<Seq> after;
  std::optional<Seq> around;
  std::size_t limit = Limits::kPageDefault;
};

template <class T>
struct PageOf {
  std::vector<T> items;
  std::optional<std::string> next_cursor;
};

/// Conversations as their members may use them: every call checks that the caller is a member, and
/// answers kNotFound where not. Call and await on a shard. Reads come through the store's caches;
/// commands run in the conversation's actor and are answered once they are durable.
class ChatService {
 public:
  explicit ChatService(ChatDependencies dependencies);
  ~ChatService();
  ChatService(const ChatService&) = delete;
  ChatService& operator=(const ChatService&) = delete;

  /// The conversation, and whether it was made by this call.
  runtime::Task<Result<std::pair<ConversationView, bool>>> Create(UserId caller,
                                                                  CreateRequest request);
  runtime::Task<Result<ConversationView>> Get(UserId caller, ConversationId conversation);
  /// Latest message first.
  runtime::Task<Result<PageOf<ConversationView>>> List(UserId caller, Page page);
  runtime::Task<Result<ConversationView>> Update(UserId caller, ConversationId conversation,
                                                 UpdateCommand change);

  /// Longest-standing first.
  runtime::Task<Result<PageOf<MemberView>>> ListMembers(UserId caller, ConversationId conversation,
                                                        Page page);
  runtime::Task<Result<ConversationView>> AddMembers(UserId caller, ConversationId conversation,
                                                     std::vector<UserId> users);
  runtime::Task<Result<MemberView>> SetRole(UserId caller, ConversationId conversation, UserId user,
                                            Role role);
  runtime::Task<Status> RemoveMember(UserId caller, ConversationId conversation, UserId user);

  /// The message, and whether it had been sent before.
  runtime::Task<Result<CommandAnswer>> Send(UserId caller, ConversationId conversation,
                                            SendCommand message);
  /// Moves the caller's read position; returns once it is stored.
  runtime::Task<Status> MarkRead(UserId caller, ConversationId conversation, Seq seq);
  /// Any command, for sessions that do not wait: it takes its place behind the caller's earlier
  /// ones before the return. `done` is called on the calling shard.
  void Submit(ConversationId conversation, UserId caller, CommandBody body, CommandDone done);

  runtime::Task<Result<MessagePage>> ReadMessages(UserId caller, ConversationId conversation,
                                                  MessageRange range);
  runtime::Task<Result<ChangePage>> ReadChanges(UserId caller, ConversationId conversation,
                                                Seq after, std::size_t limit);

  // -- People -------------------------------------------------------------------------------------

  /// Those of these people who share a conversation with the caller now, in no order: the only
  /// ones whose presence and activity the caller may know. Ask anew before each telling; what is
  /// found is to be given again then, so that it is found soon.
  runtime::Task<Result<std::vector<Acquaintance>>> FindAcquaintances(
      UserId caller, std::vector<Acquaintance> people);
  /// The person's profile changed: tells everybody who shares a conversation of at most
  /// receipts_max_members with them, and themselves, in the background, as it is by then: one
  /// telling of a person at a time, so that the newest comes last. Momentary. Call on a shard.
  void TellProfile(UserId user);

  // -- For sessions: resume and live delivery (gateway/) ------------------------------------------

  /// The opaque position for this person to resume from: the service's time, less the slack of two
  /// minutes.
  std::string MakeCursor(UserId caller) const;
  /// What a client that holds `heads`, and learnt of everything else up to `cursor`, has to be
  /// told. kInvalidArgument for a cursor that is not ours.
  runtime::Task<Result<SyncPlan>> PlanSync(UserId caller,
                                           std::vector<std::pair<ConversationId, Seq>> heads,
                                           std::optional<std::string> cursor);
  /// Changes after `after` and up to `last`: at least one if there is one, and at most about
  /// `max_bytes`. For sessions, which know from events that the caller may see them, also where
  /// they have left since. kConflict if the caller left and came back within them. Where the bus
  /// may lose that they left, what it tells is not trusted so far: to who is no member any more it
  /// ends with their going, and is kNotFound if that is not among these changes.
  runtime::Task<Result<std::vector<ChangeView>>> ReadForDelivery(UserId caller,
                                                                 ConversationId conversation,
                                                                 Seq after, Seq last,
                                                                 std::size_t max_bytes);

  /// After a pause of the process (SIGSTOP, a sleeping machine): forgets what is believed of
  /// conversations, since others may have gone on. Any thread.
  void DropAll();

  /// Writes what waits (positions) and lets no more in. Call from no shard, while the shards run.
  void Stop();

  const ChatStats& stats() const { return stats_; }
  /// The commands that wait now.
  const CommandLoad& load() const;
  /// Null where this process is alone.
  const ForwardStats* forward_stats() const;

 private:
  runtime::Task<Result<CommandAnswer>> Run(ConversationId conversation, UserId caller,
                                           CommandBody body);
  /// Brings the command to its conversation, here or at another node; `done` is called on some
  /// shard.
  void Dispatch(ConversationId conversation, Command command);
  /// The caller's membership, or kNotFound.
  runtime::Task<Result<Membership>> RequireMembership(UserId caller, ConversationId conversation);
  /// The profiles of these people; InvalidField `field` if one does not exist.
  runtime::Task<Result<std::vector<User>>> RequireUsers(std::vector<UserId> users,
                                                        std::string field);
  /// kConflict if one of them is in as many conversations as one may be.
  runtime::Task<Status> CheckRoom(std::vector<UserId> users);

  const ChatDependencies deps_;
  ChatStats stats_;
  const auth::ConversationIds ids_;
  const auth::CursorSealer sealer_;
  std::unique_ptr<OrderedUuids> message_ids_;
  std::unique_ptr<ViewBuilder> views_;
  std::unique_ptr<History> history_;
  std::unique_ptr<SyncPlanner> planner_;
  std::unique_ptr<Conversations> conversations_;
  std::unique_ptr<Forwarder> forwarder_;  ///< null where this process is alone
  /// Under way; shared with the tasks, which may outlive this.
  const std::shared_ptr<ProfileTellings> profile_tellings_;
};

}  // namespace parley::chat
