#include "chat/chat_service.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "chat/conversations.h"
#include "chat/forwarder.h"
#include "chat/history.h"
#include "chat/profile_tellings.h"
#include "chat/sync_planner.h"
#include "chat/view_builder.h"
#include "runtime/completer.h"

namespace parley::chat {

ChatService::ChatService(ChatDependencies dependencies)
    : deps_(std::move(dependencies)),
      ids_(deps_.identity_key),
      sealer_(deps_.cursor_key),
      message_ids_(std::make_unique<OrderedUuids>(*deps_.random)),
      views_(std::make_unique<ViewBuilder>(*deps_.store)),
      history_(std::make_unique<History>(*deps_.store, *views_, deps_.effects)),
      planner_(std::make_unique<SyncPlanner>(*deps_.store, *deps_.clock, sealer_)),
      conversations_(std::make_unique<Conversations>(
          deps_.shards,
          ActorEnvironment{*deps_.store, *deps_.bus, *deps_.clock, *message_ids_, deps_.limits,
                           deps_.receipts_max_members, deps_.typing_lasts,
                           auth::Fingerprinter(deps_.fingerprint_key), stats_, deps_.fleet,
                           deps_.effects, deps_.head_repeats},
          deps_.max_waiting_bytes)),
      profile_tellings_(std::make_shared<ProfileTellings>()) {
  if (deps_.fleet == nullptr) return;
  forwarder_ = std::make_unique<Forwarder>(deps_.shards, *deps_.fleet, *conversations_,
                                           Forwarder::Options{.timeout = deps_.forward_timeout});
}

ChatService::~ChatService() = default;

void ChatService::Stop() {
  if (forwarder_) forwarder_->Stop();
  conversations_->Stop();
}

void ChatService::DropAll() { conversations_->DropAll(); }

const CommandLoad& ChatService::load() const { return conversations_->load(); }

const ForwardStats* ChatService::forward_stats() const {
  return forwarder_ ? &forwarder_->stats() : nullptr;
}

// -- Commands -------------------------------------------------------------------------------------

void ChatService::Submit(ConversationId conversation, UserId caller, CommandBody body,
                         CommandDone done) {
  runtime::Shard* shard = runtime::Shard::Current();
  Dispatch(conversation,
           Command{caller, std::move(body),
                   [shard, done = std::move(done)](Result<CommandAnswer> answer) mutable {
                     shard->Post([done = std::move(done), answer = std::move(answer)]() mutable {
                       done(std::move(answer));
                     });
                   }});
}

void ChatService::Dispatch(ConversationId conversation, Command command) {
  if (forwarder_) {
    forwarder_->Submit(conversation, std::move(command));
  } else {
    conversations_->Submit(conversation, std::move(command));
  }
}

runtime::Task<Result<CommandAnswer>> ChatService::Run(ConversationId conversation, UserId caller,
                                                      CommandBody body) {
  using Answer = Result<CommandAnswer>;
  co_return co_await runtime::AwaitCompletion<Answer>(
      [this, conversation, caller,
       body = std::move(body)](runtime::Completer<Answer> done) mutable {
        Dispatch(conversation, Command{caller, std::move(body), std::move(done)});
      });
}

runtime::Task<Result<std::pair<ConversationView, bool>>> ChatService::Create(
    UserId caller, CreateRequest request) {
  std::vector<UserId> people{caller};
  for (const UserId& user : request.member_ids) {
    if (user != caller) people.push_back(user);
  }
  const bool direct = request.kind == ConversationKind::kDirect;
  if (direct && people.size() != 2) {
    co_return InvalidField("member_ids", "a direct conversation takes one other person");
  }
  const std::size_t most = deps_.limits.Get().group_members;
  if (people.size() > most) {
    co_return InvalidField("member_ids", fmt::format("a group has at most {} members", most));
  }
  PARLEY_CO_ASSIGN(std::vector<User> founders, co_await RequireUsers(people, "member_ids"));

  CreateCommand command;
  ConversationInfo& info = command.info;
  info.id = direct              ? ids_.Direct(caller, people[1])
            : request.client_id ? ids_.Group(caller, *request.client_id)
                                : ConversationId(Uuid::Version7(deps_.clock->Now(), *deps_.random));
  PARLEY_CO_ASSIGN(const std::optional<Membership> existing,
                   co_await deps_.store->conversations().FindMembership(caller, info.id));
  if (!existing) {
    PARLEY_CO_TRY(co_await CheckRoom(people));
  }
  info.kind = request.kind;
  info.title = request.title;
  info.history = request.history;
  info.created_by = caller;
  command.founders = std::move(founders);
  const ConversationId id = info.id;
  PARLEY_CO_ASSIGN(const CommandAnswer answer, co_await Run(id, caller, std::move(command)));
  PARLEY_CO_ASSIGN(ConversationView view, co_await Get(caller, id));
  co_return std::pair(std::move(view), !answer.existed);
}

runtime::Task<Result<ConversationView>> ChatService::Update(UserId caller,
                                                            ConversationId conversation,
                                                            UpdateCommand change) {
  PARLEY_CO_TRY((co_await Run(conversation, caller, std::move(change))).status());
  co_return co_await Get(caller, conversation);
}

runtime::Task<Result<ConversationView>> ChatService::AddMembers(UserId caller,
                                                                ConversationId conversation,
                                                                std::vector<UserId> users) {
  PARLEY_CO_TRY((co_await RequireMembership(caller, conversation)).status());
  PARLEY_CO_ASSIGN(std::vector<User> found, co_await RequireUsers(users, "user_ids"));
  PARLEY_CO_TRY(co_await CheckRoom(std::move(users)));
  PARLEY_CO_TRY((co_await Run(conversation, caller, AddMembersCommand{std::move(found)})).status());
  co_return co_await Get(caller, conversation);
}

runtime::Task<Result<MemberView>> ChatService::SetRole(UserId caller, ConversationId conversation,
                                                       UserId user, Role role) {
  PARLEY_CO_TRY((co_await Run(conversation, caller, SetRoleCommand{user, role})).status());
  PARLEY_CO_ASSIGN(const std::optional<Membership> membership,
                   co_await deps_.store->conversations().FindMembership(user, conversation));
  if (!membership) co_return NotFound("no such member");
  PARLEY_CO_ASSIGN(std::vector<MemberView> views,
                   co_await views_->Members(conversation, {membership->member}));
  if (views.empty()) co_return NotFound("no such member");
  co_return std::move(views.front());
}

runtime::Task<Status> ChatService::RemoveMember(UserId caller, ConversationId conversation,
                                                UserId user) {
  co_return (co_await Run(conversation, caller, RemoveMemberCommand{user})).status();
}

runtime::Task<Result<CommandAnswer>> ChatService::Send(UserId caller, ConversationId conversation,
                                                       SendCommand message) {
  co_return co_await Run(conversation, caller, std::move(message));
}

runtime::Task<Status> ChatService::MarkRead(UserId caller, ConversationId conversation, Seq seq) {
  co_return (co_await Run(conversation, caller, MarkCommand{seq, Seq(), MarkAnswer::kWhenWritten}))
      .status();
}

// -- Checks ---------------------------------------------------------------------------------------

runtime::Task<Result<Membership>> ChatService::RequireMembership(UserId caller,
                                                                 ConversationId conversation) {
  PARLEY_CO_ASSIGN(std::optional<Membership> membership,
                   co_await deps_.store->conversations().FindMembership(caller, conversation));
  if (!membership) co_return NotFound("no such conversation");
  co_return *std::move(membership);
}

runtime::Task<Result<std::vector<User>>> ChatService::RequireUsers(std::vector<UserId> users,
                                                                   std::string field) {
  PARLEY_CO_ASSIGN(std::vector<User> found, co_await deps_.store->accounts().FindUsers(users));
  for (const UserId& user : users) {
    // Who is disabled cannot be added or written to first, and is not told apart from nobody.
    const bool exists = std::any_of(found.begin(), found.end(), [&](const User& each) {
      return each.id == user && !each.disabled;
    });
    if (!exists) {
      co_return InvalidField(std::move(field), fmt::format("no such person: {}", user.ToString()));
    }
  }
  co_return found;
}

runtime::Task<Status> ChatService::CheckRoom(std::vector<UserId> users) {
  const std::size_t most = deps_.limits.Get().conversations_per_person;
  for (const UserId& user : users) {
    PARLEY_CO_ASSIGN(const std::vector<Membership> memberships,
                     co_await deps_.store->conversations().ReadMemberships(user));
    if (memberships.size() >= most) {
      co_return Conflict(fmt::format("a person is in at most {} conversations", most));
    }
  }
  co_return Status::Ok();
}

}  // namespace parley::chat
