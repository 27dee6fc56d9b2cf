#include "auth/password_hasher.h"

#include <string>

#include <gtest/gtest.h>

#include "runtime/testing/run_task.h"

namespace parley::auth {
namespace {

using runtime::RunTask;

constexpr PasswordCost kCheap{.memory_kib = 8, .passes = 1};

class PasswordHasherTest : public testing::Test {
 protected:
  runtime::Shard shard_;
  runtime::BlockingPool pool_{1, 16};
  PasswordHasher hasher_{kCheap, pool_};
};

TEST_F(PasswordHasherTest, Verify_OnlyTheSamePassword) {
  // Zero bytes and everything behind them count.
  const std::string password("correct\0horse", 13);
  const Result<std::string> hash = RunTask(shard_, hasher_.Hash(password));
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << *hash;
  EXPECT_TRUE(*RunTask(shard_, hasher_.Verify(password, *hash)));
  EXPECT_FALSE(*RunTask(shard_, hasher_.Verify("correct", *hash)));
  EXPECT_FALSE(*RunTask(shard_, hasher_.Verify("", *hash)));
}

TEST_F(PasswordHasherTest, Hash_Twice_DiffersBySalt) {
  EXPECT_NE(*RunTask(shard_, hasher_.Hash("password")), *RunTask(shard_, hasher_.Hash("password")));
}

TEST_F(PasswordHasherTest, Verify_BrokenHash_IsDataLoss) {
  const Result<bool> result = RunTask(shard_, hasher_.Verify("password", "$argon2id$v=19$m=8"));
  EXPECT_EQ(result.status().code(), StatusCode::kDataLoss);
}

TEST_F(PasswordHasherTest, VerifyNobody_NeverMatches) {
  EXPECT_FALSE(*RunTask(shard_, hasher_.VerifyNobody("nobody")));
  EXPECT_FALSE(*RunTask(shard_, hasher_.VerifyNobody("")));
}

TEST_F(PasswordHasherTest, NeedsRehash_WhereTheCostDiffers) {
  const std::string hash = *RunTask(shard_, hasher_.Hash("password"));
  EXPECT_FALSE(hasher_.NeedsRehash(hash));
  const PasswordHasher dearer({.memory_kib = 16, .passes = 1}, pool_);
  EXPECT_TRUE(dearer.NeedsRehash(hash));
}

TEST_F(PasswordHasherTest, PoolStopped_Unavailable) {
  pool_.Stop();
  const Status busy = RunTask(shard_, hasher_.Hash("password")).status();
  EXPECT_EQ(busy.code(), StatusCode::kUnavailable);
  EXPECT_TRUE(busy.retry_after());
  EXPECT_EQ(RunTask(shard_, hasher_.VerifyNobody("password")).status().code(),
            StatusCode::kUnavailable);
}

TEST(PasswordHasher, CostThatCannotBe_Throws) {
  runtime::BlockingPool pool(1, 1);
  EXPECT_THROW(PasswordHasher({.memory_kib = 1, .passes = 1}, pool), std::runtime_error);
}

}  // namespace
}  // namespace parley::auth
