#include <algorithm>
#include <cstdlib>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/blocking_pool.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"
#include "storage/rocks/rocks_store.h"
#include "storage/rocks/testing/scratch_folder.h"
#include "storage/testing/log_builder.h"

namespace parley::storage::rocks {
namespace {

constexpr std::size_t kUsers = 6;
constexpr std::size_t kConversations = 5;

/// The store and the fake, given the same random operations: whatever one shows, the other must.
class RandomOperationsTest : public ::testing::TestWithParam<unsigned> {
 protected:
  RandomOperationsTest() {
    for (std::size_t i = 0; i < kUsers; ++i) users_.push_back(NewId<UserId>());
    for (std::size_t i = 0; i < kConversations; ++i) {
      logs_.emplace_back(std::vector{Pick(users_)}, "log");
    }
    Reopen();
  }

  void Reopen() {
    store_.reset();
    // Small buffers: rows are in memory, in files, and merged from both.
    Result<std::unique_ptr<Store>> store = rocks::Open({.path = folder_.path(),
                                                        .reads = pool_,
                                                        .write_buffer_bytes = 64'000,
                                                        .min_free_bytes = 0});
    if (!store.ok()) std::abort();  // nothing to test
    store_ = *std::move(store);
  }

  std::size_t Roll(std::size_t below) { return random_() % below; }
  template <class T>
  T& Pick(std::vector<T>& from) {
    return from[Roll(from.size())];
  }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  AppendOutcome Append(ConversationStore& to, const std::shared_ptr<const AppendRequest>& request) {
    std::promise<AppendOutcome> answer;
    to.Append(request, [&answer](AppendOutcome outcome) { answer.set_value(outcome); });
    return answer.get_future().get();
  }

  void AppendSome() {
    LogBuilder& log = Pick(logs_);
    for (std::size_t i = 0; i <= Roll(3); ++i) {
      const UserId user = Pick(users_);
      const bool member = IsMember(log, user);
      switch (Roll(6)) {
        case 0:
          member ? log.Remove(user) : log.Add(user);
          break;
        case 1:
          member ? log.SetRole(user, Role::kAdmin) : log.Add(user);
          break;
        case 2:
          log.Title(std::to_string(Roll(1'000)));
          break;
        default:
          log.Message(user, std::string(Roll(300), 'x'), {Pick(users_)});
      }
    }
    std::shared_ptr<AppendRequest> request = log.Take();
    if (request == nullptr || request->entries.empty()) return;
    applied_.push_back(request);
    const AppendOutcome outcome = Append(fake_.conversations(), request);
    EXPECT_EQ(Append(store_->conversations(), request), outcome);
    if (Roll(3) == 0) {  // the same once more is a conflict
      EXPECT_EQ(Append(store_->conversations(), request), AppendOutcome::kConflict);
    }
  }

  static bool IsMember(const LogBuilder& log, UserId user) {
    for (const Member& member : log.members()) {
      if (member.user == user) return true;
    }
    return false;
  }

  void WriteSomePositions() {
    std::vector<PositionRow> rows;
    for (std::size_t i = 0; i <= Roll(4); ++i) {
      LogBuilder& log = Pick(logs_);
      const std::uint64_t head = log.head().seq.value();
      rows.push_back({.conversation = log.id(),
                      .user = Pick(users_),
                      .joined_seq = Seq(1 + Roll(head)),
                      .position = {.read = Seq(1 + Roll(head)),
                                   .read_n = Roll(head),
                                   .delivered = Seq(Roll(head))},
                      .at = FromMillis(static_cast<std::int64_t>(++time_))});
      const std::vector<Member> members = log.members();
      if (!members.empty() && Roll(3) > 0) {
        rows.back().user = members.front().user;
        rows.back().joined_seq = members.front().joined_seq;
      }
    }
    EXPECT_TRUE(Run(fake_.conversations().WritePositions(rows)).ok());
    EXPECT_TRUE(Run(store_->conversations().WritePositions(rows)).ok());
  }

  void ApplySomeAgain() {
    if (applied_.empty()) return;
    const AppendRequest& request = *Pick(applied_);
    for (ConversationStore* store : {&fake_.conversations(), &store_->conversations()}) {
      EXPECT_TRUE(
          Run(store->ApplyEffects(request.conversation, request.effects, request.new_head.seq))
              .ok());
    }
  }

  /// `read` answers what a store shows; both must show the same.
  template <class Read>
  void ExpectSame(Read read) {
    const auto expected = Run(read(fake_.conversations()));
    const auto shown = Run(read(store_->conversations()));
    ASSERT_EQ(shown.status().code(), expected.status().code()) << shown.status().ToString();
    if (expected.ok()) ExpectEqual(*shown, *expected);
  }

  static void ExpectEqual(const std::vector<EntryPtr>& shown,
                          const std::vector<EntryPtr>& expected) {
    ASSERT_EQ(shown.size(), expected.size());
    for (std::size_t i = 0; i < shown.size(); ++i) EXPECT_EQ(*shown[i], *expected[i]);
  }
  static void ExpectEqual(const SnapshotPtr& shown, const SnapshotPtr& expected) {
    EXPECT_EQ(shown->info, expected->info);
    EXPECT_EQ(shown->head, expected->head);
    EXPECT_EQ(*shown->members, *expected->members);
    ASSERT_EQ(shown->last_message == nullptr, expected->last_message == nullptr);
    if (shown->last_message) EXPECT_EQ(*shown->last_message, *expected->last_message);
  }
  /// When positions rose may differ, where several lay unmerged: never to earlier.
  static void ExpectEqual(std::vector<Membership> shown, std::vector<Membership> expected) {
    const auto by_id = [](const Membership& a, const Membership& b) {
      return a.conversation < b.conversation;
    };
    std::sort(shown.begin(), shown.end(), by_id);
    std::sort(expected.begin(), expected.end(), by_id);
    ASSERT_EQ(shown.size(), expected.size());
    for (std::size_t i = 0; i < shown.size(); ++i) {
      EXPECT_GE(shown[i].changed_at, expected[i].changed_at);
      expected[i].changed_at = shown[i].changed_at;
      EXPECT_EQ(shown[i], expected[i]);
    }
  }
  template <class T>
  static void ExpectEqual(const T& shown, const T& expected) {
    EXPECT_EQ(shown, expected);
  }

  void CompareSome() {
    LogBuilder& log = Pick(logs_);
    const UserId user = Pick(users_);
    const ConversationId id = log.id();
    const Seq seq(Roll(log.head().seq.value() + 2));
    const std::size_t limit = 1 + Roll(20);
    ExpectSame([&](ConversationStore& s) { return s.ReadSnapshot(id, ReadMode::kFresh); });
    ExpectSame([&](ConversationStore& s) { return s.ReadEntries(id, seq, limit, 1'000'000); });
    for (const auto direction :
         {MessageSlice::Direction::kBefore, MessageSlice::Direction::kAfter}) {
      ExpectSame([&](ConversationStore& s) {
        return s.ReadMessages(id, {.direction = direction, .anchor = seq, .limit = limit});
      });
    }
    ExpectSame([&](ConversationStore& s) { return s.ReadMemberships(user); });
    ExpectSame([&](ConversationStore& s) { return s.ReadPositions(id, log.members()); });
    ExpectSame([&](ConversationStore& s) { return s.CountMentions(user, id, seq, limit); });
    if (applied_.empty()) return;
    const AppendRequest& request = *Pick(applied_);
    for (const SentRow& sent : request.effects.sent) {
      EXPECT_TRUE(
          store_->conversations().MayHaveSent(request.conversation, sent.sender, sent.client_id));
      ExpectSame([&](ConversationStore& s) {
        return s.FindSent(request.conversation, sent.sender, sent.client_id, {});
      });
    }
  }

  std::mt19937 random_{GetParam()};
  ScratchFolder folder_;
  runtime::BlockingPool pool_{2, 1'000};
  runtime::Shard shard_;
  memory::FakeStore fake_;
  std::unique_ptr<Store> store_;
  std::vector<UserId> users_;
  std::vector<LogBuilder> logs_;
  std::vector<std::shared_ptr<AppendRequest>> applied_;
  std::uint64_t time_ = 1'000'000;
};

TEST_P(RandomOperationsTest, StoreAndFake_ShowTheSame) {
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    SCOPED_TRACE(i);
    switch (Roll(40)) {
      case 0:
        Reopen();
        break;
      case 1:
        ApplySomeAgain();
        break;
      default:
        Roll(2) == 0 ? AppendSome() : WriteSomePositions();
    }
    CompareSome();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomOperationsTest, ::testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace parley::storage::rocks
