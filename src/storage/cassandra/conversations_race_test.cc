#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/testing/conversation_cluster.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::cassandra {
namespace {

/// Another process of the fleet that believes that the conversation is its own.
class Rival {
 public:
  explicit Rival(UserId user) : user_(user) {}

  /// Appends `count` times one to three messages, each after what the others did.
  void Write(ConversationId conversation, int count) {
    int failures = 0;
    for (int i = 0; i < count;) {
      const Result<SnapshotPtr> snapshot =
          Run(store_->ReadSnapshot(conversation, ReadMode::kFresh));
      if (!snapshot.ok()) {  // serial reads may time out while others write
        ASSERT_LT(++failures, 50) << snapshot.status().ToString();
        continue;
      }
      const auto request = Request(**snapshot, 1 + static_cast<std::size_t>(i) % 3);
      const AppendOutcome outcome = Append(request);
      if (outcome == AppendOutcome::kConflict) ++conflicts_;
      if (outcome == AppendOutcome::kConflict || outcome == AppendOutcome::kRefused) continue;
      if (outcome == AppendOutcome::kUnknown && !Has(*request)) {
        doubtful_.insert(doubtful_.end(), request->entries.begin(), request->entries.end());
        continue;
      }
      written_.insert(written_.end(), request->entries.begin(), request->entries.end());
      ++i;
    }
  }

  std::vector<EntryPtr> ReadLog(ConversationId conversation) {
    return *Run(store_->ReadEntries(conversation, Seq(), 10'000, 100'000'000));
  }
  Head ReadHead(ConversationId conversation) {
    return (*Run(store_->ReadSnapshot(conversation, ReadMode::kCached)))->head;
  }
  const std::vector<EntryPtr>& written() const { return written_; }
  /// Of appends without an answer that the log did not have: the cluster may have been at them
  /// still.
  const std::vector<EntryPtr>& doubtful() const { return doubtful_; }
  int conflicts() const { return conflicts_; }

  AppendOutcome Append(std::shared_ptr<const AppendRequest> request) {
    std::promise<AppendOutcome> answer;
    store_->Append(std::move(request), [&](AppendOutcome outcome) { answer.set_value(outcome); });
    return answer.get_future().get();
  }

 private:
  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  std::shared_ptr<AppendRequest> Request(const ConversationSnapshot& snapshot, std::size_t count) {
    auto request = std::make_shared<AppendRequest>();
    request->conversation = snapshot.info.id;
    request->expected_head = snapshot.head.seq;
    Head& head = request->new_head;
    head = snapshot.head;
    for (std::size_t i = 0; i < count; ++i) {
      auto entry = std::make_shared<Entry>();
      entry->conversation = snapshot.info.id;
      entry->seq = head.seq = head.last_message = head.seq.Next();
      entry->n = ++head.n;
      entry->at = head.last_message_at = head.changed_at = LogBuilder::TimeOf(entry->seq);
      entry->actor = user_;
      MessageBody body;
      body.id = NewId<MessageId>();
      body.client_id = NewId<ClientId>();
      body.text = "mine";
      request->effects.sent.push_back({.sender = user_,
                                       .client_id = body.client_id,
                                       .seq = entry->seq,
                                       .fingerprint = {},
                                       .at = entry->at});
      entry->body = std::move(body);
      request->entries.push_back(std::move(entry));
    }
    return request;
  }

  /// A read of the head at SERIAL settles what was under way; then the log tells.
  bool Has(const AppendRequest& request) {
    const auto settled = Run(store_->ReadSnapshot(request.conversation, ReadMode::kFresh));
    if (!settled.ok()) return Has(request);
    const Entry& last = *request.entries.back();
    const auto entries =
        Run(store_->ReadEntries(request.conversation, last.seq.Previous(), 1, 1'000'000));
    return entries.ok() && !entries->empty() && *entries->front() == last;
  }

  const UserId user_;
  runtime::Shard shard_;
  SystemClock clock_;
  std::unique_ptr<Session> session_ = AnotherSession();
  std::unique_ptr<Conversations> store_ = OpenConversations(*session_, clock_);
  std::vector<EntryPtr> written_;
  std::vector<EntryPtr> doubtful_;
  int conflicts_ = 0;
};

TEST(ConversationsRace, TwoOwners_OfOneConversation_LeaveOneOrder) {
  const UserId anna = NewId<UserId>();
  const UserId ben = NewId<UserId>();
  Rival one(anna);
  Rival two(ben);
  LogBuilder log({anna, ben});
  while (log.head().seq < Seq(970)) log.Message(anna, "m");  // so that they cross into a new bucket
  ASSERT_EQ(one.Append(log.Take()), AppendOutcome::kCommitted);

  std::thread thread([&] { two.Write(log.id(), 20); });
  one.Write(log.id(), 20);
  thread.join();

  const std::vector<EntryPtr> entries = one.ReadLog(log.id());
  ASSERT_GE(entries.size(), 970 + one.written().size() + two.written().size());
  EXPECT_GT(entries.size(), 1'000U);
  std::vector<EntryPtr> doubtful;
  for (const Rival* rival : {&one, &two}) {
    for (const EntryPtr& entry : rival->written()) {
      EXPECT_EQ(*entries.at(entry->seq.value() - 1), *entry) << "what was committed is gone";
    }
    doubtful.insert(doubtful.end(), rival->doubtful().begin(), rival->doubtful().end());
  }
  std::size_t late = 0;
  for (std::size_t i = 970; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i]->seq, Seq(i + 1));
    EXPECT_EQ(entries[i]->n, i);
    late += static_cast<std::size_t>(
        std::ranges::any_of(doubtful, [&](const EntryPtr& each) { return *each == *entries[i]; }));
  }
  EXPECT_EQ(entries.size(), 970 + one.written().size() + two.written().size() + late);
  const std::vector<EntryPtr> seen_by_two = two.ReadLog(log.id());
  ASSERT_EQ(seen_by_two.size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(*entries[i], *seen_by_two[i]);
  EXPECT_EQ(one.ReadHead(log.id()).seq, entries.back()->seq);
  EXPECT_EQ(two.ReadHead(log.id()), one.ReadHead(log.id()));
  EXPECT_GT(one.conflicts() + two.conflicts(), 0) << "they were to meet";
}

TEST(ConversationsRace, TwoCreators_OfOneConversation_OneWins) {
  Rival one(NewId<UserId>());
  Rival two(NewId<UserId>());
  for (int round = 0; round < 5; ++round) {
    LogBuilder log({NewId<UserId>()}, "mine");
    const auto request = log.Take();
    auto other = std::make_shared<AppendRequest>(*request);
    auto entry = std::make_shared<Entry>(*request->entries.front());
    entry->actor = NewId<UserId>();
    other->entries.front() = std::move(entry);
    AppendOutcome theirs = AppendOutcome::kUnknown;
    std::thread thread([&] { theirs = two.Append(other); });
    const AppendOutcome ours = one.Append(request);
    thread.join();
    const bool won = ours == AppendOutcome::kCommitted;
    const bool lost = theirs == AppendOutcome::kCommitted;
    ASSERT_FALSE(won && lost);
    const bool doubt = ours == AppendOutcome::kUnknown || theirs == AppendOutcome::kUnknown;
    EXPECT_TRUE(won || lost || doubt);
    EXPECT_TRUE(doubt || ours == AppendOutcome::kConflict || theirs == AppendOutcome::kConflict);
    const std::vector<EntryPtr> entries = one.ReadLog(log.id());
    ASSERT_LE(entries.size(), 1U);
    if (!won && !lost) continue;
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(*entries.front(), won ? *request->entries.front() : *other->entries.front());
  }
}

}  // namespace
}  // namespace parley::storage::cassandra
