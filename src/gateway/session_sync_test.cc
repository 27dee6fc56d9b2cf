// Session: resume (api.md, "Sync rules").

#include <numeric>

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "gateway/arrivals.h"
#include "gateway/session.h"
#include "gateway/testing/session_fixture.h"

namespace parley::gateway {
namespace {

using net::CloseCode;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class SessionSync : public SessionFixture {
 protected:
  void Resume(TestClient& client, const std::string& fields) {
    client.Say(R"({"type":"resume",)" + fields + "}");
  }
  static std::vector<std::uint64_t> Range(std::uint64_t first, std::uint64_t last) {
    std::vector<std::uint64_t> seqs(last - first + 1);
    std::iota(seqs.begin(), seqs.end(), first);
    return seqs;
  }
};

TEST_F(SessionSync, Resume_SendsWhatWasMissed_ThenGoesOnLive) {
  SendMany(ann_, group_, 4);
  const auto client = Connect(bo_, Start::kResume);
  client->Resume(group_, 3);
  EXPECT_THAT(client->Told(), ElementsAre("sync (4 5)"));
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 6"));
}

TEST_F(SessionSync, Resume_AtTheHead_SendsNothing_AndSeesALaterHole) {
  SendMany(ann_, group_, 4);
  const auto client = Connect(bo_, Start::kResume);
  client->Resume(group_, 5);
  EXPECT_THAT(client->Told(), ElementsAre("sync"));
  bus_.losing = true;
  Send(ann_, group_);
  bus_.losing = false;
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 6", "change 7"));
}

TEST_F(SessionSync, BeforeTheResume_ChangesWait) {
  const auto client = Connect(bo_, Start::kResume);
  SendMany(ann_, group_, 2);
  EXPECT_THAT(client->Told(), IsEmpty());
  client->Resume(group_, 1);
  EXPECT_THAT(client->Told(), ElementsAre("sync (2 3)"));
}

TEST_F(SessionSync, Resumes_AreReadSoManyAtATime_InOrder) {
  Arrivals arrivals(1);
  Sessions sessions{SessionEnvironment{.chat = backend_.chat(),
                                       .accounts = accounts_,
                                       .bus = bus_,
                                       .presence = presence_,
                                       .limits = Limits(),
                                       .sign_ins = &arrivals.sign_ins,
                                       .syncs = &arrivals.syncs}};
  TestClient bo(backend_, sessions, CallerOf(bo_), Start::kResume);
  TestClient cy(backend_, sessions, CallerOf(cy_), Start::kResume);
  TestClient ann(backend_, sessions, CallerOf(ann_), Start::kResume);
  for (TestClient* client : {&bo, &cy, &ann}) EXPECT_THAT(client->Told(), ElementsAre("ready"));
  backend_.controls().HoldReads();
  for (TestClient* client : {&bo, &cy, &ann}) client->Resume(group_, 1);
  RunUntil([&] { return arrivals.waiting() == 2; });
  EXPECT_EQ(backend_.controls().held_reads(), 1U);
  cy.Disconnect();
  backend_.controls().ReleaseReads();
  RunUntil([&] { return ann.socket.frames.size() == 2; });
  EXPECT_THAT(ann.Told(), ElementsAre("sync"));
  EXPECT_THAT(bo.Told(), ElementsAre("sync"));
  EXPECT_EQ(arrivals.waiting(), 0U);
}

TEST_F(SessionSync, WithoutAResume_Ends) {
  TestClient client(backend_, impatient_, CallerOf(bo_), Start::kResume);
  RunUntil([&] { return client.socket.closed.has_value(); });
  EXPECT_EQ(client.socket.closed, CloseCode::kBadProtocol);
}

TEST_F(SessionSync, Resume_TooFarBehindOrBeyondTheEnd_IsReset_AndGoesOnFromTheObject) {
  SendMany(ann_, group_, 3);
  const auto client = Connect(bo_, Start::kResume);
  client->Resume(group_, 99);
  EXPECT_THAT(client->Told(), ElementsAre("sync (reset)"));
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 5"));
}

TEST_F(SessionSync, Resume_TooManyBytesBehind_IsReset) {
  SendMany(ann_, group_, 20, std::string(15'000, 'x'));
  const auto client = Connect(bo_, Start::kResume);
  client->Resume(group_, 1);
  EXPECT_THAT(client->Told(), ElementsAre("sync (reset)"));
}

TEST_F(SessionSync, Resume_NamesWhatOneIsNotIn) {
  const auto client = Connect(cy_, Start::kResume);
  Resume(*client, fmt::format(R"("heads":{{"{}":1,"{}":1}})", group_.ToString(),
                              "01234567-89ab-7def-8123-456789abcdef"));
  EXPECT_THAT(client->Told(), ElementsAre("sync left 2"));
}

TEST_F(SessionSync, Resume_InSeveralFrames_IsOneResume) {
  const ConversationId other = backend_.Group(ann_, {bo_});
  Send(ann_, group_);
  Send(ann_, other);
  const auto client = Connect(bo_, Start::kResume);
  Resume(*client, fmt::format(R"("heads":{{"{}":1}},"more":true)", group_.ToString()));
  EXPECT_THAT(client->Told(), IsEmpty());
  client->Resume(other, 1);
  EXPECT_THAT(client->Told(), ElementsAre("sync (2) (2)"));
}

TEST_F(SessionSync, Resume_WithAForgedCursor_IsAnError_AndMayBeTriedAgain) {
  const auto client = Connect(bo_, Start::kResume);
  Resume(*client, R"("cursor":"nonsense","ref":"r")");
  EXPECT_THAT(client->Told(), ElementsAre("error r invalid"));
  client->Resume(group_, 1);
  EXPECT_THAT(client->Told(), ElementsAre("sync"));
}

TEST_F(SessionSync, Resume_WithACursor_TellsOfWhatIsNew) {
  backend_.clock().Advance(3min);
  const std::string cursor = backend_.chat().MakeCursor(bo_);
  backend_.clock().Advance(1s);
  const ConversationId made = backend_.Group(ann_, {bo_});
  const auto client = Connect(bo_, Start::kResume);
  Resume(*client, fmt::format(R"("cursor":"{}","heads":{{"{}":1}})", cursor, group_.ToString()));
  EXPECT_THAT(client->Told(), ElementsAre("sync (reset)"));
  Send(ann_, made);
  EXPECT_THAT(client->Told(), ElementsAre("change 2"));
}

TEST_F(SessionSync, Resume_WhileOneIsAnswered_IsAConflict) {
  const auto client = Connect(bo_, Start::kResume);
  backend_.controls().HoldReads();
  client->Resume(group_, 1);
  Resume(*client, R"("ref":"r")");
  EXPECT_THAT(client->Told(), ElementsAre("error r conflict"));
  backend_.controls().ReleaseReads();
  RunUntil([&] { return client->socket.frames.size() == 3; });
  EXPECT_THAT(client->Told(), ElementsAre("sync"));
}

TEST_F(SessionSync, Resume_OfALiveSession_FillsAndGoesOn) {
  const auto client = Connect(bo_);
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 2"));
  bus_.losing = true;
  Send(ann_, group_);  // the last one, and lost
  bus_.losing = false;
  client->Resume(group_, 2);
  EXPECT_THAT(client->Told(), ElementsAre("sync (3)"));
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 4"));
}

TEST_F(SessionSync, Resume_ThatCannotBeAnswered_LeavesTheSessionAsItWas) {
  const auto client = Connect(bo_);
  backend_.controls().FailReads(Unavailable("the disk is gone"));
  client->Resume(group_, 1);
  RunUntil([&] { return client->socket.frames.size() == 2; });
  EXPECT_THAT(client->Told(), ElementsAre("error  unavailable"));
  backend_.controls().FailReads(Status::Ok());
  Send(ann_, group_);
  EXPECT_THAT(client->Told(), ElementsAre("change 2"));
}

TEST_F(SessionSync, LargeSync_ComesInFrames_EachWhenTheLastIsTaken) {
  // Three conversations with 150 kB each.
  std::vector<ConversationId> groups;
  std::string heads;
  for (int i = 0; i < 3; ++i) {
    groups.push_back(backend_.Group(ann_, {bo_}));
    SendMany(ann_, groups.back(), 10, std::string(15'000, 'x'));
    heads += fmt::format(R"({}"{}":1)", i == 0 ? "" : ",", groups.back().ToString());
  }
  const auto client = Connect(bo_, Start::kResume);
  client->socket.slow = true;
  Resume(*client, "\"heads\":{" + heads + "}");
  std::vector<std::string> told = client->Told();
  EXPECT_THAT(told, SizeIs(1)) << "the second frame is made when the first is taken";
  // What is said meanwhile waits for its conversation's part, and comes after the sync.
  Send(ann_, groups[0]);
  EXPECT_THAT(client->Told(), IsEmpty());
  client->socket.slow = false;
  client->Drain();
  RunUntil([&] { return client->Seqs().size() == 31; });
  for (const std::string& frame : client->Told()) told.push_back(frame);
  EXPECT_EQ(told.back(), "change 12");
  for (const std::string& frame : client->socket.frames) {
    EXPECT_LE(frame.size(), Limits().frame_bytes);
  }
}

TEST_F(SessionSync, RemovedDuringTheSync_IsTold_AndSeesNothingOfWhatCameAfter) {
  SendMany(ann_, group_, 2);
  const auto client = Connect(bo_, Start::kResume);
  backend_.controls().HoldReads();
  client->Resume(group_, 1);
  // The plan has read the memberships; it goes on when they are gone.
  backend_.Do(ann_, group_, chat::RemoveMemberCommand{bo_});
  Send(ann_, group_, "about bob");
  backend_.controls().ReleaseReads();
  RunUntil([&] { return client->socket.frames.size() >= 4; });
  EXPECT_THAT(client->Told(), ElementsAre("sync left 1", "change 4", "left"));
}

/// A message that is committed at any step of a sync is not lost, and comes once.
class SessionSyncAtStep : public SessionSync, public testing::WithParamInterface<int> {
 protected:
  /// Lets the session take `steps` reads, then sends while the next one is held.
  void SendAtStep(int steps) {
    for (int i = 0; i < steps; ++i) {
      backend_.controls().ReleaseReads();
      backend_.controls().HoldReads();
      backend_.On([] {});
    }
    Send(ann_, group_);
    backend_.controls().ReleaseReads();
    backend_.On([] {});
    Send(ann_, group_);
  }
};

TEST_P(SessionSyncAtStep, Behind_NothingIsLostOrRepeated) {
  SendMany(ann_, group_, 4);  // up to 5
  const auto client = Connect(bo_, Start::kResume);
  backend_.controls().HoldReads();
  client->Resume(group_, 3);
  SendAtStep(GetParam());
  EXPECT_THAT(client->Seqs(), ElementsAreArray(Range(4, 7)));
}

TEST_P(SessionSyncAtStep, Level_NothingIsLostOrRepeated) {
  SendMany(ann_, group_, 4);
  const auto client = Connect(bo_, Start::kResume);
  backend_.controls().HoldReads();
  client->Resume(group_, 5);
  SendAtStep(GetParam());
  EXPECT_THAT(client->Seqs(), ElementsAreArray(Range(6, 7)));
}

TEST_P(SessionSyncAtStep, Reset_GoesOnFromTheObject) {
  SendMany(ann_, group_, 4);
  const auto client = Connect(bo_, Start::kResume);
  backend_.controls().HoldReads();
  client->Resume(group_, 99);
  SendAtStep(GetParam());
  const std::vector<std::uint64_t> seqs = client->Seqs();
  ASSERT_THAT(seqs, testing::Not(IsEmpty()));
  EXPECT_THAT(seqs, ElementsAreArray(Range(seqs.front(), 7)));
}

TEST_P(SessionSyncAtStep, Live_NothingIsLostOrRepeated) {
  const auto client = Connect(bo_);
  SendMany(ann_, group_, 4);
  bus_.losing = true;
  Send(ann_, group_);
  bus_.losing = false;
  backend_.controls().HoldReads();
  Send(ann_, group_);  // a hole: the feed is busy when the resume comes
  client->Resume(group_, 5);
  SendAtStep(GetParam());
  EXPECT_THAT(client->Seqs(), ElementsAreArray(Range(2, 9)));
}

INSTANTIATE_TEST_SUITE_P(Steps, SessionSyncAtStep, testing::Range(0, 9));

}  // namespace
}  // namespace parley::gateway
