// Session: live delivery, in order, each once (promise I4).

#include <algorithm>

#include <gmock/gmock.h>

#include "gateway/session.h"
#include "gateway/testing/session_fixture.h"

namespace parley::gateway {
namespace {

using net::CloseCode;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

using SessionDelivery = SessionFixture;

TEST_F(SessionDelivery, Changes_ComeInOrder) {
  const auto client = Connect(bo_);
  SendMany(ann_, group_, 3);
  EXPECT_THAT(client->Told(), ElementsAre("change 2", "change 3", "change 4"));
}

TEST_F(SessionDelivery, Change_IsTheSameBytesForAll) {
  const auto one = Connect(ann_);
  const auto other = Connect(bo_);
  Send(ann_, group_);
  EXPECT_EQ(one->socket.frames.back(), other->socket.frames.back());
}

TEST_F(SessionDelivery, Hole_IsFilledFromTheLog) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  bus_.losing = true;
  SendMany(ann_, group_, 3);
  bus_.losing = false;
  EXPECT_THAT(client->Told(), ElementsAre("change 2"));
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 3", "change 4", "change 5", "change 6"));
}

TEST_F(SessionDelivery, Hole_IsFilledBeforeWhatComesMeanwhile) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  bus_.losing = true;
  Send(ann_, group_);
  bus_.losing = false;
  backend_.controls().HoldReads();
  Send(ann_, group_);
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 2"));
  backend_.controls().ReleaseReads();
  RunUntil([&] { return client->socket.frames.size() == 5; });
  EXPECT_THAT(client->Told(), ElementsAre("change 3", "change 4", "change 5"));
}

TEST_F(SessionDelivery, Hole_ThatCannotBeRead_EndsWithTryAgain) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  bus_.losing = true;
  Send(ann_, group_);
  bus_.losing = false;
  backend_.controls().FailReads(Unavailable("the disk is gone"));
  Send(ann_, group_);
  RunUntil([&] { return client->socket.closed.has_value(); });
  EXPECT_EQ(client->socket.closed, CloseCode::kTryAgainLater);
}

TEST_F(SessionDelivery, NewConversation_ComesBeforeItsFirstChange) {
  const auto client = Connect(cy_);
  backend_.Add(ann_, group_, {cy_});
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("inbox 2", "change 2", "change 3"));
}

TEST_F(SessionDelivery, Direct_IsShownToTheOtherWithItsFirstMessage) {
  const auto creator = Connect(ann_);
  const auto other = Connect(cy_);
  const ConversationId direct = backend_.Direct(ann_, cy_);
  EXPECT_THAT(creator->Told(), ElementsAre("inbox 1", "change 1"));
  EXPECT_THAT(other->Told(), IsEmpty());
  Send(ann_, direct);
  EXPECT_THAT(creator->Told(), ElementsAre("change 2"));
  EXPECT_THAT(other->Told(), ElementsAre("inbox 2", "change 2"));
}

TEST_F(SessionDelivery, Removed_LastChangeThenLeft_ThenSilence) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 2", "change 3", "left"));
}

TEST_F(SessionDelivery, RemovedAndBackAgain_SeesNothingBetween) {
  const auto client = Connect(bo_);
  backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  Send(ann_, group_, "about bob");
  backend_.Add(ann_, group_, {bo_});
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 2", "left", "inbox 4", "change 4", "change 5"));
}

TEST_F(SessionDelivery, RemovedBackAndRemovedAgain_WhileReadsTakeLong_SeesNothingBetween) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  // A hole keeps the feed busy with a read.
  bus_.losing = true;
  Send(ann_, group_);
  bus_.losing = false;
  backend_.controls().HoldReads();
  Send(ann_, group_);  // 4
  const auto bob = backend_.Submit(ann_, group_, chat::RemoveMemberCommand{bo_});
  backend_.Await(bob);                        // 5
  Send(ann_, group_, "about bob, a secret");  // 6
  User profile;
  profile.id = bo_;
  profile.username = "bob";
  backend_.Do(ann_, group_, chat::AddMembersCommand{{profile}});  // 7
  backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});      // 8
  backend_.controls().ReleaseReads();
  RunUntil([&] { return client->socket.frames.size() >= 6; });
  EXPECT_THAT(client->Told(), ElementsAre("change 2", "change 3", "change 4", "change 5", "left"));
  EXPECT_THAT(client->socket.frames, Each(testing::Not(testing::HasSubstr("secret"))));
}

TEST_F(SessionDelivery, RemovedAndBack_AllOfItLost_EndsRatherThanShowWhatWasSaidBetween) {
  const auto client = Connect(bo_);
  Send(ann_, group_);  // 2
  User profile;
  profile.id = bo_;
  profile.username = "bob";
  bus_.losing = true;
  backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  Send(ann_, group_, "about bob, a secret");
  backend_.Do(ann_, group_, chat::AddMembersCommand{{profile}});
  bus_.losing = false;
  Send(ann_, group_);  // 6: shows a hole
  RunUntil([&] { return client->socket.closed.has_value(); });
  EXPECT_EQ(client->socket.closed, CloseCode::kTryAgainLater) << "the resume begins anew";
  EXPECT_THAT(client->Told(), ElementsAre("change 2"));
  EXPECT_THAT(client->socket.frames, Each(testing::Not(testing::HasSubstr("secret"))));
}

TEST_F(SessionDelivery, SlowReader_OfManyConversations_IsNotOverrun) {
  const auto client = Connect(bo_);
  std::vector<ConversationId> groups;
  for (int i = 0; i < 20; ++i) groups.push_back(backend_.Group(ann_, {bo_}));
  const std::string text(15'000, 'x');
  // Each has a hole of 150 kB to fill.
  for (const ConversationId& group : groups) Send(ann_, group);
  bus_.losing = true;
  for (const ConversationId& group : groups) SendMany(ann_, group, 10, text);
  bus_.losing = false;
  client->socket.slow = true;
  for (const ConversationId& group : groups) Send(ann_, group);
  std::size_t most = 0;
  const std::size_t expected =
      1 + 20 * (2 + 1 + 11);  // ready; inbox and creation, one, and eleven more of each
  RunUntil([&] {
    most = std::max(most, client->socket.queued);
    client->Drain();
    return client->socket.frames.size() >= expected;
  });
  EXPECT_EQ(client->socket.frames.size(), expected);
  EXPECT_LT(most, std::size_t{512} * 1024) << "the outbox ends at 1 MiB";
  EXPECT_EQ(client->socket.closed, std::nullopt);
}

TEST_F(SessionDelivery, Disconnected_WhileReadsTakeLong_EndsQuietly) {
  const auto client = Connect(cy_);
  backend_.controls().HoldReads();
  User profile;
  profile.id = cy_;
  profile.username = "cyd";
  backend_.Do(ann_, group_, chat::AddMembersCommand{{profile}});
  EXPECT_GT(backend_.controls().held_reads(), 0U);
  client->Disconnect();
  backend_.controls().ReleaseReads();
  backend_.On([] {});
  EXPECT_THAT(client->Told(), IsEmpty());
}

}  // namespace
}  // namespace parley::gateway
