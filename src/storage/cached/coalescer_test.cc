#include "storage/cached/coalescer.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runtime/shard.h"
#include "runtime/spawn.h"

namespace parley::storage::cached {
namespace {

using Loaded = std::shared_ptr<const std::string>;
using Answer = Result<Loaded>;
using Answers = Result<std::vector<Loaded>>;

/// Reads that go on when the test says so; what they answer is what `table` said when they began.
class CoalescerTest : public ::testing::Test {
 protected:
  ~CoalescerTest() override {
    while (!waiting_.empty()) Release();
    shard_.RunUntilIdle();
  }

  runtime::Task<Answers> Read(std::vector<std::string> keys) {
    ++reads_;
    std::vector<Loaded> answer;
    answer.reserve(keys.size());
    for (const std::string& key : keys) {
      if (key != "nobody") answer.push_back(std::make_shared<const std::string>(key + table_));
    }
    PARLEY_CO_TRY(co_await runtime::AwaitCompletion<Status>(
        [this](runtime::Completer<Status> done) { waiting_.push_back(std::move(done)); }));
    co_return answer;
  }
  runtime::Task<Answer> ReadOne(std::string key) {
    PARLEY_CO_ASSIGN(const std::vector<Loaded> answer, co_await Read({key}));
    if (answer.empty()) co_return NotFound("nobody");
    co_return answer.front();
  }

  std::shared_ptr<std::optional<Answer>> Get(const std::string& key) {
    return Start(coalescer_.Get(key, [this, key] { return ReadOne(key); }));
  }
  std::shared_ptr<std::optional<Answers>> GetMany(std::vector<std::string> keys) {
    return Start(coalescer_.GetMany(
        std::move(keys), [this](std::vector<std::string> missing) { return Read(missing); },
        [](const Loaded& loaded) { return loaded->substr(0, loaded->size() - 1); }));
  }
  void Release(Status status = Status::Ok()) {
    runtime::Completer<Status> done = std::move(waiting_.front());
    waiting_.pop_front();
    done(std::move(status));
    shard_.RunUntilIdle();
  }
  static std::string Text(const Answers& answers) {
    std::string text;
    for (const Loaded& loaded : *answers) text += *loaded + " ";
    return text;
  }

  std::string table_ = "1";
  int reads_ = 0;

 private:
  template <class T>
  std::shared_ptr<std::optional<T>> Start(runtime::Task<T> task) {
    auto out = std::make_shared<std::optional<T>>();
    runtime::Spawn(shard_, "test",
                   [](runtime::Task<T> inner,
                      std::shared_ptr<std::optional<T>> answer) -> runtime::Task<void> {
                     *answer = co_await std::move(inner);
                   }(std::move(task), out));
    shard_.RunUntilIdle();
    return out;
  }

  runtime::Shard shard_;
  Coalescer<std::string, Loaded> coalescer_;
  std::deque<runtime::Completer<Status>> waiting_;
};

TEST_F(CoalescerTest, WhoComesDuringARead_SharesTheNextOne) {
  const auto first = Get("a");
  table_ = "2";
  const auto second = Get("a");
  const auto third = Get("a");
  EXPECT_EQ(reads_, 1);
  Release();
  EXPECT_EQ(**first->value(), "a1");
  EXPECT_FALSE(second->has_value());
  EXPECT_EQ(reads_, 2);
  table_ = "3";
  const auto fourth = Get("a");  // the second read has begun
  Release();
  EXPECT_EQ(**second->value(), "a2");
  EXPECT_EQ(**third->value(), "a2");
  Release();
  EXPECT_EQ(**fourth->value(), "a3");
  EXPECT_EQ(reads_, 3);
}

TEST_F(CoalescerTest, AReadThatFails_FailsThoseWhoShareIt_AndNobodyElse) {
  const auto first = Get("a");
  const auto second = Get("a");
  Release(Unavailable("no"));
  EXPECT_EQ(first->value().status().code(), StatusCode::kUnavailable);
  Release();
  EXPECT_TRUE(second->value().ok());
  const auto nobody = Get("nobody");
  Release();
  EXPECT_EQ(nobody->value().status().code(), StatusCode::kNotFound);
}

TEST_F(CoalescerTest, Many_KeepTheOrder_AndLeaveOutWhoIsMissing) {
  const auto answer = GetMany({"c", "nobody", "a", "c"});
  Release();
  EXPECT_EQ(Text(answer->value()), "c1 a1 c1 ");
  EXPECT_EQ(reads_, 1);
}

TEST_F(CoalescerTest, ManyThatOverlapInACircle_AllEnd) {
  const auto one = GetMany({"a", "b"});
  table_ = "2";
  const auto two = GetMany({"b", "c"});  // waits for b
  const auto three = GetMany({"c", "a", "d"});
  const auto four = GetMany({"a", "c", "b", "d"});
  for (int i = 0; i < 20 && !four->has_value(); ++i) Release();
  ASSERT_TRUE(four->has_value());
  EXPECT_EQ(Text(one->value()), "a1 b1 ");
  EXPECT_EQ(Text(two->value()), "b2 c2 ");
  EXPECT_EQ(Text(three->value()), "c2 a2 d2 ");
  EXPECT_EQ(Text(four->value()), "a2 c2 b2 d2 ");
}

}  // namespace
}  // namespace parley::storage::cached
