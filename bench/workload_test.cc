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

}  // namespace
}  // namespace parley::bench
