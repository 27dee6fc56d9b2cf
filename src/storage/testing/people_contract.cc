#include <algorithm>
#include <memory>
#include <vector>

#include "storage/testing/store_contract.h"

namespace parley::storage {

void LinkPeopleContract() {}

namespace {

using namespace std::chrono_literals;

PositionRow Row(const LogBuilder& log, const Member& member, Position position,
                TimePoint at = LogBuilder::TimeOf(Seq(100))) {
  return {.conversation = log.id(),
          .user = member.user,
          .joined_seq = member.joined_seq,
          .position = position,
          .at = at};
}

/// Somebody who could have joined with seq 1, and did not.
Member Stranger(UserId user) {
  Member member;
  member.user = user;
  member.joined_seq = Seq(1);
  return member;
}

TEST_P(PeopleContract, Memberships_OfAStranger_AreNone) {
  LogBuilder log({NewId<UserId>()});
  Commit(log);
  const UserId stranger = NewId<UserId>();
  EXPECT_TRUE(Memberships(stranger).empty());
  EXPECT_EQ(FindMembership(stranger, log.id()), std::nullopt);
  EXPECT_EQ(FindMembership(log.info().created_by, NewId<ConversationId>()), std::nullopt);
}

TEST_P(PeopleContract, Memberships_AreSeenFromBothSides) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder tea({anna, ben});
  LogBuilder coffee({anna});
  Commit(tea);
  Commit(coffee);
  EXPECT_EQ(Memberships(anna).size(), 2U);
  EXPECT_EQ(Memberships(ben).size(), 1U);
  const Membership membership = FindMembership(ben, tea.id()).value();
  EXPECT_EQ(membership.member, tea.member(ben));
  EXPECT_EQ(membership.position, Position());
  EXPECT_EQ(membership.changed_at, LogBuilder::TimeOf(Seq(1)));
  EXPECT_EQ(Memberships(ben).front(), membership);
  EXPECT_EQ(FindMembership(ben, coffee.id()), std::nullopt);
}

TEST_P(PeopleContract, Memberships_EachChangeIsSeenAtOnce) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  for (int i = 0; i < 3; ++i) {
    log.Add(ben);
    Commit(log);
    ExpectShows(log);
    log.SetRole(ben, Role::kAdmin);
    Commit(log);
    ExpectShows(log);
    EXPECT_EQ(FindMembership(ben, log.id())->changed_at, log.head().changed_at);
    log.Remove(ben);
    Commit(log);
    ExpectShows(log);
    EXPECT_EQ(FindMembership(ben, log.id()), std::nullopt);
    EXPECT_TRUE(Memberships(ben).empty());
    EXPECT_EQ(Memberships(anna).size(), 1U);
  }
}

TEST_P(PeopleContract, Memberships_AddedAndRemovedInOneAppend_AreNone) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna});
  log.Add(ben).Message(ben, "hello").Remove(ben);
  Commit(log);
  ExpectShows(log);
  EXPECT_EQ(FindMembership(ben, log.id()), std::nullopt);
  EXPECT_TRUE(Memberships(ben).empty());
}

TEST_P(PeopleContract, Memberships_RemovedAndAddedInOneAppend_AreTheNewOnes) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna, ben});
  Commit(log);
  Write({Row(log, log.member(ben), {.read = Seq(1), .read_n = 0, .delivered = Seq(1)})});
  log.Remove(ben).Add(ben);
  Commit(log);
  ExpectShows(log);
  EXPECT_EQ(FindMembership(ben, log.id())->member.joined_seq, Seq(3));
  EXPECT_EQ(FindMembership(ben, log.id())->position, Position());
}

TEST_P(PeopleContract, Memberships_OfOneInManyConversations_AreAll) {
  const UserId anna = NewId<UserId>();
  std::vector<ConversationId> ids;
  for (int i = 0; i < 300; ++i) {
    LogBuilder log({anna});
    Commit(log);
    ids.push_back(log.id());
  }
  std::ranges::sort(ids);
  std::vector<ConversationId> found;
  for (const Membership& membership : Memberships(anna)) found.push_back(membership.conversation);
  EXPECT_EQ(found, ids);
}

// -- Positions ------------------------------------------------------------------------------------

TEST_P(PeopleContract, WritePositions_MergesEveryFieldUpwards) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  const Member member = log.member(anna);
  const auto expect = [&](Position position) {
    EXPECT_EQ(PositionOf(log.id(), member), position);
    EXPECT_EQ(FindMembership(anna, log.id())->position, position);
    EXPECT_EQ(Memberships(anna).front().position, position);
  };
  expect({});
  Write({Row(log, member, {.read = Seq(5), .read_n = 4, .delivered = Seq(7)})});
  expect({.read = Seq(5), .read_n = 4, .delivered = Seq(7)});
  Write({Row(log, member, {.read = Seq(6), .read_n = 5, .delivered = Seq(3)})});
  expect({.read = Seq(6), .read_n = 5, .delivered = Seq(7)});
  Write({Row(log, member, {.read = Seq(2), .read_n = 1, .delivered = Seq(9)})});
  expect({.read = Seq(6), .read_n = 5, .delivered = Seq(9)});
  Write({Row(log, member, {})});
  expect({.read = Seq(6), .read_n = 5, .delivered = Seq(9)});
  Write({});
}

TEST_P(PeopleContract, WritePositions_OfMany_EachGetsTheirs) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder tea({anna, ben});
  LogBuilder coffee({ben});
  Commit(tea);
  Commit(coffee);
  const Position one{.read = Seq(1), .read_n = 0, .delivered = Seq(1)};
  const Position two{.read = Seq(2), .read_n = 1, .delivered = Seq(2)};
  const Position three{.read = Seq(3), .read_n = 2, .delivered = Seq(3)};
  Write({Row(tea, tea.member(anna), one), Row(tea, tea.member(ben), two),
         Row(coffee, coffee.member(ben), three)});
  const auto positions = Run(conversations().ReadPositions(
      tea.id(), {tea.member(ben), Stranger(NewId<UserId>()), tea.member(anna)}));
  ASSERT_TRUE(positions.ok());
  EXPECT_EQ(*positions, (std::vector<Position>{two, Position(), one}));
  EXPECT_EQ(PositionOf(coffee.id(), coffee.member(ben)), three);
  EXPECT_EQ(PositionOf(coffee.id(), Stranger(anna)), Position());
}

TEST_P(PeopleContract, WritePositions_RaisesChangedAt) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  const TimePoint later = log.head().changed_at + 7s;
  Write({Row(log, log.member(anna), {.read = Seq(1), .read_n = 0, .delivered = Seq(1)}, later)});
  EXPECT_EQ(FindMembership(anna, log.id())->changed_at, later);
  EXPECT_EQ(Memberships(anna).front().changed_at, later);
  log.SetRole(anna, Role::kMember);
  Commit(log);  // by the clock of the entries: earlier than `later`
  EXPECT_EQ(FindMembership(anna, log.id())->changed_at, later);
}

TEST_P(PeopleContract, Positions_SurviveAChangeOfRole) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  const Position position{.read = Seq(1), .read_n = 0, .delivered = Seq(1)};
  Write({Row(log, log.member(anna), position)});
  log.SetRole(anna, Role::kMember);
  Commit(log);
  ExpectShows(log);
  EXPECT_EQ(FindMembership(anna, log.id())->position, position);
  EXPECT_EQ(PositionOf(log.id(), log.member(anna)), position);
}

TEST_P(PeopleContract, Positions_BelongToOneStay) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna, ben});
  Commit(log);
  const Member first_stay = log.member(ben);
  Write({Row(log, first_stay, {.read = Seq(50), .read_n = 40, .delivered = Seq(60)})});
  log.Remove(ben).Add(ben);
  Commit(log);
  const Member second_stay = log.member(ben);
  const auto expect = [&](Position position) {
    EXPECT_EQ(PositionOf(log.id(), second_stay), position);
    EXPECT_EQ(FindMembership(ben, log.id())->position, position);
    EXPECT_EQ(Memberships(ben).front().position, position);
  };
  expect({});
  // Late, from the first stay.
  Write({Row(log, first_stay, {.read = Seq(55), .read_n = 45, .delivered = Seq(66)})});
  expect({});
  const Position position{.read = Seq(3), .read_n = 0, .delivered = Seq(3)};
  Write({Row(log, second_stay, position)});
  expect(position);
  Write({Row(log, first_stay, {.read = Seq(77), .read_n = 70, .delivered = Seq(77)})});
  expect(position);
}

TEST_P(PeopleContract, Positions_InEffects_AreWritten) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  log.Message(anna, "I have read what I wrote");
  const auto request = log.Take();
  const Position position{.read = Seq(2), .read_n = 1, .delivered = Seq(2)};
  request->effects.positions.push_back(Row(log, log.member(anna), position, log.head().changed_at));
  ASSERT_EQ(Append(request), AppendOutcome::kCommitted);
  EXPECT_EQ(PositionOf(log.id(), log.member(anna)), position);
  EXPECT_EQ(FindMembership(anna, log.id())->position, position);
  EXPECT_EQ(FindMembership(anna, log.id())->changed_at, log.head().changed_at);
}

}  // namespace
}  // namespace parley::storage
