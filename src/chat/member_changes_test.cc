#include "chat/member_changes.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace parley::chat {
namespace {

class MemberChangesTest : public ::testing::Test {
 protected:
  static UserId NewUser() {
    SystemRandom random;
    return UserId(Uuid::Version7(FromMillis(1'800'000'000'000), random));
  }
  static Entry Members(std::uint64_t seq, std::vector<UserId> added, std::vector<UserId> removed) {
    Entry entry;
    entry.seq = Seq(seq);
    entry.body = MembersBody{std::move(added), std::move(removed), {}};
    return entry;
  }

  const UserId bo_ = NewUser();
  const UserId cy_ = NewUser();
  MemberChanges changes_;
};

TEST_F(MemberChangesTest, TheLastEntryCounts) {
  changes_.Add(Members(2, {bo_, cy_}, {}));
  EXPECT_EQ(changes_, (MemberChanges{{}, {bo_, cy_}}));
  changes_.Add(Members(3, {}, {bo_}));
  EXPECT_EQ(changes_, (MemberChanges{{{bo_, Seq(3)}}, {cy_}}));
  changes_.Add(Members(4, {bo_}, {cy_}));
  EXPECT_EQ(changes_, (MemberChanges{{{cy_, Seq(4)}}, {bo_}}));
}

TEST_F(MemberChangesTest, WhoFoundsAConversation_ComesToIt) {
  Entry entry;
  entry.seq = Seq(1);
  ConversationBody creation;
  creation.founders = {{bo_, Role::kAdmin}};
  entry.body = std::move(creation);
  changes_.Add(entry);
  EXPECT_EQ(changes_, (MemberChanges{{}, {bo_}}));
}

TEST_F(MemberChangesTest, WhatBothHave_IsThereOnce) {
  changes_ = {{{bo_, Seq(3)}}, {cy_}};
  changes_.Merge({{{bo_, Seq(3)}, {bo_, Seq(7)}}, {cy_}});
  EXPECT_EQ(changes_, (MemberChanges{{{bo_, Seq(3)}, {bo_, Seq(7)}}, {cy_}}));
}

TEST_F(MemberChangesTest, OfAStateThatHasNobody_OnlyDeparturesAreSo) {
  changes_ = {{{bo_, Seq(3)}}, {cy_}};
  changes_.KeepWhatIsSo(ConversationState());
  EXPECT_EQ(changes_, (MemberChanges{{{bo_, Seq(3)}}, {}}));
}

}  // namespace
}  // namespace parley::chat
