#include "storage/group_committer.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::storage {
namespace {

/// Remembers the groups it is given; can be held like a slow fsync, and says when it is entered.
class FakeLog : public LogWriter {
 public:
  bool Write(std::span<PendingAppend> group) override {
    std::unique_lock lock(mutex_);
    sizes_.push_back(group.size());
    changed_.notify_all();
    changed_.wait(lock, [this] { return !held_; });
    bool synced = false;
    for (PendingAppend& append : group) {
      append.outcome = outcome_;
      synced |= outcome_ == AppendOutcome::kCommitted;
    }
    return synced;
  }

  void Hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  void AwaitWrites(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return sizes_.size() >= count; });
  }
  void Answer(AppendOutcome outcome) {
    const std::lock_guard lock(mutex_);
    outcome_ = outcome;
  }
  std::vector<std::size_t> sizes() {
    const std::lock_guard lock(mutex_);
    return sizes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> sizes_;
  bool held_ = false;
  AppendOutcome outcome_ = AppendOutcome::kCommitted;
};

std::shared_ptr<const AppendRequest> Request(std::size_t entries = 1, std::size_t text_bytes = 1) {
  auto request = std::make_shared<AppendRequest>();
  for (std::size_t i = 1; i <= entries; ++i) {
    Entry entry;
    entry.seq = Seq(i);
    entry.body = MessageBody{.id = {},
                             .client_id = {},
                             .text = std::string(text_bytes, 'a'),
                             .mentions = {},
                             .media = {},
                             .reply_to = {}};
    request->entries.push_back(std::make_shared<const Entry>(std::move(entry)));
  }
  return request;
}

std::future<AppendOutcome> Submit(GroupCommitter& committer,
                                  std::shared_ptr<const AppendRequest> request = Request()) {
  auto answer = std::make_shared<std::promise<AppendOutcome>>();
  committer.Submit(std::move(request),
                   [answer](AppendOutcome outcome) { answer->set_value(outcome); });
  return answer->get_future();
}

TEST(GroupCommitter, Submit_Alone_IsOneSync) {
  FakeLog log;
  GroupCommitter committer(log);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    EXPECT_EQ(Submit(committer, Request(2)).get(), AppendOutcome::kCommitted);
    EXPECT_EQ(committer.stats().syncs, i);
    EXPECT_EQ(committer.stats().requests, i);
    EXPECT_EQ(committer.stats().entries, 2 * i);
  }
}

TEST(GroupCommitter, Submit_DuringASync_AllGoIntoTheNext) {
  FakeLog log;
  GroupCommitter committer(log);
  log.Hold();
  std::vector<std::future<AppendOutcome>> answers;
  answers.push_back(Submit(committer));
  log.AwaitWrites(1);
  for (int i = 0; i < 63; ++i) answers.push_back(Submit(committer));
  log.Release();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(log.sizes(), (std::vector<std::size_t>{1, 63}));
  EXPECT_EQ(committer.stats().syncs, 2U);
  EXPECT_EQ(committer.stats().requests, 64U);
}

/// Gathers for longer than any test lasts.
CommitOptions Patient(std::size_t enough) {
  return {.gather = 1'000'000, .max_gather = std::chrono::hours(1), .enough = enough};
}

TEST(GroupCommitter, Group_WhatCameDuringAWrite_WaitsForMore) {
  FakeLog log;
  GroupCommitter committer(log, Patient(4));
  log.Hold();
  std::vector<std::future<AppendOutcome>> answers;
  answers.push_back(Submit(committer));
  log.AwaitWrites(1);
  answers.push_back(Submit(committer));
  log.Release();
  answers.front().wait();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(answers.back().wait_for(std::chrono::milliseconds(1)), std::future_status::timeout);
    answers.push_back(Submit(committer));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(log.sizes(), (std::vector<std::size_t>{1, 4}));
}

TEST(GroupCommitter, Group_NothingCameDuringAWrite_IsWrittenAtOnce) {
  FakeLog log;
  GroupCommitter committer(log, Patient(4));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Submit(committer).get(), AppendOutcome::kCommitted);
  }
  EXPECT_EQ(log.sizes(), (std::vector<std::size_t>{1, 1, 1}));
}

TEST(GroupCommitter, Stop_WhileAGroupGathers_WritesIt) {
  FakeLog log;
  GroupCommitter committer(log, Patient(4));
  log.Hold();
  std::future<AppendOutcome> first = Submit(committer);
  log.AwaitWrites(1);
  std::future<AppendOutcome> second = Submit(committer);
  log.Release();
  first.wait();
  committer.Stop();
  EXPECT_EQ(second.get(), AppendOutcome::kCommitted);
}

TEST(GroupCommitter, Group_EndsAtMaxEntries) {
  FakeLog log;
  GroupCommitter committer(log, {.max_entries = 10});
  log.Hold();
  std::vector<std::future<AppendOutcome>> answers;
  answers.push_back(Submit(committer));
  log.AwaitWrites(1);
  for (int i = 0; i < 4; ++i) answers.push_back(Submit(committer, Request(4)));
  answers.push_back(Submit(committer, Request(11)));  // too large for any group, goes alone
  log.Release();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(log.sizes(), (std::vector<std::size_t>{1, 2, 2, 1}));
}

TEST(GroupCommitter, Group_EndsAtMaxBytes) {
  FakeLog log;
  GroupCommitter committer(log, {.max_entries = 1'000, .max_bytes = 100});
  log.Hold();
  std::vector<std::future<AppendOutcome>> answers;
  answers.push_back(Submit(committer));
  log.AwaitWrites(1);
  for (int i = 0; i < 4; ++i) answers.push_back(Submit(committer, Request(1, 50)));
  answers.push_back(Submit(committer, Request(1, 500)));
  log.Release();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(log.sizes(), (std::vector<std::size_t>{1, 2, 2, 1}));
}

TEST(GroupCommitter, Submit_NotCommitted_CountsNothing) {
  FakeLog log;
  GroupCommitter committer(log);
  log.Answer(AppendOutcome::kConflict);
  EXPECT_EQ(Submit(committer).get(), AppendOutcome::kConflict);
  EXPECT_EQ(committer.stats().syncs, 0U);
  EXPECT_EQ(committer.stats().requests, 0U);
  EXPECT_EQ(committer.stats().entries, 0U);
}

TEST(GroupCommitter, Stop_WritesWhatWaits_ThenRefuses) {
  FakeLog log;
  GroupCommitter committer(log);
  log.Hold();
  std::future<AppendOutcome> first = Submit(committer);
  log.AwaitWrites(1);
  std::future<AppendOutcome> second = Submit(committer);
  std::thread stopper([&] { committer.Stop(); });
  log.Release();
  stopper.join();
  EXPECT_EQ(first.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(second.get(), AppendOutcome::kCommitted);
  EXPECT_EQ(Submit(committer).get(), AppendOutcome::kRefused);
  committer.Stop();
}

}  // namespace
}  // namespace parley::storage
