#include "chat/rules.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::chat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

UserId Someone(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes.back() = number;
  return UserId(Uuid(bytes));
}

User Profile(std::uint8_t number, std::string username) {
  User user;
  user.id = Someone(number);
  user.username = std::move(username);
  return user;
}

const User kAnn = Profile(1, "ann");
const User kBo = Profile(2, "bob");
const User kAnnB = Profile(3, "ann.b");
const User kStranger = Profile(9, "stranger");

/// A conversation of ann (the creator), bob and ann.b.
ConversationState Made(ConversationKind kind) {
  CreateCommand command;
  command.info.kind = kind;
  command.info.created_by = kAnn.id;
  command.info.title = "old";
  command.founders = {kAnn, kBo, kAnnB};
  Entry entry;
  entry.seq = Seq(1);
  entry.actor = kAnn.id;
  entry.body = Creation(command);
  ConversationState state;
  state.Apply(entry, command.founders);
  return state;
}

template <class Command>
StatusCode CodeOf(const ConversationState& state, const User& caller, const Command& command) {
  return Decide(state, caller.id, command).status().code();
}

template <class Body>
Body BodyOf(const Result<Decision>& decision) {
  EXPECT_TRUE(decision.ok()) << decision.status().ToString();
  return decision.ok() && *decision ? std::get<Body>(**decision) : Body();
}

class RulesTest : public testing::Test {
 protected:
  ConversationState group_ = Made(ConversationKind::kGroup);
  ConversationState direct_ = Made(ConversationKind::kDirect);
  Limits limits_;
};

TEST_F(RulesTest, Creation_OfAGroup_MakesItsCreatorAdmin) {
  EXPECT_EQ(group_.Find(kAnn.id)->role, Role::kAdmin);
  EXPECT_EQ(group_.Find(kBo.id)->role, Role::kMember);
  EXPECT_EQ(direct_.Find(kAnn.id)->role, Role::kMember);
}

TEST_F(RulesTest, Update_ByAnAdmin_SaysOnlyWhatChanged) {
  const auto body = BodyOf<ConversationBody>(
      Decide(group_, kAnn.id, UpdateCommand{"new", HistoryPolicy::kJoined}));
  EXPECT_EQ(body.title, "new");
  EXPECT_EQ(body.history, std::nullopt);
}

TEST_F(RulesTest, Update_ThatChangesNothing_MakesNoEntry) {
  const Result<Decision> decision = Decide(group_, kAnn.id, UpdateCommand{"old", std::nullopt});
  ASSERT_TRUE(decision.ok());
  EXPECT_FALSE(decision->has_value());
}

TEST_F(RulesTest, WhoIsNoMember_FindsNothing_WhateverTheyAsk) {
  EXPECT_EQ(CodeOf(group_, kStranger, UpdateCommand{"new", {}}), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(group_, kStranger, RemoveMemberCommand{kStranger.id}), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(direct_, kStranger, RemoveMemberCommand{kAnn.id}), StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(direct_, kStranger, SetRoleCommand{kAnn.id, Role::kAdmin}),
            StatusCode::kNotFound);
  EXPECT_EQ(Decide(direct_, kStranger.id, AddMembersCommand{{kStranger}}, limits_).status().code(),
            StatusCode::kNotFound);
}

TEST_F(RulesTest, WhoIsNoAdmin_MayChangeNobodyButThemselves) {
  EXPECT_EQ(CodeOf(group_, kBo, UpdateCommand{"new", {}}), StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(group_, kBo, RemoveMemberCommand{kAnn.id}), StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(group_, kBo, SetRoleCommand{kBo.id, Role::kAdmin}),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(Decide(group_, kBo.id, AddMembersCommand{{kStranger}}, limits_).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(CodeOf(group_, kBo, RemoveMemberCommand{kBo.id}), StatusCode::kOk);
}

TEST_F(RulesTest, Direct_CannotBeLeftRenamedOrAddedTo) {
  EXPECT_EQ(CodeOf(direct_, kAnn, UpdateCommand{"new", {}}), StatusCode::kConflict);
  EXPECT_EQ(CodeOf(direct_, kAnn, RemoveMemberCommand{kAnn.id}), StatusCode::kConflict);
  EXPECT_EQ(CodeOf(direct_, kAnn, SetRoleCommand{kBo.id, Role::kAdmin}), StatusCode::kConflict);
  EXPECT_EQ(Decide(direct_, kAnn.id, AddMembersCommand{{kStranger}}, limits_).status().code(),
            StatusCode::kConflict);
}

TEST_F(RulesTest, Add_LeavesMembersAsTheyAre_AndTakesEachOnce) {
  const Result<Decision> decision =
      Decide(group_, kAnn.id, AddMembersCommand{{kBo, kStranger, kStranger}}, limits_);
  EXPECT_THAT(BodyOf<MembersBody>(decision).added, ElementsAre(kStranger.id));
  const Result<Decision> nobody = Decide(group_, kAnn.id, AddMembersCommand{{kBo}}, limits_);
  ASSERT_TRUE(nobody.ok());
  EXPECT_FALSE(nobody->has_value());
}

TEST_F(RulesTest, Add_OverTheLimit_IsRefusedWhole) {
  limits_.group_members = 3;
  EXPECT_EQ(Decide(group_, kAnn.id, AddMembersCommand{{kStranger}}, limits_).status().code(),
            StatusCode::kConflict);
  EXPECT_EQ(Decide(group_, kAnn.id, AddMembersCommand{{kBo}}, limits_).status().code(),
            StatusCode::kOk);
}

TEST_F(RulesTest, Remove_OfTheLastAdmin_MakesTheLongestStandingOne) {
  const auto body = BodyOf<MembersBody>(Decide(group_, kAnn.id, RemoveMemberCommand{kAnn.id}));
  EXPECT_THAT(body.removed, ElementsAre(kAnn.id));
  EXPECT_THAT(body.roles, ElementsAre(RoleChange{kBo.id, Role::kAdmin}));
}

TEST_F(RulesTest, Remove_OfSomebodyElse_LeavesTheRolesAlone) {
  const auto body = BodyOf<MembersBody>(Decide(group_, kAnn.id, RemoveMemberCommand{kBo.id}));
  EXPECT_THAT(body.roles, IsEmpty());
  EXPECT_EQ(CodeOf(group_, kAnn, RemoveMemberCommand{kStranger.id}), StatusCode::kNotFound);
}

TEST_F(RulesTest, SetRole_KeepsOneAdmin) {
  EXPECT_EQ(CodeOf(group_, kAnn, SetRoleCommand{kAnn.id, Role::kMember}), StatusCode::kConflict);
  EXPECT_EQ(CodeOf(group_, kAnn, SetRoleCommand{kStranger.id, Role::kAdmin}),
            StatusCode::kNotFound);
  const auto body =
      BodyOf<MembersBody>(Decide(group_, kAnn.id, SetRoleCommand{kBo.id, Role::kAdmin}));
  EXPECT_THAT(body.roles, ElementsAre(RoleChange{kBo.id, Role::kAdmin}));
  const Result<Decision> same = Decide(group_, kAnn.id, SetRoleCommand{kBo.id, Role::kMember});
  ASSERT_TRUE(same.ok());
  EXPECT_FALSE(same->has_value());
}

TEST_F(RulesTest, Mentions_AreMembersByName_EachOnce) {
  EXPECT_THAT(FindMentions("@bob and @Ann, and @bob again; not @stranger", group_),
              ElementsAre(kBo.id, kAnn.id));
  EXPECT_THAT(FindMentions("no one", group_), IsEmpty());
}

TEST_F(RulesTest, Mentions_TakeTheLongestName_AndLeavePunctuation) {
  EXPECT_THAT(FindMentions("hello @ann.b", group_), ElementsAre(kAnnB.id));
  EXPECT_THAT(FindMentions("hello @ann. Fine", group_), ElementsAre(kAnn.id));
  EXPECT_THAT(FindMentions("hello @ann...", group_), ElementsAre(kAnn.id));
  EXPECT_THAT(FindMentions("hello @anna", group_), IsEmpty());
}

TEST_F(RulesTest, Mentions_AddressesNameNobody) {
  EXPECT_THAT(FindMentions("write to x@bob", group_), IsEmpty());
  EXPECT_THAT(FindMentions("(@bob)@ann @", group_), ElementsAre(kBo.id, kAnn.id));
}

TEST_F(RulesTest, Mentions_OfALongTextOfNothingElse_Ends) {
  const std::string many(20'000, '@');
  EXPECT_THAT(FindMentions(many + std::string(20'000, '.'), group_), IsEmpty());
}

TEST(Excerpt, CutsAtCodePoints) {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "\xC3\xA4";
  EXPECT_THAT(Excerpt(text), SizeIs(2 * kExcerptChars));
  EXPECT_EQ(Excerpt("short"), "short");
}

}  // namespace
}  // namespace parley::chat
