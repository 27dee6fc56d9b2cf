#include "client/sync_state.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "client/json.h"
#include "client/testing/samples.h"

namespace parley::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ConversationId kTeamId = ConversationOf(kTeam);

/// What an action asks for, in few words.
std::string Word(const Action& action) {
  if (const auto* send = std::get_if<SendText>(&action)) return "send " + send->frame;
  if (std::holds_alternative<FetchList>(action)) return "list";
  if (const auto* fetch = std::get_if<FetchChanges>(&action)) {
    return fmt::format("changes after {}", fetch->after.value());
  }
  if (std::holds_alternative<FetchConversation>(action)) return "object";
  if (std::holds_alternative<Reconnect>(action)) return "reconnect";
  const Event& event = std::get<Deliver>(action).event;
  if (const auto* changed = std::get_if<Changed>(&event)) {
    return fmt::format("change {}", changed->change.seq.value());
  }
  if (const auto* loaded = std::get_if<Loaded>(&event)) {
    constexpr const char* kWhy[] = {"listed", "new", "reset"};
    return fmt::format("{} {}", kWhy[static_cast<int>(loaded->why)],
                       loaded->conversation.last_seq.value());
  }
  if (std::holds_alternative<Updated>(event)) return "updated";
  if (std::holds_alternative<Left>(event)) return "left";
  if (std::holds_alternative<Connected>(event)) return "connected";
  return "other";
}

std::vector<std::string> Words(const Actions& actions) {
  std::vector<std::string> words;
  std::transform(actions.begin(), actions.end(), std::back_inserter(words), Word);
  return words;
}

template <class T>
const T& Find(const Actions& actions) {
  for (const Action& action : actions) {
    if (const T* found = std::get_if<T>(&action)) return *found;
  }
  throw std::runtime_error("no such action");
}

template <class T>
T Frame(const std::string& json) {
  return std::get<T>(*ParseFrame(json));
}

Change ChangeAt(std::uint64_t seq, const std::string& conversation = kTeam) {
  return Frame<ChangeFrame>(LiveJson(ChangeJson(conversation, seq))).change;
}

Conversation Object(std::uint64_t last_seq, const std::string& id = kTeam) {
  return *Frame<InboxFrame>(fmt::format(R"({{"type":"inbox","conversation":{}}})",
                                        ConversationJson(id, last_seq)))
              .conversation;
}

ReadyFrame Ready() { return Frame<ReadyFrame>(ReadyJson("c0")); }

SyncFrame Sync(std::vector<SyncPart> parts = {}) { return {std::move(parts), {}, "c1", false}; }

/// In sync, with the team held at `have`.
SyncState LiveState(std::uint64_t have) {
  SyncState state;
  const Actions asked = state.OnReady(Ready());
  (void)state.OnList(Find<FetchList>(asked).ticket, std::vector{Object(have)});
  (void)state.OnSync(Sync());
  return state;
}

ChangePage Page(std::uint64_t from, std::uint64_t to, std::uint64_t last_seq) {
  ChangePage page;
  for (std::uint64_t seq = from; seq <= to; ++seq) page.items.push_back(ChangeAt(seq));
  page.last_seq = Seq(last_seq);
  return page;
}

TEST(SyncState, FirstConnect_ListsThenResumesFromTheCursorOfTheConnect) {
  SyncState state;
  const Actions ready = state.OnReady(Ready());
  EXPECT_THAT(Words(ready), ElementsAre("list"));
  EXPECT_THAT(
      Words(state.OnList(Find<FetchList>(ready).ticket, std::vector{Object(7)})),
      ElementsAre(
          "listed 7",
          fmt::format(R"(send {{"type":"resume","cursor":"c0","heads":{{"{}":7}}}})", kTeam)));
  EXPECT_FALSE(state.live());
  EXPECT_THAT(Words(state.OnSync(Sync())), ElementsAre("connected"));
  EXPECT_TRUE(state.live());
}

TEST(SyncState, KnownHead_IsNotMovedByTheList) {
  SyncState state({{kTeamId, Seq(5)}});
  const Actions ready = state.OnReady(Ready());
  const auto words = Words(state.OnList(Find<FetchList>(ready).ticket, std::vector{Object(7)}));
  EXPECT_THAT(words, ElementsAre("updated", HasSubstr(":5}")));
}

TEST(SyncState, ListFails_Reconnects_AndListsAgain) {
  SyncState state;
  const Actions ready = state.OnReady(Ready());
  EXPECT_THAT(Words(state.OnList(Find<FetchList>(ready).ticket, Unavailable("down"))),
              ElementsAre("reconnect"));
  state.OnDisconnected();
  EXPECT_THAT(Words(state.OnReady(Ready())), ElementsAre("list"));
}

TEST(SyncState, OnList_OfAnEarlierConnection_IsIgnored) {
  SyncState state;
  const Actions first = state.OnReady(Ready());
  state.OnDisconnected();
  (void)state.OnReady(Ready());
  EXPECT_THAT(Words(state.OnList(Find<FetchList>(first).ticket, std::vector{Object(7)})),
              IsEmpty());
}

TEST(SyncState, OnChange_Next_IsTold_LowerIsDropped) {
  SyncState state = LiveState(7);
  EXPECT_THAT(Words(state.OnChange(ChangeAt(8))), ElementsAre("change 8"));
  EXPECT_THAT(Words(state.OnChange(ChangeAt(8))), IsEmpty());
  EXPECT_THAT(Words(state.OnChange(ChangeAt(3))), IsEmpty());
  EXPECT_EQ(state.Have(kTeamId), Seq(8));
}

TEST(SyncState, OnChange_Higher_AsksOnce_AndTellsAllInOrder) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(10));
  EXPECT_THAT(Words(hole), ElementsAre("changes after 7"));
  EXPECT_THAT(Words(state.OnChange(ChangeAt(11))), IsEmpty());
  EXPECT_THAT(Words(state.OnChangesFetched(Find<FetchChanges>(hole), Page(8, 11, 11))),
              ElementsAre("change 8", "change 9", "change 10", "change 11"));
}

TEST(SyncState, OnChange_FillsTheHoleWhileAsking_NothingTwice) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(9));
  EXPECT_THAT(Words(state.OnChange(ChangeAt(8))), ElementsAre("change 8"));
  EXPECT_THAT(Words(state.OnChangesFetched(Find<FetchChanges>(hole), Page(8, 9, 9))),
              ElementsAre("change 9"));
}

TEST(SyncState, OnChangesFetched_LessThanWanted_AsksOn) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(12));
  const Actions more = state.OnChangesFetched(Find<FetchChanges>(hole), Page(8, 9, 12));
  EXPECT_THAT(Words(more), ElementsAre("change 8", "change 9", "changes after 9"));
  EXPECT_THAT(Words(state.OnChangesFetched(Find<FetchChanges>(more), Page(10, 12, 12))),
              ElementsAre("change 10", "change 11", "change 12"));
}

TEST(SyncState, OnChangesFetched_NoProgress_Reconnects) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(9));
  EXPECT_THAT(Words(state.OnChangesFetched(Find<FetchChanges>(hole), Page(1, 0, 7))),
              ElementsAre("reconnect"));
}

TEST(SyncState, OnChangesFetched_Reset_TakesTheObjectAndGoesOnFromThere) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(9));
  ChangePage reset;
  reset.reset = true;
  const Actions object = state.OnChangesFetched(Find<FetchChanges>(hole), reset);
  EXPECT_THAT(Words(object), ElementsAre("object"));
  EXPECT_THAT(Words(state.OnConversationFetched(Find<FetchConversation>(object), Object(20))),
              ElementsAre("reset 20"));
  EXPECT_THAT(Words(state.OnChange(ChangeAt(20))), IsEmpty());
  EXPECT_THAT(Words(state.OnChange(ChangeAt(21))), ElementsAre("change 21"));
}

TEST(SyncState, Over500Behind_TakesTheObjectInstead) {
  SyncState state = LiveState(7);
  EXPECT_THAT(Words(state.OnChange(ChangeAt(508))), ElementsAre("object"));
  SyncState nearer = LiveState(7);
  EXPECT_THAT(Words(nearer.OnChange(ChangeAt(507))), ElementsAre("changes after 7"));
}

TEST(SyncState, OnChange_OfUnknownConversation_WaitsForItsObject) {
  SyncState state = LiveState(7);
  const Actions unknown = state.OnChange(ChangeAt(3, kOther));
  EXPECT_THAT(Words(unknown), ElementsAre("object"));
  EXPECT_THAT(Words(state.OnChange(ChangeAt(4, kOther))), IsEmpty());
  // The object is older than what was heard of: the rest is asked for.
  EXPECT_THAT(
      Words(state.OnConversationFetched(Find<FetchConversation>(unknown), Object(3, kOther))),
      ElementsAre("new 3", "changes after 3"));
}

TEST(SyncState, OnConversationFetched_NotFound_ForgetsSilentlyWhatWasNeverTold) {
  SyncState state = LiveState(7);
  const Actions unknown = state.OnChange(ChangeAt(3, kOther));
  EXPECT_THAT(Words(state.OnConversationFetched(Find<FetchConversation>(unknown), NotFound("no"))),
              IsEmpty());
  EXPECT_THAT(Words(state.OnChange(ChangeAt(4, kOther))), ElementsAre("object"));
}

TEST(SyncState, OnChangesFetched_NotFound_ThenNoObject_TellsLeft) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(9));
  const Actions object = state.OnChangesFetched(Find<FetchChanges>(hole), NotFound("no"));
  EXPECT_THAT(Words(state.OnConversationFetched(Find<FetchConversation>(object), NotFound("no"))),
              ElementsAre("left"));
}

TEST(SyncState, Reconnect_ResumesWithHeads_SyncTellsWhatWasMissedOnce) {
  SyncState state = LiveState(7);
  (void)state.OnChange(ChangeAt(8));
  state.OnDisconnected();
  EXPECT_THAT(Words(state.OnReady(Ready())),
              ElementsAre(fmt::format(
                  R"(send {{"type":"resume","cursor":"c1","heads":{{"{}":8}}}})", kTeam)));
  SyncFrame first = Sync({{Object(11), {ChangeAt(9), ChangeAt(10)}, false}});
  first.more = true;
  EXPECT_THAT(Words(state.OnSync(first)), ElementsAre("updated", "change 9", "change 10"));
  EXPECT_FALSE(state.live());
  EXPECT_THAT(Words(state.OnSync(Sync({{Object(11), {ChangeAt(10), ChangeAt(11)}, false}}))),
              ElementsAre("updated", "change 11", "connected"));
}

TEST(SyncState, Reconnect_AnswersToEarlierQuestions_AreIgnored) {
  SyncState state = LiveState(7);
  const Actions hole = state.OnChange(ChangeAt(9));
  state.OnDisconnected();
  (void)state.OnReady(Ready());
  EXPECT_THAT(Words(state.OnChangesFetched(Find<FetchChanges>(hole), Page(8, 9, 9))), IsEmpty());
  EXPECT_EQ(state.Have(kTeamId), Seq(7));
}

TEST(SyncState, OnSync_NewAndReset_MoveTheHead) {
  SyncState state = LiveState(7);
  EXPECT_THAT(Words(state.OnSync(Sync({{Object(900), {}, true}, {Object(4, kOther), {}, true}}))),
              ElementsAre("reset 900", "new 4"));
  EXPECT_EQ(state.Have(kTeamId), Seq(900));
}

TEST(SyncState, OnSync_EqualHead_UpdatesTheObjectAlone) {
  SyncState state = LiveState(7);
  EXPECT_THAT(Words(state.OnSync(Sync({{Object(9), {}, false}}))), ElementsAre("updated"));
  EXPECT_EQ(state.Have(kTeamId), Seq(7));
}

TEST(SyncState, Left_IsToldOnce_AndInboxBringsItBackAtItsLastSeq) {
  SyncState state = LiveState(7);
  EXPECT_THAT(Words(state.OnInbox({std::nullopt, kTeamId})), ElementsAre("left"));
  EXPECT_THAT(Words(state.OnInbox({std::nullopt, kTeamId})), IsEmpty());
  EXPECT_THAT(Words(state.OnInbox({Object(12), std::nullopt})), ElementsAre("new 12"));
  EXPECT_THAT(Words(state.OnInbox({Object(14), std::nullopt})), ElementsAre("updated"));
  EXPECT_EQ(state.Have(kTeamId), Seq(12));
}

TEST(SyncState, OnSync_Left_Forgets) {
  SyncState state = LiveState(7);
  SyncFrame sync = Sync();
  sync.left = {kTeamId};
  EXPECT_THAT(Words(state.OnSync(sync)), ElementsAre("left"));
  EXPECT_EQ(state.Have(kTeamId), std::nullopt);
}

TEST(SyncState, Resume_OnlyWhileLiveAndNotYetAsked) {
  SyncState state = LiveState(7);
  EXPECT_EQ(state.Resume().size(), 1U);
  EXPECT_THAT(Words(state.Resume()), IsEmpty());
  // It is no new connection: nothing is told of it.
  EXPECT_THAT(Words(state.OnSync(Sync())), IsEmpty());
  EXPECT_EQ(state.Resume().size(), 1U);
  state.ResumeRefused();
  EXPECT_EQ(state.Resume().size(), 1U);
  state.OnDisconnected();
  EXPECT_THAT(Words(state.Resume()), IsEmpty());
}

TEST(Frames, EncodeResume_Over1000Heads_TakesSeveralFrames) {
  std::vector<Head> heads;
  FakeRandom random;
  for (int i = 0; i < 1'001; ++i) {
    heads.push_back(
        {ConversationId(Uuid::Version7(FromMillis(1'800'000'000'000), random)), Seq(1)});
  }
  const std::vector<std::string> frames = EncodeResume("c", heads);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_TRUE((*JsonDocument::Parse(frames[0])).root()["more"].Bool());
  EXPECT_EQ((*JsonDocument::Parse(frames[0])).root()["heads"].Members().size(), 1'000U);
  EXPECT_FALSE((*JsonDocument::Parse(frames[1])).root()["more"].present());
}

TEST(Frames, ParseFrame_Nonsense_IsMalformed) {
  for (const char* text :
       {"", "[]", "{}", R"({"type":"change"})", R"({"type":"ready","user_id":"x"})",
        R"({"type":"inbox"})", R"({"type":"sync","conversations":[{}]})"}) {
    EXPECT_EQ(ParseFrame(text).status().code(), StatusCode::kMalformed) << text;
  }
}

TEST(Frames, ParseFrame_UnknownTypeAndFields_AreNoError) {
  EXPECT_EQ(Frame<OtherFrame>(R"({"type":"weather","sun":1})").type, "weather");
  const Change change = Frame<ChangeFrame>(LiveJson(ChangeJson(kTeam, 3))).change;
  EXPECT_EQ(change.json, ChangeJson(kTeam, 3));
}

}  // namespace
}  // namespace parley::client
