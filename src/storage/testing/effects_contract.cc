#include <algorithm>
#include <memory>
#include <vector>

#include "storage/testing/store_contract.h"

namespace parley::storage {

void LinkEffectsContract() {}

namespace {

using namespace std::chrono_literals;

TEST_P(EffectsContract, ReadSnapshot_Unknown_IsNotFound) {
  for (const ReadMode mode : {ReadMode::kCached, ReadMode::kFresh}) {
    const auto snapshot = Run(conversations().ReadSnapshot(NewId<ConversationId>(), mode));
    EXPECT_EQ(snapshot.status().code(), StatusCode::kNotFound);
  }
}

TEST_P(EffectsContract, ReadSnapshot_WithoutMessages_HasNoLast) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  log.Title("quiet");
  Commit(log);
  const SnapshotPtr snapshot = Snapshot(log.id());
  ASSERT_NE(snapshot, nullptr);
  EXPECT_EQ(snapshot->last_message, nullptr);
  EXPECT_EQ(snapshot->head.last_message_at, LogBuilder::TimeOf(Seq(1)));
  EXPECT_EQ(snapshot->head.changed_at, LogBuilder::TimeOf(Seq(2)));
}

TEST_P(EffectsContract, ReadSnapshot_EveryFieldOfInfo_IsKept) {
  LogBuilder log({NewId<UserId>()}, "Tea");
  const auto request = log.Take();
  request->effects.info->kind = ConversationKind::kDirect;
  request->effects.info->photo = NewId<MediaId>();
  request->effects.info->history = HistoryPolicy::kAll;
  ASSERT_EQ(Append(request), AppendOutcome::kCommitted);
  EXPECT_EQ(Snapshot(log.id())->info, *request->effects.info);
}

TEST_P(EffectsContract, ReadSnapshot_MembersAreByJoining_ThenById) {
  std::vector<UserId> users;
  for (int i = 0; i < 8; ++i) users.push_back(NewId<UserId>());
  LogBuilder log({users[5], users[2], users[7], users[0]});
  log.Add(users[6]).Add(users[1]).Remove(users[2]).Add(users[3]).Add(users[2]);
  Commit(log);
  const std::vector<Member> members = *Snapshot(log.id())->members;
  EXPECT_EQ(members, log.members());
  EXPECT_EQ(members.back().user, users[2]);
}

TEST_P(EffectsContract, ReadSnapshot_SeenBefore_StaysAsItWas) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna}, "Tea");
  Commit(log);
  const SnapshotPtr before = Snapshot(log.id());
  log.Title("Coffee").Add(NewId<UserId>()).Message(anna, "hello");
  Commit(log);
  EXPECT_EQ(before->info.title, "Tea");
  EXPECT_EQ(before->head.seq, Seq(1));
  EXPECT_EQ(before->members->size(), 1U);
  EXPECT_EQ(before->last_message, nullptr);
  ExpectShows(log);
}

TEST_P(EffectsContract, ReadSnapshots_AnswersThoseThatExist_InTheOrderAskedFor) {
  const UserId anna = NewId<UserId>();
  std::vector<ConversationId> ids;
  for (int i = 0; i < 6; ++i) {
    LogBuilder log({anna});
    log.Message(anna, "hello");
    Commit(log);
    ids.push_back(log.id());
  }
  const std::vector<ConversationId> order{ids[3], ids[0], ids[5], ids[1]};
  (void)Snapshot(ids[5]);  // a cache has some of them
  for (int again = 0; again < 2; ++again) {
    const auto snapshots = Run(conversations().ReadSnapshots(
        {order[0], order[1], NewId<ConversationId>(), order[2], order[3]}));
    ASSERT_TRUE(snapshots.ok());
    ASSERT_EQ(snapshots->size(), order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      EXPECT_EQ((*snapshots)[i]->info.id, order[i]);
      EXPECT_EQ((*snapshots)[i]->head.seq, Seq(2));
      EXPECT_NE((*snapshots)[i]->last_message, nullptr);
    }
  }
  EXPECT_TRUE(Run(conversations().ReadSnapshots({}))->empty());
}

TEST_P(EffectsContract, ReadRosters_AnswersThoseThatExist_InTheOrderAskedFor) {
  const UserId anna = NewId<UserId>();
  LogBuilder silent({anna});
  LogBuilder spoken_in({anna, NewId<UserId>()});
  spoken_in.Message(anna, "hello");
  Commit(silent);
  Commit(spoken_in);
  for (int again = 0; again < 2; ++again) {
    const auto rosters = Run(conversations().ReadRosters(
        {spoken_in.id(), NewId<ConversationId>(), silent.id(), spoken_in.id()}));
    ASSERT_TRUE(rosters.ok());
    ASSERT_EQ(rosters->size(), 3U);
    for (const std::size_t i : {0U, 2U}) {
      EXPECT_EQ((*rosters)[i].conversation, spoken_in.id());
      EXPECT_EQ((*rosters)[i].kind, spoken_in.info().kind);
      EXPECT_TRUE((*rosters)[i].spoken_in);
      EXPECT_EQ(*(*rosters)[i].members, spoken_in.members());
    }
    EXPECT_EQ((*rosters)[1].conversation, silent.id());
    EXPECT_FALSE((*rosters)[1].spoken_in);
  }
  EXPECT_TRUE(Run(conversations().ReadRosters({}))->empty());
  spoken_in.Add(NewId<UserId>());
  Commit(spoken_in);
  const auto rosters = Run(conversations().ReadRosters({spoken_in.id()}));
  EXPECT_EQ(*rosters->front().members, spoken_in.members());
}

TEST_P(EffectsContract, ReadSnapshots_SeesEachCommit) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  for (int i = 0; i < 5; ++i) {
    log.Message(anna, "hello");
    Commit(log);
    const auto snapshots = Run(conversations().ReadSnapshots({log.id()}));
    ASSERT_EQ(snapshots->size(), 1U);
    EXPECT_EQ(snapshots->front()->head, log.head());
  }
}

// -- Idempotency ----------------------------------------------------------------------------------

TEST_P(EffectsContract, FindSent_ShowsWhatWasCommitted) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  log.Message(anna, "one").Message(anna, "two");
  Commit(log);
  const SentRow row = log.last_sent();
  const auto find = [&](ConversationId id, UserId sender, ClientId client, TimePoint not_before) {
    return *Run(conversations().FindSent(id, sender, client, not_before));
  };
  EXPECT_EQ(find(log.id(), anna, row.client_id, {}), row);
  EXPECT_EQ(find(log.id(), anna, row.client_id, row.at), row);
  EXPECT_EQ(find(log.id(), anna, row.client_id, row.at + 1ms), std::nullopt);
  EXPECT_EQ(find(log.id(), anna, NewId<ClientId>(), {}), std::nullopt);
  EXPECT_EQ(find(log.id(), NewId<UserId>(), row.client_id, {}), std::nullopt);
  EXPECT_EQ(find(NewId<ConversationId>(), anna, row.client_id, {}), std::nullopt);
}

TEST_P(EffectsContract, FindSent_SentAgainAfterTheWindow_TheLaterCounts) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  log.Message(anna, "one");
  Commit(log);
  const SentRow first = log.last_sent();
  log.Message(anna, "much later");
  const auto request = log.Take();
  request->effects.sent.front().client_id = first.client_id;
  const SentRow second = request->effects.sent.front();
  ASSERT_EQ(Append(request), AppendOutcome::kCommitted);
  EXPECT_EQ(*Run(conversations().FindSent(log.id(), anna, first.client_id, {})), second);
}

TEST_P(EffectsContract, MayHaveSent_IsNeverFalseForACommittedSend) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  std::vector<SentRow> rows;
  for (int batch = 0; batch < 10; ++batch) {
    for (int i = 0; i < 50; ++i) rows.push_back(log.Message(anna, "m").last_sent());
    Commit(log);
  }
  const auto expect_all = [&] {
    for (const SentRow& row : rows) {
      ASSERT_TRUE(conversations().MayHaveSent(log.id(), anna, row.client_id));
      ASSERT_EQ(*Run(conversations().FindSent(log.id(), anna, row.client_id, {})), row);
    }
  };
  expect_all();
  if (!traits().persistent) return;
  Reopen();
  expect_all();
}

// -- Mentions -------------------------------------------------------------------------------------

TEST_P(EffectsContract, CountMentions_CountsAfterSeqUpToCap) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna, ben});
  LogBuilder other({anna, ben});
  for (int i = 2; i <= 11; ++i) log.Message(anna, "@ben", {ben});
  other.Message(anna, "@ben @anna", {ben, anna});
  Commit(log);
  Commit(other);
  const auto count = [&](UserId user, ConversationId id, Seq after, std::size_t cap) {
    return *Run(conversations().CountMentions(user, id, after, cap));
  };
  EXPECT_EQ(count(ben, log.id(), Seq(0), 100), 10U);
  EXPECT_EQ(count(ben, log.id(), Seq(2), 100), 9U);
  EXPECT_EQ(count(ben, log.id(), Seq(11), 100), 0U);
  EXPECT_EQ(count(ben, log.id(), Seq(0), 4), 4U);
  EXPECT_EQ(count(anna, log.id(), Seq(0), 100), 0U);
  EXPECT_EQ(count(anna, other.id(), Seq(0), 100), 1U);
  EXPECT_EQ(count(NewId<UserId>(), NewId<ConversationId>(), Seq(0), 100), 0U);
}

// -- Applying again, late, out of order -----------------------------------------------------------

TEST_P(EffectsContract, ReadApplied_RisesWithTheLog_NeverAboveIt) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  EXPECT_EQ(*Run(conversations().ReadApplied(log.id())), Seq(0));
  for (int i = 0; i < 3; ++i) {
    log.Message(anna, "hello");
    Commit(log);
    const Seq applied = *Run(conversations().ReadApplied(log.id()));
    EXPECT_LE(applied, log.head().seq);
    if (traits().local) EXPECT_EQ(applied, log.head().seq);
  }
}

TEST_P(EffectsContract, ApplyEffects_OfEntriesWithoutTheirs_ShowsThem) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna}, "Tea");
  Commit(log);
  // Somebody committed these and died before their effects.
  log.Title("Coffee").Add(ben).Message(anna, "@ben", {ben});
  const auto request = log.Take();
  const Effects effects = std::exchange(request->effects, {});
  ASSERT_EQ(Append(request), AppendOutcome::kCommitted);

  ASSERT_TRUE(Run(conversations().ApplyEffects(log.id(), effects, log.head().seq)).ok());
  ExpectShows(log);
  EXPECT_TRUE(conversations().MayHaveSent(log.id(), anna, log.last_sent().client_id));
  EXPECT_EQ(*Run(conversations().FindSent(log.id(), anna, log.last_sent().client_id, {})),
            log.last_sent());
  EXPECT_EQ(*Run(conversations().CountMentions(ben, log.id(), Seq(), 9)), 1U);
  EXPECT_EQ(*Run(conversations().ReadApplied(log.id())), log.head().seq);
}

TEST_P(EffectsContract, ApplyEffects_AgainAndLate_ChangesNothing) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  const UserId carl = NewId<UserId>();
  LogBuilder log({anna, ben}, "1");
  std::vector<AppendRequest> requests;
  const auto commit = [&] {
    requests.push_back(*log.Take());
    ASSERT_EQ(Append(std::make_shared<AppendRequest>(requests.back())), AppendOutcome::kCommitted);
  };
  commit();
  log.Title("2").Add(carl).Message(anna, "@ben", {ben});
  commit();
  log.SetRole(ben, Role::kAdmin).Remove(carl).Title("3");
  commit();
  log.SetRole(anna, Role::kMember).Message(ben, "hello");
  commit();

  std::vector<Membership> before = Memberships(ben);
  for (const std::size_t i : {0U, 2U, 1U, 3U, 0U}) {
    SCOPED_TRACE(i);
    ASSERT_TRUE(
        Run(conversations().ApplyEffects(log.id(), requests[i].effects, requests[i].new_head.seq))
            .ok());
    ExpectShows(log);
    EXPECT_EQ(Memberships(ben), before);
    EXPECT_EQ(FindMembership(carl, log.id()), std::nullopt);
    EXPECT_TRUE(Memberships(carl).empty());
    EXPECT_EQ(*Run(conversations().CountMentions(ben, log.id(), Seq(), 9)), 1U);
  }
  if (traits().local) EXPECT_EQ(*Run(conversations().ReadApplied(log.id())), log.head().seq);
}

TEST_P(EffectsContract, ApplyEffects_OutOfOrder_EndsTheSame) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna}, "1");
  Commit(log);
  std::vector<AppendRequest> requests;
  std::vector<Effects> effects;
  for (int i = 0; i < 3; ++i) {
    if (i == 0) log.Title("2").Add(ben);
    if (i == 1) log.SetRole(ben, Role::kAdmin).Remove(ben);
    if (i == 2) log.Add(ben).Title("3").SetRole(ben, Role::kAdmin);
    const auto request = log.Take();
    effects.push_back(std::exchange(request->effects, {}));
    std::ranges::reverse(effects.back().members);
    requests.push_back(*request);
    ASSERT_EQ(Append(request), AppendOutcome::kCommitted);
  }
  for (const std::size_t i : {2U, 0U, 1U}) {
    ASSERT_TRUE(
        Run(conversations().ApplyEffects(log.id(), effects[i], requests[i].new_head.seq)).ok());
    ExpectShows(log);
  }
  EXPECT_EQ(FindMembership(ben, log.id())->member.joined_seq, Seq(6));
}

TEST_P(EffectsContract, Reopen_KeepsEffects) {
  if (!traits().persistent) GTEST_SKIP() << "keeps nothing";
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna, ben}, "Tea");
  log.Message(anna, "@ben", {ben});
  Commit(log);
  const Position position{.read = Seq(2), .read_n = 1, .delivered = Seq(2)};
  Write({{.conversation = log.id(),
          .user = ben,
          .joined_seq = Seq(1),
          .position = position,
          .at = LogBuilder::TimeOf(Seq(9))}});
  const std::optional<Membership> membership = FindMembership(ben, log.id());
  Reopen();
  ExpectShows(log);
  EXPECT_EQ(FindMembership(ben, log.id()), membership);
  EXPECT_EQ(PositionOf(log.id(), log.member(ben)), position);
  EXPECT_EQ(*Run(conversations().FindSent(log.id(), anna, log.last_sent().client_id, {})),
            log.last_sent());
  EXPECT_EQ(*Run(conversations().CountMentions(ben, log.id(), Seq(), 9)), 1U);
  EXPECT_GE(*Run(conversations().ReadApplied(log.id())), traits().local ? Seq(2) : Seq(0));
}

}  // namespace
}  // namespace parley::storage
