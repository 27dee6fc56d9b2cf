// ChatService: who is in a conversation, what they see of it, and what they are told (promise I5).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/testing/chat_backend.h"

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ChatMembership : public ChatTest {
 protected:
  StatusCode Remove(UserId by, UserId user) {
    return backend_.Run(backend_.chat().RemoveMember(by, group_, user)).code();
  }

  const ConversationId group_ = backend_.Group(ann_, {bo_});
};

TEST_F(ChatMembership, Newcomers_SeeFromTheirJoiningOn) {
  backend_.Do(ann_, group_, backend_.Text("before"));
  EXPECT_EQ(CodeOf(backend_.Add(ann_, group_, {cy_})), StatusCode::kOk);
  backend_.Do(ann_, group_, backend_.Text("after"));
  EXPECT_THAT(backend_.Texts(cy_, group_), ElementsAre("after"));
  EXPECT_EQ(backend_.Get(cy_, group_).own.member.first_seq, Seq(3));
  EXPECT_EQ(backend_.Get(cy_, group_).unread_count, 1U);
}

TEST_F(ChatMembership, Newcomers_WhereAllIsShown_SeeAll) {
  backend_.Do(ann_, group_, backend_.Text("before"));
  UpdateCommand all;
  all.history = HistoryPolicy::kAll;
  ASSERT_TRUE(backend_.Run(backend_.chat().Update(ann_, group_, all)).ok());
  backend_.Add(ann_, group_, {cy_});
  EXPECT_THAT(backend_.Texts(cy_, group_), ElementsAre("before"));
  EXPECT_EQ(backend_.Get(cy_, group_).unread_count, 1U);
}

TEST_F(ChatMembership, LeavingAndJoiningAgain_StartsAnew) {
  backend_.Do(bo_, group_, backend_.Text("one"));
  EXPECT_EQ(Remove(bo_, bo_), StatusCode::kOk);
  EXPECT_EQ(backend_.GetCode(bo_, group_), StatusCode::kNotFound);
  EXPECT_THAT(backend_.Listed(bo_), IsEmpty());
  backend_.Do(ann_, group_, backend_.Text("two"));
  backend_.Add(ann_, group_, {bo_});
  backend_.Do(ann_, group_, backend_.Text("three"));
  EXPECT_THAT(backend_.Texts(bo_, group_), ElementsAre("three"));
  const ConversationView view = backend_.Get(bo_, group_);
  EXPECT_EQ(view.own.position, Position());
  EXPECT_EQ(view.unread_count, 1U);
}

TEST_F(ChatMembership, SendingLeavingAndJoiningAgain_BehindOneSync_StartsAnew) {
  UpdateCommand all;
  all.history = HistoryPolicy::kAll;
  ASSERT_TRUE(backend_.Run(backend_.chat().Update(ann_, group_, all)).ok());
  const auto bo_again = backend_.Run(backend_.store().accounts().FindUsers({bo_}));
  backend_.controls().HoldCommits();
  backend_.SubmitHeld(bo_, group_, backend_.Text("one"));
  backend_.Submit(bo_, group_, RemoveMemberCommand{bo_});
  const Answer back = backend_.Submit(ann_, group_, AddMembersCommand{*bo_again});
  backend_.controls().ReleaseCommits();
  EXPECT_EQ(SeqOf(backend_.Await(back)), Seq(5));
  EXPECT_EQ(backend_.Get(bo_, group_).unread_count, 1U);
  // Whatever the actor keeps in mind is of this stay, too.
  ASSERT_TRUE(backend_.Run(backend_.chat().MarkRead(bo_, group_, Seq(3))).ok());
  EXPECT_EQ(backend_.Get(bo_, group_).own.position.read, Seq(3));
}

TEST_F(ChatMembership, LastAdminLeaves_TheLongestStandingBecomesOne) {
  backend_.Add(ann_, group_, {cy_});
  EXPECT_EQ(Remove(ann_, ann_), StatusCode::kOk);
  EXPECT_EQ(backend_.Get(bo_, group_).own.member.role, Role::kAdmin);
  EXPECT_EQ(backend_.Get(cy_, group_).own.member.role, Role::kMember);
  EXPECT_EQ(Remove(bo_, cy_), StatusCode::kOk);
  EXPECT_EQ(Remove(bo_, bo_), StatusCode::kOk) << "the last one may leave too";
}

TEST_F(ChatMembership, Events_OfAGroup_InboxBeforeTheChange_LeftAfterIt) {
  const auto cy_hears = backend_.Listen(cy_);
  const auto ann_hears = backend_.Listen(ann_);
  backend_.Add(ann_, group_, {cy_});
  backend_.Do(ann_, group_, backend_.Text("hello"));
  Remove(ann_, cy_);
  backend_.Do(ann_, group_, backend_.Text("gone"));
  EXPECT_THAT(cy_hears->told, ElementsAre("inbox 2", "change 2", "change 3", "change 4", "left 4"));
  EXPECT_THAT(ann_hears->told, ElementsAre("change 2", "change 3", "change 4", "change 5"));
}

TEST_F(ChatMembership, Events_OfACreation_ReachEveryFounder) {
  const auto bo_hears = backend_.Listen(bo_);
  backend_.Group(ann_, {bo_});
  EXPECT_THAT(bo_hears->told, ElementsAre("inbox 1", "change 1"));
}

TEST_F(ChatMembership, Direct_Empty_IsListedForItsCreatorAlone) {
  const auto ann_hears = backend_.Listen(ann_);
  const auto cy_hears = backend_.Listen(cy_);
  backend_.clock().Advance(std::chrono::seconds(1));
  const ConversationId direct = backend_.Direct(ann_, cy_);
  EXPECT_THAT(backend_.Listed(ann_), ElementsAre(direct, group_));
  EXPECT_THAT(backend_.Listed(cy_), IsEmpty());
  EXPECT_THAT(ann_hears->told, ElementsAre("inbox 1", "change 1"));
  EXPECT_THAT(cy_hears->told, IsEmpty());

  backend_.Do(ann_, direct, backend_.Text("hello"));
  EXPECT_THAT(cy_hears->told, ElementsAre("inbox 2", "change 2"));
  EXPECT_THAT(backend_.Listed(cy_), ElementsAre(direct));
  backend_.Do(cy_, direct, backend_.Text("hello yourself"));
  EXPECT_THAT(cy_hears->told, ElementsAre("inbox 2", "change 2", "change 3"));
  EXPECT_THAT(ann_hears->told, ElementsAre("inbox 1", "change 1", "change 2", "change 3"));
}

TEST_F(ChatMembership, Direct_WithOneself_OrWithMore_IsInvalid) {
  CreateRequest request;
  request.kind = ConversationKind::kDirect;
  for (const std::vector<UserId>& people :
       {std::vector{ann_}, std::vector{bo_, cy_}, std::vector<UserId>()}) {
    request.member_ids = people;
    EXPECT_EQ(backend_.Run(backend_.chat().Create(ann_, request)).status().code(),
              StatusCode::kInvalidArgument);
  }
}

TEST_F(ChatMembership, Create_WithWhoDoesNotExist_NamesTheField) {
  CreateRequest request;
  request.member_ids = {UserId(Uuid(Uuid::Bytes{9}))};
  const Status status = backend_.Run(backend_.chat().Create(ann_, request)).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  ASSERT_EQ(status.fields().size(), 1U);
  EXPECT_EQ(status.fields()[0].field, "member_ids");
}

TEST_F(ChatMembership, WhoIsDisabled_CannotBeAddedOrWrittenToFirst_LikeNobody) {
  storage::AccountChange disabling;
  disabling.disabled = true;
  ASSERT_TRUE(backend_.Run(backend_.store().admin().ChangeAccount(cy_, disabling)).ok());
  ChatService& chat = backend_.chat();
  for (const ConversationKind kind : {ConversationKind::kDirect, ConversationKind::kGroup}) {
    CreateRequest request;
    request.kind = kind;
    request.member_ids = {cy_};
    const Status status = backend_.Run(chat.Create(ann_, request)).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    ASSERT_EQ(status.fields().size(), 1U);
    EXPECT_EQ(status.fields()[0].field, "member_ids");
  }
  EXPECT_EQ(backend_.Run(chat.AddMembers(ann_, group_, {cy_})).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(ChatMembership, Strangers_FindNothing) {
  EXPECT_EQ(backend_.GetCode(cy_, group_), StatusCode::kNotFound);
  ChatService& chat = backend_.chat();
  EXPECT_EQ(CodeOf(backend_.Do(cy_, group_, backend_.Text("let me in"))), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(backend_.Do(cy_, group_, MarkCommand{Seq(99), Seq()})), StatusCode::kNotFound);
  EXPECT_EQ(backend_.Run(chat.ReadMessages(cy_, group_, {})).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(backend_.Run(chat.ReadChanges(cy_, group_, Seq(), 5)).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(backend_.Run(chat.ListMembers(cy_, group_, {})).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(backend_.Run(chat.AddMembers(cy_, group_, {cy_})).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(backend_.Run(chat.Update(cy_, group_, {})).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(backend_.Run(chat.SetRole(cy_, group_, cy_, Role::kAdmin)).status().code(),
            StatusCode::kNotFound);
}

TEST_F(ChatMembership, RemovedWhileTheyRead_SeeNothingOfWhatCameAfter) {
  std::vector<StatusCode> codes;
  const auto read = [](ChatService* chat, UserId caller, ConversationId group, int what,
                       std::vector<StatusCode>* out) -> runtime::Task<void> {
    if (what == 0) {
      out->push_back((co_await chat->ReadMessages(caller, group, {})).status().code());
    } else if (what == 1) {
      out->push_back((co_await chat->ReadChanges(caller, group, Seq(), 9)).status().code());
    } else {
      out->push_back((co_await chat->Get(caller, group)).status().code());
    }
  };
  backend_.controls().HoldReads();
  for (int what = 0; what < 3; ++what) {
    runtime::Spawn(backend_.shard(), "read", read(&backend_.chat(), bo_, group_, what, &codes));
  }
  backend_.On([] {});  // the memberships are read, the answers held
  backend_.Do(ann_, group_, RemoveMemberCommand{bo_});
  backend_.Do(ann_, group_, backend_.Text("about bob"));
  backend_.controls().ReleaseReads();
  backend_.RunUntil([&] { return codes.size() == 3; });
  EXPECT_THAT(codes, testing::Each(StatusCode::kNotFound));
}

TEST_F(ChatMembership, Replies_KeepAnExcerpt_HiddenFromWhoMayNotSeeIt) {
  backend_.Do(ann_, group_, backend_.Text("a secret of old"));
  backend_.Add(ann_, group_, {cy_});
  SendCommand reply = backend_.Text("as I said");
  reply.reply_to = Seq(2);
  const auto cy_hears = backend_.Listen(cy_);
  EXPECT_EQ(SeqOf(backend_.Do(bo_, group_, reply)), Seq(4));
  ASSERT_EQ(cy_hears->changes.size(), 1U);
  EXPECT_THAT(cy_hears->changes[0], Not(HasSubstr("secret")));

  const auto of_bo = backend_.Run(backend_.chat().ReadChanges(bo_, group_, Seq(3), 5));
  EXPECT_EQ(of_bo->items.at(0).entry->message().reply_to->excerpt, "a secret of old");
  EXPECT_EQ(of_bo->items.at(0).visible_from, Seq(1));
  const auto of_cy = backend_.Run(backend_.chat().ReadChanges(cy_, group_, Seq(3), 5));
  EXPECT_EQ(of_cy->items.at(0).visible_from, Seq(3));
  EXPECT_EQ(backend_.Run(backend_.chat().ReadMessages(cy_, group_, {}))->visible_from, Seq(3));
}

TEST_F(ChatMembership, Replies_ToWhatOneMayNotSee_AreInvalid) {
  backend_.Do(ann_, group_, backend_.Text("before"));
  backend_.Add(ann_, group_, {cy_});
  SendCommand reply = backend_.Text("what?");
  for (const std::uint64_t seq : {1U, 2U, 3U, 99U}) {
    reply.reply_to = Seq(seq);
    EXPECT_EQ(CodeOf(backend_.Do(cy_, group_, reply)), StatusCode::kInvalidArgument) << seq;
  }
}

TEST_F(ChatMembership, Replies_ToALongGoneMessage_FindIt) {
  backend_.Do(ann_, group_, backend_.Text("long ago"));
  backend_.Chatter(bo_, group_, 300);
  backend_.Restart();
  SendCommand reply = backend_.Text("remember?");
  reply.reply_to = Seq(2);
  const Answer sent = backend_.Do(bo_, group_, reply);
  ASSERT_EQ(CodeOf(sent), StatusCode::kOk);
  EXPECT_EQ((**sent)->entry->message().reply_to->excerpt, "long ago");
}

TEST(ChatLimits, Group_IsOfBoundedSize) {
  Limits limits;
  limits.group_members = 2;
  ChatBackend backend(limits);
  const UserId ann = backend.Person("ann");
  const UserId bo = backend.Person("bob");
  const UserId cy = backend.Person("cyd");
  const ConversationId group = backend.Group(ann, {bo});
  EXPECT_EQ(CodeOf(backend.Add(ann, group, {cy})), StatusCode::kConflict);
  EXPECT_EQ(CodeOf(backend.Add(ann, group, {bo})), StatusCode::kOk);
}

TEST(ChatLimits, Person_IsInSoManyConversations) {
  Limits limits;
  limits.conversations_per_person = 2;
  ChatBackend backend(limits);
  const UserId ann = backend.Person("ann");
  const UserId bo = backend.Person("bob");
  backend.Direct(ann, bo);
  backend.Group(ann, {});
  CreateRequest request;
  EXPECT_EQ(backend.Run(backend.chat().Create(ann, request)).status().code(),
            StatusCode::kConflict);
  request.member_ids = {ann};
  EXPECT_EQ(backend.Run(backend.chat().Create(bo, request)).status().code(), StatusCode::kConflict);
  EXPECT_EQ(CodeOf(backend.Do(ann, backend.Direct(ann, bo), backend.Text("still"))),
            StatusCode::kOk);
}

}  // namespace
}  // namespace parley::chat
