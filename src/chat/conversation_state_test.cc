#include "chat/conversation_state.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace parley::chat {
namespace {

using testing::UnorderedElementsAre;

UserId Someone(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

User Profile(UserId id, std::string username) {
  User user;
  user.id = id;
  user.username = std::move(username);
  return user;
}

class ConversationStateTest : public testing::Test {
 protected:
  ConversationStateTest() {
    ConversationBody body;
    body.created = true;
    body.title = "tea";
    body.history = HistoryPolicy::kJoined;
    body.founders = {{ann_, Role::kAdmin}, {bo_, Role::kMember}};
    const std::vector<User> founders{Profile(ann_, "ann"), Profile(bo_, "bob")};
    Apply(std::move(body), founders);
  }

  Entry Apply(decltype(Entry::body) body, const std::vector<User>& added = {}) {
    Entry entry;
    entry.seq = state_.head().seq.Next();
    entry.n = state_.head().n + (std::holds_alternative<MessageBody>(body) ? 1 : 0);
    entry.at = FromMillis(1'000 * static_cast<std::int64_t>(entry.seq.value()));
    entry.actor = ann_;
    entry.body = std::move(body);
    state_.Apply(entry, added);
    return entry;
  }
  void Add(UserId user, std::string name) {
    Apply(MembersBody{{user}, {}, {}}, {Profile(user, std::move(name))});
  }

  const UserId ann_ = Someone(1);
  const UserId bo_ = Someone(2);
  const UserId cy_ = Someone(3);
  ConversationState state_;
};

TEST_F(ConversationStateTest, Creation_MakesIt) {
  EXPECT_FALSE(ConversationState().exists());
  EXPECT_TRUE(state_.exists());
  EXPECT_EQ(state_.info().title, "tea");
  EXPECT_EQ(state_.info().created_by, ann_);
  EXPECT_EQ(state_.head().seq, Seq(1));
  EXPECT_EQ(state_.head().n, 0U);
  EXPECT_EQ(state_.head().last_message_at, FromMillis(1'000));
  EXPECT_THAT(*state_.members(), UnorderedElementsAre(ann_, bo_));
  EXPECT_EQ(state_.Find(bo_)->first_seq, Seq(1));
  EXPECT_EQ(state_.visible_to_all(), Seq(1));
}

TEST_F(ConversationStateTest, Message_MovesTheHead_OtherChangesLeaveItsTime) {
  Apply(MessageBody());
  EXPECT_EQ(state_.head().n, 1U);
  EXPECT_EQ(state_.head().last_message, Seq(2));
  EXPECT_EQ(state_.head().last_message_at, FromMillis(2'000));
  ConversationBody title;
  title.title = "";
  Apply(title);
  EXPECT_EQ(state_.info().title, "");
  EXPECT_EQ(state_.head().last_message, Seq(2));
  EXPECT_EQ(state_.head().last_message_at, FromMillis(2'000));
  EXPECT_EQ(state_.head().changed_at, FromMillis(3'000));
}

TEST_F(ConversationStateTest, Message_RaisesTheTimeOfClientIds) {
  EXPECT_EQ(state_.head().client_ids_until, TimePoint()) << "there are none";
  const auto send = [this](std::int64_t made_ms) {
    FakeRandom random;
    MessageBody body;
    body.client_id = ClientId(Uuid::Version7(FromMillis(made_ms), random));
    Apply(std::move(body));
    return state_.head().client_ids_until;
  };
  EXPECT_EQ(send(7'000), FromMillis(7'000));
  EXPECT_EQ(send(6'999), FromMillis(7'000));
  EXPECT_EQ(send(1'000LL * 86'400 * 365), FromMillis(7'000)) << "it says nothing";
}

TEST(ConversationState, OfAnEarlierProgram_TheTimeOfClientIdsStaysUnknown) {
  ConversationSnapshot snapshot;
  snapshot.head.seq = Seq(5);
  snapshot.members = std::make_shared<const std::vector<Member>>();
  ConversationState state(snapshot, {});
  Entry entry;
  entry.seq = Seq(6);
  entry.body = MessageBody();
  state.Apply(entry, {});
  EXPECT_EQ(state.head().client_ids_until, std::nullopt);
}

TEST_F(ConversationStateTest, Joining_SeesFromThereOn) {
  Apply(MessageBody());
  Add(cy_, "cyd");
  const Member* cy = state_.Find(cy_);
  ASSERT_NE(cy, nullptr);
  EXPECT_EQ(cy->joined_seq, Seq(3));
  EXPECT_EQ(cy->first_seq, Seq(3));
  EXPECT_EQ(cy->first_n, 1U);
  EXPECT_EQ(state_.visible_to_all(), Seq(3));
  EXPECT_EQ(state_.FindByName("cyd"), cy_);
}

TEST_F(ConversationStateTest, Joining_WhereAllIsShown_SeesFromTheBeginning_AndItIsFixedThen) {
  ConversationBody all;
  all.history = HistoryPolicy::kAll;
  Apply(all);
  Apply(MessageBody());
  Add(cy_, "cyd");
  EXPECT_EQ(state_.Find(cy_)->first_seq, Seq(1));
  EXPECT_EQ(state_.Find(cy_)->first_n, 0U);
  ConversationBody joined;
  joined.history = HistoryPolicy::kJoined;
  Apply(joined);
  EXPECT_EQ(state_.Find(cy_)->first_seq, Seq(1));
}

TEST_F(ConversationStateTest, Leaving_ForgetsNameAndRole) {
  Apply(MembersBody{{}, {ann_}, {{bo_, Role::kAdmin}}});
  EXPECT_EQ(state_.Find(ann_), nullptr);
  EXPECT_EQ(state_.FindByName("ann"), std::nullopt);
  EXPECT_EQ(state_.admin_count(), 1U);
  EXPECT_EQ(state_.Find(bo_)->role, Role::kAdmin);
}

TEST_F(ConversationStateTest, JoiningAgain_StartsAnew) {
  Apply(MembersBody{{}, {bo_}, {}});
  Apply(MessageBody());
  Add(bo_, "bob");
  EXPECT_EQ(state_.Find(bo_)->joined_seq, Seq(4));
  EXPECT_EQ(state_.Find(bo_)->first_seq, Seq(4));
  EXPECT_EQ(state_.Find(bo_)->role, Role::kMember);
}

TEST_F(ConversationStateTest, LongestStanding_IsByJoining_ThenById) {
  Add(cy_, "cyd");
  EXPECT_EQ(state_.LongestStanding(ann_), bo_);
  EXPECT_EQ(state_.LongestStanding(bo_), ann_);
  Apply(MembersBody{{}, {bo_}, {}});
  EXPECT_EQ(state_.LongestStanding(ann_), cy_);
  Apply(MembersBody{{}, {cy_}, {}});
  EXPECT_EQ(state_.LongestStanding(ann_), std::nullopt);
}

TEST_F(ConversationStateTest, MembersList_IsSharedUntilItChanges) {
  const UserList before = state_.members();
  Apply(MessageBody());
  EXPECT_EQ(state_.members(), before);
  Add(cy_, "cyd");
  EXPECT_NE(state_.members(), before);
  EXPECT_THAT(*before, UnorderedElementsAre(ann_, bo_));
}

}  // namespace
}  // namespace parley::chat
