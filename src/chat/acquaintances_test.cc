#include "chat/acquaintances.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/profile_tellings.h"
#include "chat/testing/chat_backend.h"
#include "runtime/spawn.h"
#include "runtime/timer.h"

namespace parley::chat {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class AcquaintancesTest : public ChatTest {
 protected:
  /// Those of them whom `caller` may know, and where they were met.
  std::vector<Acquaintance> Met(UserId caller, std::vector<Acquaintance> people) {
    auto found = backend_.Run(backend_.chat().FindAcquaintances(caller, std::move(people)));
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    return *std::move(found);
  }
  std::vector<UserId> Known(UserId caller, const std::vector<UserId>& users) {
    std::vector<Acquaintance> people;
    for (const UserId& user : users) people.push_back({user, ConversationId()});
    std::vector<UserId> known;
    for (const Acquaintance& each : Met(caller, std::move(people))) known.push_back(each.user);
    return known;
  }
};

TEST_F(AcquaintancesTest, ThoseWhoShareAConversation_BothWays) {
  const UserId dan = backend_.Person("dan");
  const UserId nobody(Uuid::Version7(backend_.clock().Now(), *std::make_unique<SystemRandom>()));
  backend_.Group(ann_, {bo_});
  backend_.Chatter(bo_, backend_.Direct(bo_, cy_), 1);
  EXPECT_THAT(Known(ann_, {bo_, cy_, dan, nobody}), UnorderedElementsAre(bo_));
  EXPECT_THAT(Known(bo_, {ann_, cy_, dan}), UnorderedElementsAre(ann_, cy_));
  EXPECT_THAT(Known(dan, {ann_, bo_, cy_}), IsEmpty());
  EXPECT_THAT(Known(nobody, {ann_, bo_}), IsEmpty());
}

TEST_F(AcquaintancesTest, ADirectConversation_CountsOnceSomethingWasSaid) {
  const ConversationId direct = backend_.Direct(ann_, bo_);
  EXPECT_THAT(Known(ann_, {bo_}), IsEmpty()) << "else anybody could watch anybody";
  EXPECT_THAT(Known(bo_, {ann_}), IsEmpty());
  backend_.Chatter(ann_, direct, 1);
  EXPECT_THAT(Known(ann_, {bo_}), UnorderedElementsAre(bo_));
  EXPECT_THAT(Known(bo_, {ann_}), UnorderedElementsAre(ann_));
}

TEST_F(AcquaintancesTest, AHint_IsLookedAtFirst_AndReplacedWhereItIsNotTrueAnyMore) {
  const ConversationId first = backend_.Group(ann_, {bo_});
  const auto met = Met(ann_, {{bo_, ConversationId()}});
  ASSERT_THAT(met, SizeIs(1));
  EXPECT_EQ(met[0].shared, first);
  const ConversationId second = backend_.Group(ann_, {bo_});
  backend_.Do(ann_, first, RemoveMemberCommand{bo_});
  const auto again = Met(ann_, met);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].shared, second);
  backend_.Do(bo_, second, RemoveMemberCommand{bo_});
  EXPECT_THAT(Met(ann_, again), IsEmpty());
  EXPECT_THAT(Met(bo_, {{ann_, second}}), IsEmpty());
}

TEST_F(AcquaintancesTest, OfMoreConversationsThanAreLookedAtTogether) {
  for (int i = 0; i < 70; ++i) backend_.Group(ann_, {bo_});
  backend_.Group(ann_, {cy_});
  EXPECT_THAT(Known(ann_, {bo_, cy_}), UnorderedElementsAre(bo_, cy_));
}

runtime::Task<void> CountTurns(const bool* done, int* turns) {
  for (; !*done; ++*turns) co_await runtime::Yield();
}

runtime::Task<Status> LookFor(ChatService* chat, UserId caller, Acquaintance person, bool* done) {
  const auto found = co_await chat->FindAcquaintances(caller, {person});
  *done = true;
  co_return found.status();
}

TEST_F(AcquaintancesTest, ManyConversations_TheShardDoesOtherThingsMeanwhile) {
  for (int i = 0; i < 200; ++i) backend_.Group(ann_, {bo_});
  bool done = false;
  int turns = 0;
  runtime::Spawn(backend_.shard(), "count", CountTurns(&done, &turns));
  const Status looked = backend_.Run(LookFor(&backend_.chat(), ann_, {cy_, {}}, &done));
  EXPECT_TRUE(looked.ok()) << looked.ToString();
  EXPECT_GE(turns, 3);
}

TEST_F(AcquaintancesTest, TellProfile_ReachesEverybodyOfSmallConversations_AndOneself) {
  const UserId dan = backend_.Person("dan");
  std::vector<UserId> crowd = backend_.People("crowd", 10);
  const UserId one_of_the_crowd = crowd.front();
  backend_.Group(ann_, {bo_});
  backend_.Group(ann_, {bo_, cy_});
  backend_.Group(ann_, crowd);  // eleven
  const auto ann = backend_.Listen(ann_);
  const auto bo = backend_.Listen(bo_);
  const auto cy = backend_.Listen(cy_);
  const auto stranger = backend_.Listen(dan);
  const auto in_the_crowd = backend_.Listen(one_of_the_crowd);
  backend_.On([&] { backend_.chat().TellProfile(ann_); });
  backend_.RunUntil([&] { return !cy->passing.empty() && !ann->passing.empty(); });
  EXPECT_THAT(bo->passing, SizeIs(1)) << "once, however much they share";
  EXPECT_EQ(cy->passing, bo->passing);
  EXPECT_EQ(ann->passing, bo->passing);
  EXPECT_THAT(bo->passing[0], testing::HasSubstr(R"("type":"user","user":{"id":)"));
  EXPECT_THAT(bo->passing[0], Not(testing::HasSubstr("last_active_at")));
  EXPECT_THAT(stranger->passing, IsEmpty());
  EXPECT_THAT(in_the_crowd->passing, IsEmpty());
}

TEST_F(AcquaintancesTest, TellProfile_ChangedMeanwhile_TellsTheNewestLast) {
  backend_.Group(ann_, {bo_});
  const auto bo = backend_.Listen(bo_);
  const auto rename = [&](std::string name) {
    storage::UserPatch patch;
    patch.display_name = std::move(name);
    EXPECT_TRUE(backend_.Run(backend_.store().accounts().UpdateUser(ann_, patch)).ok());
    backend_.On([&] { backend_.chat().TellProfile(ann_); });
  };
  backend_.controls().HoldReads();
  rename("First");  // was read, and waits
  for (int i = 0; i < 10; ++i) rename("Between");
  rename("Last");
  EXPECT_THAT(bo->passing, IsEmpty());
  backend_.controls().ReleaseReads();
  backend_.RunUntil([&] { return bo->passing.size() >= 2; });
  rename("Afterwards");
  backend_.RunUntil([&] { return bo->passing.size() >= 3; });
  EXPECT_THAT(bo->passing,
              ElementsAre(HasSubstr("First"), HasSubstr("Last"), HasSubstr("Afterwards")));
}

TEST(ProfileTellingsTest, AreBounded) {
  using Begun = ProfileTellings::Begun;
  SystemRandom random;
  const auto somebody = [&] { return UserId(Uuid::Version7(TimePoint(), random)); };
  ProfileTellings tellings;
  const UserId first = somebody();
  EXPECT_EQ(tellings.Begin(first), Begun::kNow);
  for (std::size_t i = 1; i < ProfileTellings::kMax; ++i) {
    EXPECT_EQ(tellings.Begin(somebody()), Begun::kNow);
  }
  EXPECT_EQ(tellings.Begin(somebody()), Begun::kFull);
  EXPECT_EQ(tellings.Begin(first), Begun::kAgain);
  EXPECT_TRUE(tellings.Again(first)) << "it changed meanwhile";
  EXPECT_FALSE(tellings.Again(first));
  EXPECT_EQ(tellings.Begin(somebody()), Begun::kNow);
}

}  // namespace
}  // namespace parley::chat
