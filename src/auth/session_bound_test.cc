// AccountService: how many sessions a person may have.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/accounts.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::auth {
namespace {

using runtime::Task;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kPassword[] = "correct horse";

class SessionBoundTest : public testing::Test {
 protected:
  AccountService Service(std::size_t sessions) {
    Limits limits;
    limits.sessions_per_person = sessions;
    return {store_.accounts(), hasher_, clock_, random_, {}, limits};
  }
  template <class T>
  T Run(Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  SignedIn Register(AccountService& accounts) {
    return *Run(accounts.Register({.username = "ann",
                                   .password = kPassword,
                                   .display_name = {},
                                   .email = {},
                                   .invite = {},
                                   .device_name = "laptop",
                                   .address = {}}));
  }
  SignedIn Login(AccountService& accounts) {
    clock_.Advance(hours(1));
    return *Run(accounts.Login({"ann", kPassword, "phone"}));
  }
  static bool IsAlive(Task<Result<Caller>> authenticated, runtime::Shard& shard) {
    return runtime::RunTask(shard, std::move(authenticated)).ok();
  }
  std::vector<Session> Stored(UserId user) { return *Run(store_.accounts().ListSessions(user)); }

  runtime::Shard shard_;
  runtime::BlockingPool pool_{1, 16};
  storage::memory::FakeStore store_;
  FakeClock clock_;
  FakeRandom random_;
  PasswordHasher hasher_{{.memory_kib = 8, .passes = 1}, pool_};
};

TEST_F(SessionBoundTest, OneTooMany_EndsTheLeastRecentlyUsed) {
  AccountService accounts = Service(3);
  const SignedIn first = Register(accounts);
  const SignedIn second = Login(accounts);
  const SignedIn third = Login(accounts);
  EXPECT_THAT(third.ended, IsEmpty());
  clock_.Advance(hours(1));
  ASSERT_TRUE(IsAlive(accounts.Authenticate(first.token), shard_));  // used last of all
  EXPECT_THAT(Login(accounts).ended, ElementsAre(second.session.id));
  EXPECT_FALSE(IsAlive(accounts.Authenticate(second.token), shard_));
  EXPECT_THAT(Login(accounts).ended, ElementsAre(third.session.id));
  EXPECT_TRUE(IsAlive(accounts.Authenticate(first.token), shard_));
  EXPECT_THAT(Stored(first.user.id), SizeIs(3));
}

TEST_F(SessionBoundTest, OneAlone_IsTheNewest) {
  AccountService accounts = Service(1);
  const SignedIn first = Register(accounts);
  const SignedIn second = Login(accounts);
  EXPECT_THAT(second.ended, ElementsAre(first.session.id));
  EXPECT_TRUE(IsAlive(accounts.Authenticate(second.token), shard_));
}

TEST_F(SessionBoundTest, WhatHasExpired_GoesAtTheNextSignIn) {
  AccountService accounts = Service(100);
  const SignedIn first = Register(accounts);
  clock_.Advance(kSessionLifetime);
  EXPECT_THAT(Login(accounts).ended, ElementsAre(first.session.id));
  EXPECT_THAT(Stored(first.user.id), SizeIs(1));
}

}  // namespace
}  // namespace parley::auth
