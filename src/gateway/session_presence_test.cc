// Session: what passes by. Receipts, typing, presence, profiles, and when somebody was active.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/testing/session_fixture.h"

namespace parley::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class SessionPresence : public SessionFixture {
 protected:
  std::string Typing(bool active) {
    return fmt::format(R"({{"type":"typing","conversation_id":"{}","active":{}}})",
                       group_.ToString(), active);
  }
  static std::string Watch(const std::vector<UserId>& users) {
    std::string ids;
    for (const UserId& user : users) {
      ids += fmt::format(R"({}"{}")", ids.empty() ? "" : ",", user.ToString());
    }
    return fmt::format(R"({{"type":"watch_presence","user_ids":[{}]}})", ids);
  }
  std::optional<TimePoint> LastActive(UserId user) {
    return backend_.Run(backend_.store().accounts().FindUser(user))->last_active_at;
  }
  /// Waits until the session has noticed so much, and answers it.
  std::vector<std::string> Await(TestClient& client, std::size_t count) {
    std::vector<std::string> noticed;
    RunUntil([&] {
      for (std::string& each : client.Noticed()) noticed.push_back(std::move(each));
      return noticed.size() >= count;
    });
    return noticed;
  }
  /// Longer than any linger or typing here.
  void LetTimePass() {
    const auto end = std::chrono::steady_clock::now() + 3 * chat::ChatBackend::kTypingLasts;
    RunUntil([&] { return std::chrono::steady_clock::now() > end; });
  }
};

// -- Typing ---------------------------------------------------------------------------------------

TEST_F(SessionPresence, Typing_IsPassedOn_NotToTheOwnDevices) {
  const auto ann = Connect(ann_);
  const auto other = Connect(ann_);
  const auto bo = Connect(bo_);
  ann->Say(Typing(true));
  ann->Say(Typing(false));
  EXPECT_THAT(bo->Noticed(), ElementsAre("typing", "typing ended"));
  EXPECT_THAT(ann->Noticed(), IsEmpty());
  EXPECT_THAT(other->Noticed(), IsEmpty());
}

TEST_F(SessionPresence, Typing_EndsWithTheConnection) {
  const auto bo = Connect(bo_);
  const auto ann = Connect(ann_);
  ann->Say(Typing(true));
  EXPECT_THAT(bo->Noticed(), ElementsAre("typing"));
  ann->Disconnect();
  backend_.On([] {});
  EXPECT_THAT(bo->Noticed(), ElementsAre("typing ended"));
}

TEST_F(SessionPresence, Typing_OfOneConnection_OutlivesTheOther) {
  const auto bo = Connect(bo_);
  const auto ann = Connect(ann_);
  const auto other = Connect(ann_);  // the same session, another connection: a second tab
  ann->Say(Typing(true));
  other->Say(Typing(true));
  ann->Disconnect();
  backend_.On([] {});
  EXPECT_THAT(bo->Noticed(), ElementsAre("typing"));
  other->Disconnect();
  backend_.On([] {});
  EXPECT_THAT(bo->Noticed(), ElementsAre("typing ended"));
}

TEST_F(SessionPresence, Typing_OfAStranger_IsAnError) {
  const auto cy = Connect(cy_);
  const auto ann = Connect(ann_);
  cy->Say(Typing(true));
  EXPECT_THAT(cy->Told(), ElementsAre("error  not_found"));
  EXPECT_THAT(ann->Noticed(), IsEmpty());
}

// -- Momentary ------------------------------------------------------------------------------------

TEST_F(SessionPresence, Momentary_IsDroppedWhileTheClientIsSlow_AndBeforeTheSync) {
  const auto ann = Connect(ann_);
  const auto slow = Connect(bo_);
  const auto held = Connect(bo_, Start::kResume);
  slow->socket.queued = 64 * 1024 + 1;
  ann->Say(Typing(true));
  ann->Say(Typing(false));
  EXPECT_THAT(slow->Noticed(), IsEmpty());
  EXPECT_THAT(held->Noticed(), IsEmpty());
  EXPECT_EQ(sessions_.stats().momentary_dropped, 4U);
  slow->Drain();
  slow->socket.queued_count = 1'025;
  ann->Say(Typing(true));
  ann->Say(Typing(false));
  EXPECT_THAT(slow->Noticed(), IsEmpty()) << "many small frames are slow too";
  slow->Drain();
  held->Resume(group_, 1);
  ann->Say(Typing(true));
  EXPECT_THAT(slow->Noticed(), ElementsAre("typing"));
  EXPECT_THAT(held->Noticed(), ElementsAre("typing"));
}

TEST_F(SessionPresence, Receipts_ArePassedOn) {
  const auto ann = Connect(ann_);
  const auto bo = Connect(bo_);
  SendMany(ann_, group_, 3);
  bo->Say(fmt::format(R"({{"type":"read","conversation_id":"{}","seq":3}})", group_.ToString()));
  EXPECT_THAT(Await(*ann, 1), ElementsAre("receipt 3 3"));
  RunUntil([&] { return bo->socket.frames.size() >= 5; });
  EXPECT_THAT(bo->Told(), Contains("inbox 4"));
}

// -- Presence -------------------------------------------------------------------------------------

TEST_F(SessionPresence, Watch_IsAnsweredForThoseWhomOneKnows_AloneAndAtOnce) {
  const UserId dan = backend_.Person("dan");
  backend_.Group(ann_, {dan});
  const auto cy = Connect(cy_);
  const auto bo = Connect(bo_);
  const auto ann = Connect(ann_);
  ann->Say(Watch({bo_, cy_, dan, ann_}));
  std::vector<std::string> noticed = Await(*ann, 3);
  std::sort(noticed.begin(), noticed.end());
  EXPECT_THAT(noticed, ElementsAre("presence offline", "presence online", "presence online"));
  EXPECT_THAT(cy->Noticed(), IsEmpty());
}

TEST_F(SessionPresence, Watch_OfStrangers_IsNotLookedIntoAgainAtOnce) {
  const auto bo = Connect(bo_);
  const auto ann = Connect(ann_);
  ann->Say(Watch({bo_, cy_}));
  EXPECT_THAT(ann->Noticed(), SizeIs(1));
  ann->Say(Watch({bo_, cy_}));
  EXPECT_THAT(ann->Noticed(), IsEmpty());
  EXPECT_THAT(Await(*ann, 1), SizeIs(1));
}

TEST_F(SessionPresence, Changes_AreTold_OfStrangersNot) {
  const auto ann = Connect(ann_);
  ann->Say(Watch({bo_, cy_}));
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence offline"));
  const auto bo = Connect(bo_);
  const auto cy = Connect(cy_);
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence online"));
  bo->Disconnect();
  cy->Disconnect();
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence offline"));
  LetTimePass();
  EXPECT_THAT(ann->Noticed(), IsEmpty());
}

TEST_F(SessionPresence, NothingIsTold_OnceNoConversationIsShared) {
  const auto ann = Connect(ann_);
  auto bo = Connect(bo_);
  ann->Say(Watch({bo_}));
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence online"));
  backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  bo->Disconnect();
  LetTimePass();
  EXPECT_THAT(ann->Noticed(), IsEmpty());
  // And who shares one again is told of with the next change.
  backend_.Add(ann_, group_, {bo_});
  bo = Connect(bo_);
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence online"));
}

TEST_F(SessionPresence, Watch_ReplacesTheSet_AndEndsWithTheSession) {
  backend_.Group(ann_, {cy_});
  const auto ann = Connect(ann_);
  ann->Say(Watch({bo_}));
  ann->Say(Watch({cy_}));
  RunUntil([&] { return presence_.stats().watched == 1; });
  LetTimePass();
  ann->Noticed();
  const auto bo = Connect(bo_);
  const auto cy = Connect(cy_);
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence online"));
  ann->Disconnect();
  RunUntil([&] { return presence_.stats().watched == 0; });
}

TEST_F(SessionPresence, BeforeTheSync_PresenceWaits_AndComesAfterIt) {
  const auto bo = Connect(bo_);
  const auto ann = Connect(ann_, Start::kResume);
  ann->Say(Watch({bo_}));
  LetTimePass();
  EXPECT_THAT(ann->Noticed(), IsEmpty());
  ann->Resume(group_, 1);
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence online"));
}

TEST_F(SessionPresence, ASlowClient_IsToldHowItIs_WhenItHasCaughtUp) {
  const auto ann = Connect(ann_);
  ann->Say(Watch({bo_}));
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence offline"));
  ann->socket.queued = 64 * 1024 + 1;
  const auto bo = Connect(bo_);
  bo->Disconnect();
  const auto again = Connect(bo_);
  LetTimePass();
  EXPECT_THAT(ann->Noticed(), IsEmpty());
  ann->Drain();
  EXPECT_THAT(Await(*ann, 1), ElementsAre("presence online"));
}

// -- Activity -------------------------------------------------------------------------------------

TEST_F(SessionPresence, LastActive_IsNotedAtTheBeginningAndTheEnd_SeldomBetween) {
  EXPECT_EQ(LastActive(ann_), std::nullopt);
  const TimePoint begin = backend_.clock().Now();
  const auto ann = Connect(ann_);
  RunUntil([&] { return LastActive(ann_) == begin; });
  backend_.clock().Advance(std::chrono::minutes(4));
  const auto phone = Connect(ann_);
  LetTimePass();
  EXPECT_EQ(LastActive(ann_), begin);
  phone->Disconnect();
  LetTimePass();
  EXPECT_EQ(LastActive(ann_), begin) << "it was not the last connection";
  ann->Disconnect();
  RunUntil([&] { return LastActive(ann_) == begin + std::chrono::minutes(4); });
}

// -- Profiles -------------------------------------------------------------------------------------

TEST_F(SessionPresence, AProfile_IsToldToThoseWhoShareAConversation) {
  const auto ann = Connect(ann_);
  const auto bo = Connect(bo_);
  const auto cy = Connect(cy_);
  ASSERT_TRUE(backend_.Run(accounts_.UpdateMe(ann_, {"Ann the Great"})).ok());
  backend_.On([&] { backend_.chat().TellProfile(ann_); });
  EXPECT_THAT(Await(*bo, 1), ElementsAre("user Ann the Great"));
  EXPECT_THAT(Await(*ann, 1), ElementsAre("user Ann the Great"));
  EXPECT_THAT(cy->Noticed(), IsEmpty());
}

}  // namespace
}  // namespace parley::gateway
