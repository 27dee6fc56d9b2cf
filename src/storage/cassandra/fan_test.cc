#include "storage/cassandra/fan.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "storage/cassandra/value.h"

namespace parley::storage::cassandra {
namespace {

/// Keeps what it is given to execute, until the test answers it.
class HeldSession : public Session {
 public:
  struct Held {
    std::int64_t value;
    Done done;
  };

  Result<const Statement*> Prepare(std::string /*name*/, std::string /*cql*/,
                                   StatementOptions /*options*/) override {
    return Internal("not here");
  }
  Result<Rows> Run(std::string /*cql*/) override { return Internal("not here"); }
  Status AwaitSchema() override { return {}; }
  runtime::Task<Result<Rows>> Execute(Bound /*bound*/, std::string /*page*/) override {
    co_return Internal("not here");
  }
  runtime::Task<Result<Rows>> ExecuteBatch(std::vector<Bound> /*bounds*/) override {
    co_return Internal("not here");
  }
  runtime::Task<Result<std::vector<Rows>>> ExecuteAll(std::vector<Bound> /*bounds*/) override {
    co_return Internal("not here");
  }
  void Execute(Bound bound, std::string /*page*/, Done done) override {
    if (refuses) return done(Unavailable("stopping"));
    held.push_back({ReadBigint(Cell(*bound.values[0])).value(), std::move(done)});
  }
  void ExecuteBatch(std::vector<Bound> /*bounds*/, Done done) override {
    done(Internal("not here"));
  }
  void ExecuteAll(std::vector<Bound> bounds, AllDone done) override {
    Fan::Start(*this, std::move(bounds), std::move(done));
  }
  SessionStats stats() const override { return {}; }
  Status health() const override { return {}; }
  const SessionOptions& options() const override { return options_; }
  void Stop() override {}

  void Answer(std::size_t index, Result<Rows> rows) {
    Done done = std::move(held[index].done);
    done(std::move(rows));
  }

  std::vector<Held> held;  // all that ever came, in order of coming
  bool refuses = false;

 private:
  SessionOptions options_;
};

class FanTest : public testing::Test {
 protected:
  void Start(std::size_t count) {
    std::vector<Bound> bounds(count);
    for (std::size_t i = 0; i < count; ++i) {
      bounds[i].values.push_back(BigintValue(static_cast<std::int64_t>(i)));
    }
    session_.ExecuteAll(std::move(bounds), [this](Result<std::vector<Rows>> answer) {
      EXPECT_FALSE(answer_.has_value()) << "told twice";
      answer_.emplace(std::move(answer));
    });
  }

  HeldSession session_;
  std::optional<Result<std::vector<Rows>>> answer_;
};

TEST_F(FanTest, NoStatements_EndAtOnce) {
  Start(0);
  ASSERT_TRUE(answer_.has_value());
  EXPECT_TRUE(answer_->value().empty());
}

TEST_F(FanTest, ManyStatements_AreNeverMoreThanTheWidthAtOnce) {
  constexpr std::size_t kCount = 3 * Session::kWidth;
  Start(kCount);
  for (std::size_t ended = 0; ended < kCount; ++ended) {
    EXPECT_EQ(session_.held.size(), std::min(kCount, ended + Session::kWidth));
    EXPECT_FALSE(answer_.has_value());
    EXPECT_EQ(session_.held[ended].value, static_cast<std::int64_t>(ended));
    session_.Answer(ended, Rows());
  }
  ASSERT_TRUE(answer_.has_value());
  EXPECT_EQ(answer_->value().size(), kCount);
}

TEST_F(FanTest, FirstError_StartsNoMoreAndIsTheAnswerOnceAllHaveEnded) {
  Start(2 * Session::kWidth);
  session_.Answer(5, Status(StatusCode::kUnknown, "lost"));
  session_.Answer(6, Unavailable("later"));
  EXPECT_EQ(session_.held.size(), Session::kWidth);
  for (std::size_t i = 0; i < Session::kWidth; ++i) {
    if (i == 5 || i == 6) continue;
    EXPECT_FALSE(answer_.has_value()) << "some are under way";
    session_.Answer(i, Rows());
  }
  ASSERT_TRUE(answer_.has_value());
  EXPECT_EQ(answer_->status().code(), StatusCode::kUnknown);
  EXPECT_EQ(session_.held.size(), Session::kWidth);
}

TEST_F(FanTest, AnswersWithinTheCall_AreHeard) {
  session_.refuses = true;
  Start(10);
  ASSERT_TRUE(answer_.has_value());
  EXPECT_EQ(answer_->status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace parley::storage::cassandra
