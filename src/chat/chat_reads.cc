// The reading half of ChatService.

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "chat/chat_service.h"
#include "chat/conversation_list.h"
#include "chat/history.h"
#include "chat/sync_planner.h"
#include "chat/view_builder.h"

namespace parley::chat {
namespace {

std::string EncodePosition(const ListPosition& position) {
  return std::string(position.id.view()) + std::to_string(position.number);
}

Result<ListPosition> DecodePosition(const std::string& payload) {
  if (payload.size() <= Uuid::kSize) return InvalidField("cursor", "is not one of ours");
  ListPosition position;
  position.id = Uuid::FromBytes(payload);
  std::from_chars(payload.data() + Uuid::kSize, payload.data() + payload.size(), position.number);
  return position;
}

std::string ListPurpose(UserId caller) { return "list:" + caller.ToString(); }
std::string MembersPurpose(ConversationId conversation) {
  return "members:" + conversation.ToString();
}

}  // namespace

runtime::Task<Result<ConversationView>> ChatService::Get(UserId caller,
                                                         ConversationId conversation) {
  PARLEY_CO_ASSIGN(Membership own, co_await RequireMembership(caller, conversation));
  PARLEY_CO_ASSIGN(
      storage::SnapshotPtr snapshot,
      co_await deps_.store->conversations().ReadSnapshot(conversation, storage::ReadMode::kCached));
  if (!IsStillIn(*snapshot, own.member)) co_return NotFound("no such conversation");
  co_return co_await views_->Conversation(std::move(snapshot), own);
}

runtime::Task<Result<PageOf<ConversationView>>> ChatService::List(UserId caller, Page page) {
  std::optional<ListPosition> from;
  if (page.cursor) {
    PARLEY_CO_ASSIGN(const std::string payload, sealer_.Open(ListPurpose(caller), *page.cursor));
    PARLEY_CO_ASSIGN(from, DecodePosition(payload));
  }
  PARLEY_CO_ASSIGN(std::vector<Membership> memberships,
                   co_await deps_.store->conversations().ReadMemberships(caller));
  std::vector<ConversationId> ids;
  ids.reserve(memberships.size());
  for (const Membership& membership : memberships) ids.push_back(membership.conversation);
  PARLEY_CO_ASSIGN(std::vector<storage::SnapshotPtr> snapshots,
                   co_await deps_.store->conversations().ReadSnapshots(std::move(ids)));
  ConversationList list(caller, std::move(memberships), std::move(snapshots), from);
  std::vector<OwnConversation> shown;
  while (shown.size() < page.limit && !list.AtEnd()) shown.push_back(list.Next());
  PageOf<ConversationView> answer;
  if (!shown.empty() && !list.AtEnd()) {
    answer.next_cursor = sealer_.Seal(
        ListPurpose(caller), EncodePosition(ConversationList::PlaceOf(*shown.back().snapshot)));
  }
  PARLEY_CO_ASSIGN(answer.items, co_await views_->Conversations(std::move(shown)));
  co_return answer;
}

runtime::Task<Result<PageOf<MemberView>>> ChatService::ListMembers(UserId caller,
                                                                   ConversationId conversation,
                                                                   Page page) {
  PARLEY_CO_ASSIGN(const Membership own, co_await RequireMembership(caller, conversation));
  std::optional<ListPosition> from;
  if (page.cursor) {
    PARLEY_CO_ASSIGN(const std::string payload,
                     sealer_.Open(MembersPurpose(conversation), *page.cursor));
    PARLEY_CO_ASSIGN(from, DecodePosition(payload));
  }
  PARLEY_CO_ASSIGN(
      const storage::SnapshotPtr snapshot,
      co_await deps_.store->conversations().ReadSnapshot(conversation, storage::ReadMode::kCached));
  if (!IsStillIn(*snapshot, own.member)) co_return NotFound("no such conversation");
  std::vector<Member> members;
  for (const Member& member : *snapshot->members) {
    const bool behind =
        !from || std::tuple(static_cast<std::int64_t>(member.joined_seq.value()),
                            member.user.uuid()) > std::tuple(from->number, from->id);
    if (behind) members.push_back(member);
  }
  PageOf<MemberView> answer;
  if (members.size() > page.limit) {
    members.resize(page.limit);
    const Member& last = members.back();
    answer.next_cursor = sealer_.Seal(
        MembersPurpose(conversation),
        EncodePosition({static_cast<std::int64_t>(last.joined_seq.value()), last.user.uuid()}));
  }
  PARLEY_CO_ASSIGN(answer.items, co_await views_->Members(conversation, std::move(members)));
  co_return answer;
}

runtime::Task<Result<MessagePage>> ChatService::ReadMessages(UserId caller,
                                                             ConversationId conversation,
                                                             MessageRange range) {
  PARLEY_CO_ASSIGN(Membership own, co_await RequireMembership(caller, conversation));
  co_return co_await history_->Messages(own, range);
}

runtime::Task<Result<ChangePage>> ChatService::ReadChanges(UserId caller,
                                                           ConversationId conversation, Seq after,
                                                           std::size_t limit) {
  PARLEY_CO_ASSIGN(Membership own, co_await RequireMembership(caller, conversation));
  co_return co_await history_->Changes(own, after, limit);
}

std::string ChatService::MakeCursor(UserId caller) const { return planner_->MakeCursor(caller); }

runtime::Task<Result<SyncPlan>> ChatService::PlanSync(
    UserId caller, std::vector<std::pair<ConversationId, Seq>> heads,
    std::optional<std::string> cursor) {
  co_return co_await planner_->Plan(caller, std::move(heads), std::move(cursor));
}

runtime::Task<Result<std::vector<ChangeView>>> ChatService::ReadForDelivery(
    UserId caller, ConversationId conversation, Seq after, Seq last, std::size_t max_bytes) {
  PARLEY_CO_ASSIGN(const std::optional<Membership> own,
                   co_await deps_.store->conversations().FindMembership(caller, conversation));
  // The bus may have lost that they left and came back: what was said between is not theirs.
  if (own && last >= own->member.first_seq && after.Next() < own->member.first_seq) {
    co_return Conflict("they were away in between: begin anew from there");
  }
  if ((!own || last < own->member.first_seq) && deps_.bus->MayLose()) {
    // They may not have heard that they left: what came after it is not theirs, nor is what was
    // said before they came back.
    PARLEY_CO_ASSIGN(last, co_await history_->EndOfStay(caller, conversation, after, last));
  }
  // To who is gone, nothing of older messages is shown any more.
  const Seq visible_from = own ? own->member.first_seq : after.Next();
  co_return co_await history_->Run(conversation, after, last, visible_from, max_bytes);
}

}  // namespace parley::chat
