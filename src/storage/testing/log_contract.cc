#include <algorithm>
#include <atomic>
#include <future>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/testing/store_contract.h"

namespace parley::storage {

void LinkLogContract() {}

namespace {

constexpr Seq kEnd{std::numeric_limits<std::uint64_t>::max()};

std::vector<std::uint64_t> SeqsOf(const std::vector<EntryPtr>& entries) {
  std::vector<std::uint64_t> seqs;
  for (const EntryPtr& entry : entries) seqs.push_back(entry->seq.value());
  return seqs;
}

using Seqs = std::vector<std::uint64_t>;

/// Answers of appends that are under way.
class Answers {
 public:
  AppendDone Next() {
    promises_.push_back(std::make_shared<std::promise<AppendOutcome>>());
    return [promise = promises_.back()](AppendOutcome outcome) { promise->set_value(outcome); };
  }
  std::vector<AppendOutcome> Await() {
    std::vector<AppendOutcome> outcomes;
    for (const auto& promise : promises_) outcomes.push_back(promise->get_future().get());
    promises_.clear();
    return outcomes;
  }

 private:
  std::vector<std::shared_ptr<std::promise<AppendOutcome>>> promises_;
};

TEST_P(LogContract, Append_AtHeadZero_Creates) {
  LogBuilder log({NewId<UserId>(), NewId<UserId>()}, "Tea");
  EXPECT_EQ(Snapshot(log.id()), nullptr);
  Commit(log);
  ExpectShows(log);
}

TEST_P(LogContract, Append_EveryKindOfEntry_IsReadAsWritten) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna}, "Grüße \U0001F44B");
  log.Message(anna, "plain").Title("").Add(ben).SetRole(ben, Role::kAdmin);
  log.Message(ben,
              MessageBody{.id = NewId<MessageId>(),
                          .client_id = NewId<ClientId>(),
                          .text = std::string("with a\0zero and a line\nbreak", 28),
                          .mentions = {anna, ben},
                          .media = {NewId<MediaId>(), NewId<MediaId>()},
                          .reply_to = ReplyTo{.seq = Seq(2), .sender = anna, .excerpt = "plain"}});
  log.Remove(ben).Message(anna, std::string(20'000, 'x'));
  Commit(log);
  ExpectShows(log);
}

TEST_P(LogContract, Append_AgainAndAgain_EachIsSeenAtOnce) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  for (int i = 0; i < 5; ++i) {
    log.Message(anna, "one").Message(anna, "two");
    Commit(log);
    ExpectShows(log);
  }
}

TEST_P(LogContract, Append_AskedToTellOfTheLog_DoesSoFirst_IfAtAll) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  log.Message(anna, "hello");
  auto request = log.Take();
  request->tell_logged = true;
  std::vector<AppendOutcome> heard;
  std::promise<void> last;
  conversations().Append(request, [&](AppendOutcome outcome) {
    heard.push_back(outcome);
    if (outcome != AppendOutcome::kLogged) last.set_value();
  });
  last.get_future().get();
  EXPECT_EQ(heard.back(), AppendOutcome::kCommitted);
  heard.pop_back();
  EXPECT_TRUE(heard.empty() || heard == std::vector{AppendOutcome::kLogged});
  ExpectShows(log);
}

TEST_P(LogContract, Append_AtAnotherHead_ConflictsAndWritesNothing) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  LogBuilder log({anna});
  log.Message(anna, "one");
  Commit(log);

  LogBuilder other({anna, ben});
  other.Title("other").Message(ben, "two").Message(ben, "three").Message(ben, "four");
  for (const std::uint64_t head : {0U, 1U, 3U}) {
    SCOPED_TRACE(head);
    AppendRequest request = *LogBuilder(other).Take();
    request.conversation = log.id();
    request.expected_head = Seq(head);
    request.entries.erase(request.entries.begin(),
                          request.entries.begin() + static_cast<std::ptrdiff_t>(head));
    EXPECT_EQ(Append(std::make_shared<AppendRequest>(request)), AppendOutcome::kConflict);
    ExpectShows(log);
    EXPECT_EQ(FindMembership(ben, log.id()), std::nullopt);
    EXPECT_EQ(*Run(conversations().FindSent(log.id(), ben, other.last_sent().client_id, {})),
              std::nullopt);
  }
}

TEST_P(LogContract, Append_BeyondZeroWhereThereIsNothing_Conflicts) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  log.Take();
  log.Message(anna, "out of nowhere");
  EXPECT_EQ(Append(log.Take()), AppendOutcome::kConflict);
  EXPECT_EQ(Snapshot(log.id()), nullptr);
  EXPECT_TRUE(Entries(log.id()).empty());
}

TEST_P(LogContract, Append_TwiceAtTheSameHead_ExactlyOneWins) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  Commit(log);
  for (int round = 0; round < 20; ++round) {
    LogBuilder rival = log;
    log.Message(anna, "mine");
    rival.Message(anna, "theirs");
    AppendOutcome rivals = AppendOutcome::kUnknown;
    std::thread thread([&] { rivals = Append(rival.Take()); });
    const AppendOutcome ours = Append(log.Take());
    thread.join();
    const bool won = ours == AppendOutcome::kCommitted;
    EXPECT_EQ(ours, won ? AppendOutcome::kCommitted : AppendOutcome::kConflict);
    EXPECT_EQ(rivals, won ? AppendOutcome::kConflict : AppendOutcome::kCommitted);
    if (!won) log = rival;
    ExpectShows(log);
  }
}

TEST_P(LogContract, Append_ToManyConversationsAtOnce_AllCommit) {
  constexpr std::size_t kConversations = 24;
  constexpr int kRounds = 10;
  const UserId anna = NewId<UserId>();
  std::vector<LogBuilder> logs;
  for (std::size_t i = 0; i < kConversations; ++i) logs.emplace_back(std::vector{anna});
  for (int round = 0; round < kRounds; ++round) {
    Answers answers;
    for (LogBuilder& log : logs) {
      log.Message(anna, "hello");
      conversations().Append(log.Take(), answers.Next());
    }
    for (const AppendOutcome outcome : answers.Await()) {
      EXPECT_EQ(outcome, AppendOutcome::kCommitted);
    }
  }
  for (const LogBuilder& log : logs) ExpectShows(log);
  EXPECT_EQ(Memberships(anna).size(), kConversations);
}

TEST_P(LogContract, Append_FromManyThreads_AllCommit) {
  constexpr int kThreads = 4;
  std::vector<LogBuilder> logs(kThreads, LogBuilder({NewId<UserId>()}));
  std::vector<std::thread> threads;
  for (LogBuilder& log : logs) {
    log = LogBuilder({NewId<UserId>()});
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        log.Message(log.info().created_by, "hello");
        EXPECT_EQ(Append(log.Take()), AppendOutcome::kCommitted);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const LogBuilder& log : logs) ExpectShows(log);
}

TEST_P(LogContract, ReadEntries_GivesAtMostLimitAfterSeq) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  for (int i = 2; i <= 10; ++i) log.Message(anna, "hello");
  Commit(log);
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(0), 3)), (Seqs{1, 2, 3}));
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(7), 2)), (Seqs{8, 9}));
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(7), 3)), (Seqs{8, 9, 10}));
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(7), 100)), (Seqs{8, 9, 10}));
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(10), 100)), Seqs{});
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(1'000), 100)), Seqs{});
  EXPECT_EQ(SeqsOf(Entries(NewId<ConversationId>())), Seqs{});
}

TEST_P(LogContract, ReadEntries_StopsAboutMaxBytes_ButGivesOne) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  for (int i = 2; i <= 21; ++i) log.Message(anna, std::string(5'000, 'x'));
  Commit(log);
  const std::size_t some = Entries(log.id(), Seq(1), 1'000, 30'000).size();
  EXPECT_GE(some, 3U);
  EXPECT_LE(some, 9U);
  EXPECT_EQ(SeqsOf(Entries(log.id(), Seq(1), 1'000, 1)), Seqs{2});
}

TEST_P(LogContract, ReadEntries_OverManyBuckets_HasNoHole) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  while (log.head().seq < Seq(2'500)) {
    for (int i = 0; i < 500; ++i) log.Message(anna, "m");
    Commit(log);
  }
  std::uint64_t seq = 995;
  for (const EntryPtr& entry : Entries(log.id(), Seq(seq), 1'200)) {
    EXPECT_EQ(entry->seq.value(), ++seq);
  }
  EXPECT_EQ(seq, 995 + 1'200U);
}

TEST_P(LogContract, ReadMessages_SkipsOtherEntries) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  log.Title("a").Message(anna, "3").Title("b").Message(anna, "5");
  log.Title("c").Title("d").Message(anna, "8").Message(anna, "9").Title("e");
  Commit(log);
  const auto read = [&](MessageSlice::Direction direction, Seq anchor, std::size_t limit) {
    return SeqsOf(*Run(conversations().ReadMessages(
        log.id(), {.direction = direction, .anchor = anchor, .limit = limit})));
  };
  using enum MessageSlice::Direction;
  EXPECT_EQ(read(kBefore, kEnd, 2), (Seqs{8, 9}));
  EXPECT_EQ(read(kBefore, kEnd, 100), (Seqs{3, 5, 8, 9}));
  EXPECT_EQ(read(kBefore, Seq(9), 2), (Seqs{5, 8}));
  EXPECT_EQ(read(kBefore, Seq(8), 1), (Seqs{5}));
  EXPECT_EQ(read(kBefore, Seq(3), 5), Seqs{});
  EXPECT_EQ(read(kBefore, Seq(0), 5), Seqs{});
  EXPECT_EQ(read(kAfter, Seq(0), 2), (Seqs{3, 5}));
  EXPECT_EQ(read(kAfter, Seq(3), 2), (Seqs{5, 8}));
  EXPECT_EQ(read(kAfter, Seq(5), 100), (Seqs{8, 9}));
  EXPECT_EQ(read(kAfter, Seq(9), 100), Seqs{});
  EXPECT_EQ(read(kAfter, kEnd, 100), Seqs{});
}

TEST_P(LogContract, ReadMessages_AreWholeAndOfThisConversationAlone) {
  const UserId anna = NewId<UserId>();
  std::vector<LogBuilder> logs;
  for (int i = 0; i < 3; ++i) {
    LogBuilder& log = logs.emplace_back(std::vector{anna});
    log.Message(anna, "in " + std::to_string(i), {anna});
    Commit(log);
  }
  for (const LogBuilder& log : logs) {
    for (const auto direction :
         {MessageSlice::Direction::kBefore, MessageSlice::Direction::kAfter}) {
      const Seq anchor = direction == MessageSlice::Direction::kBefore ? kEnd : Seq();
      const auto messages = Run(conversations().ReadMessages(
          log.id(), {.direction = direction, .anchor = anchor, .limit = 10}));
      ASSERT_EQ(messages->size(), 1U);
      EXPECT_EQ(*messages->front(), *log.entries()[1]);
    }
  }
  const auto none =
      Run(conversations().ReadMessages(NewId<ConversationId>(), {.anchor = kEnd, .limit = 10}));
  EXPECT_TRUE(none.ok() && none->empty());
}

TEST_P(LogContract, ReadMessages_OverManyBuckets_HasNoHole) {
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  while (log.head().seq < Seq(2'300)) {
    for (int i = 0; i < 400; ++i) log.Message(anna, "m").Title("t");
    Commit(log);
  }
  const auto before = Run(conversations().ReadMessages(
      log.id(),
      {.direction = MessageSlice::Direction::kBefore, .anchor = Seq(2'200), .limit = 700}));
  ASSERT_EQ(before->size(), 700U);
  for (std::size_t i = 0; i < 700; ++i) EXPECT_EQ((*before)[i]->seq, Seq(2'198 - 2 * (699 - i)));
  const auto after = Run(conversations().ReadMessages(
      log.id(), {.direction = MessageSlice::Direction::kAfter, .anchor = Seq(500), .limit = 700}));
  ASSERT_EQ(after->size(), 700U);
  for (std::size_t i = 0; i < 700; ++i) EXPECT_EQ((*after)[i]->seq, Seq(502 + 2 * i));
}

TEST_P(LogContract, Stop_AnswersWhatWasTaken_ThenRefuses) {
  const UserId anna = NewId<UserId>();
  std::vector<LogBuilder> logs;
  Answers answers;
  for (int i = 0; i < 50; ++i) {
    logs.emplace_back(std::vector{anna});
    conversations().Append(logs.back().Take(), answers.Next());
  }
  store().Stop();
  const std::vector<AppendOutcome> outcomes = answers.Await();
  EXPECT_EQ(Append(LogBuilder({anna}).Take()), AppendOutcome::kRefused);
  store().Stop();
  if (!traits().persistent) return;

  Reopen();
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const bool committed = outcomes[i] == AppendOutcome::kCommitted;
    EXPECT_TRUE(committed || outcomes[i] == AppendOutcome::kRefused);
    EXPECT_EQ(Snapshot(logs[i].id()) != nullptr, committed);
  }
}

TEST_P(LogContract, Reopen_KeepsTheLog) {
  if (!traits().persistent) GTEST_SKIP() << "keeps nothing";
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna}, "Tea");
  log.Message(anna, "one").Title("Coffee").Message(anna, "two");
  Commit(log);
  Reopen();
  ExpectShows(log);
  log.Message(anna, "three");
  Commit(log);
  Reopen();
  ExpectShows(log);
}

TEST_P(LogContract, CommitStats_CountWhatIsCommitted) {
  if (!traits().local) GTEST_SKIP() << "has no committer";
  const CommitStats before = store().commit_stats();
  const UserId anna = NewId<UserId>();
  LogBuilder log({anna});
  log.Message(anna, "one").Message(anna, "two");
  Commit(log);
  EXPECT_EQ(Append(LogBuilder(log).Message(anna, "x").Take()), AppendOutcome::kCommitted);
  EXPECT_EQ(Append(LogBuilder(log).Message(anna, "x").Take()), AppendOutcome::kConflict);
  const CommitStats after = store().commit_stats();
  EXPECT_EQ(after.requests - before.requests, 2U);
  EXPECT_EQ(after.entries - before.entries, 4U);
  EXPECT_EQ(after.syncs - before.syncs, 2U);
}

}  // namespace
}  // namespace parley::storage
