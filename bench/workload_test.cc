#include "bench/workload.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

Options Of(WorkloadKind workload, std::size_t servers) {
  Options options;
  options.workload = workload;
  options.servers.assign(servers, "http://127.0.0.1:1");
  return options;
}

TEST(WorkloadTest, ServerOf_Pairs_TheTwoOfAPairAreAtDifferentServersAndAllServersHaveAsMany) {
  Options options = Of(WorkloadKind::kPairs, 3);
  options.pairs = 30;
  std::vector<std::size_t> at(3);
  for (std::size_t pair = 0; pair < options.pairs; ++pair) {
    EXPECT_NE(ServerOf(options, 2 * pair), ServerOf(options, 2 * pair + 1));
    ++at.at(ServerOf(options, 2 * pair));
    ++at.at(ServerOf(options, 2 * pair + 1));
  }
  EXPECT_EQ(at, (std::vector<std::size_t>{20, 20, 20}));
}

TEST(WorkloadTest, ServerOf_Spawned_ThereIsOnlyOne) {
  const Options options = Of(WorkloadKind::kGroup, 0);
  EXPECT_EQ(ServerOf(options, 0), 0U);
  EXPECT_EQ(ServerOf(options, 7), 0U);
}

TEST(WorkloadTest, ServerOf_Storm_AllButOutsidersAreAtTheFirst) {
  Options options = Of(WorkloadKind::kStorm, 3);
  options.people = 14;
  options.outsiders = 4;
  for (std::size_t person = 0; person < 10; ++person) EXPECT_EQ(ServerOf(options, person), 0U);
  std::multiset<std::size_t> outside;
  for (std::size_t person = 10; person < 14; ++person) outside.insert(ServerOf(options, person));
  EXPECT_EQ(outside, (std::multiset<std::size_t>{1, 1, 2, 2}));
}

TEST(WorkloadTest, MakePlan_Storm_EachTenthConversationHasOneOutsiderAndEachOutsiderIsInSome) {
  Options options = Of(WorkloadKind::kStorm, 3);
  options.people = 200;
  options.outsiders = 5;
  options.rooms = 100;
  const Plan plan = MakePlan(options);
  ASSERT_EQ(plan.rooms.size(), 100U);
  std::set<std::size_t> outsiders;
  for (std::size_t i = 0; i < plan.rooms.size(); ++i) {
    const std::vector<std::size_t>& members = plan.rooms[i].members;
    EXPECT_EQ(std::set(members.begin(), members.end()).size(), members.size());
    EXPECT_LT(*std::ranges::max_element(members), options.people);
    const auto outside = std::ranges::count_if(members, [](std::size_t m) { return m >= 195; });
    EXPECT_EQ(outside, i % 10 == 0 ? 1 : 0);
    EXPECT_GE(static_cast<std::ptrdiff_t>(members.size()) - outside, 2);
    outsiders.insert(members.back() >= 195 ? members.back() : 195);
  }
  EXPECT_EQ(outsiders.size(), 5U);
}

TEST(WorkloadTest, PairsWithIdlePeople_OnlyThePairsHaveConversations) {
  Options options = Of(WorkloadKind::kPairs, 0);
  options.pairs = 3;
  options.idle_people = 10;
  EXPECT_EQ(PeopleOf(options), 16U);
  const Plan plan = MakePlan(options);
  ASSERT_EQ(plan.rooms.size(), 3U);
  EXPECT_EQ(plan.rooms[2].members, (std::vector<std::size_t>{4, 5}));
}

TEST(WorkloadTest, MissedOf_ComebackToOneServer_OutsidersWithConversationsSendAllOfIt) {
  Options options = Of(WorkloadKind::kStorm, 0);
  options.people = 40;
  options.outsiders = 7;
  options.rooms = 50;  // five of them have an outsider
  options.missed = 23;
  const Plan plan = MakePlan(options);
  std::size_t all = 0;
  for (std::size_t person = 0; person < options.people; ++person) {
    const std::size_t own = MissedOf(options, person);
    const bool talks = std::ranges::any_of(
        plan.rooms, [&](const Room& room) { return std::ranges::count(room.members, person) > 0; });
    EXPECT_TRUE(own == 0 || (person >= 33 && talks)) << person;
    EXPECT_TRUE(own <= 5);
    all += own;
  }
  EXPECT_EQ(all, options.missed);
}

TEST(WorkloadTest, Inbox_EachPersonHasAsManyConversationsAsWanted_HalfOfThemOneToOne) {
  Options options = Of(WorkloadKind::kInbox, 0);
  options.people = 3;
  options.conversations = 11;
  const Plan plan = MakePlan(options);
  for (std::size_t person = 0; person < options.people; ++person) {
    std::set<std::size_t> others;
    std::size_t groups = 0;
    for (const Room& room : plan.rooms) {
      if (std::ranges::count(room.members, person) == 0) continue;
      if (room.members.size() > 2) {
        ++groups;
      } else {
        EXPECT_LT(room.members.back(), PeopleOf(options));
        others.insert(room.members.back());
      }
    }
    EXPECT_EQ(groups, 6U);
    EXPECT_EQ(others.size(), 5U);  // all different, or they were one conversation
  }
}

TEST(WorkloadTest, FillPlan_OneSenderForEachConversationAndNobodyElse) {
  Plan plan;
  plan.people = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  plan.rooms = {{"x", 4, {2, 0}}, {"y", 5, {0, 1, 2}}, {"z", 6, {2, 1}}};
  const Plan fill = FillPlan(plan);
  ASSERT_EQ(fill.people.size(), 2U);
  EXPECT_EQ(fill.people[0].id, "c");
  EXPECT_EQ(fill.people[1].id, "a");
  ASSERT_EQ(fill.rooms.size(), 3U);
  EXPECT_EQ(fill.rooms[1].members, std::vector<std::size_t>{1});
  EXPECT_EQ(fill.rooms[2].members, std::vector<std::size_t>{0});
  EXPECT_EQ(fill.rooms[2].last_seq, 6U);
}

}  // namespace
}  // namespace parley::bench
