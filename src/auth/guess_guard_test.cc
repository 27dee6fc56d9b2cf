#include "auth/guess_guard.h"

#include <memory>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/accounts.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::auth {
namespace {

using limits::ClientAddress;
using limits::SteadyTime;
using runtime::Task;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kPassword[] = "correct horse";

ClientAddress Address(int number) {
  return ClientAddress::Parse(fmt::format("192.0.2.{}", number)).value_or(ClientAddress());
}

/// Accounts behind a guard whose clock stands still and whose delays are noted, not waited for.
class GuessGuardTest : public testing::Test {
 protected:
  static constexpr std::size_t kHere = 3;  ///< failures from one address
  static constexpr std::size_t kAll = 6;   ///< from all

  static limits::RateSettings Rates() {
    limits::RateSettings rates;
    rates.guesses = {.per_minute = 1, .burst = kHere};
    rates.guesses_all = {.per_minute = 60, .burst = kAll};
    rates.password_delay = seconds(5);
    return rates;
  }
  GuessOptions Options() {
    GuessOptions options;
    options.sleep = [this](milliseconds delay) { return Note(&delays_, delay); };
    return options;
  }
  static Task<void> Note(std::vector<milliseconds>* delays, milliseconds delay) {
    delays->push_back(delay);
    co_return;
  }
  template <class T>
  T Run(Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  StatusCode Login(std::string name, std::string password, int address) {
    return Run(accounts_.Login({std::move(name), std::move(password), "", Address(address)}))
        .status()
        .code();
  }
  StatusCode Guess(int address, std::string name = "ann") {
    return Login(std::move(name), "wrong horse", address);
  }
  /// Guesses from so many addresses that everybody is delayed.
  void Attack(const std::string& name = "ann") {
    for (int address = 100; address < 110; ++address) {
      for (std::size_t i = 0; i < kHere; ++i) Guess(address, name);
    }
    delays_.clear();
  }
  Caller Register(const std::string& name, int address) {
    const Result<SignedIn> made = Run(accounts_.Register({.username = name,
                                                          .password = kPassword,
                                                          .display_name = {},
                                                          .email = {},
                                                          .invite = {},
                                                          .device_name = "",
                                                          .address = Address(address)}));
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    return {made->user.id, made->session.id};
  }

  SteadyTime now_{std::chrono::hours(1)};
  FakeRandom random_;
  limits::RateLimits rates_{Rates(), true, random_, [this] { return now_; }};
  std::vector<milliseconds> delays_;
  GuessGuard guard_{rates_, random_, Options()};
  runtime::Shard shard_;
  runtime::BlockingPool pool_{1, 16};
  storage::memory::FakeStore store_;
  FakeClock clock_;
  PasswordHasher hasher_{{.memory_kib = 8, .passes = 1}, pool_};
  AccountService accounts_{store_.accounts(), hasher_, clock_, random_, {}, Limits(), &guard_};
  const Caller ann_ = Register("ann", 1);
};

TEST_F(GuessGuardTest, OneAddress_IsRefusedBeyondItsFailures) {
  for (std::size_t i = 0; i < kHere; ++i) EXPECT_EQ(Guess(2), StatusCode::kUnauthenticated);
  const Status refused =
      Run(accounts_.Login({"ann", kPassword, "", Address(2)})).status();  // right, and too late
  EXPECT_EQ(refused.code(), StatusCode::kRateLimited);
  EXPECT_EQ(refused.retry_after(), minutes(1));
  EXPECT_EQ(Guess(2, "bob"), StatusCode::kUnauthenticated);  // another name
  now_ += minutes(1);
  EXPECT_EQ(Login("ann", kPassword, 2), StatusCode::kOk);
}

TEST_F(GuessGuardTest, Success_ForgetsWhatFailed) {
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = 1; i < kHere; ++i) EXPECT_EQ(Guess(2), StatusCode::kUnauthenticated);
    EXPECT_EQ(Login("ann", kPassword, 2), StatusCode::kOk);
  }
}

TEST_F(GuessGuardTest, TheNameCountsInEitherCase) {
  EXPECT_EQ(Guess(2, "ANN"), StatusCode::kUnauthenticated);
  EXPECT_EQ(Guess(2, "Ann"), StatusCode::kUnauthenticated);
  EXPECT_EQ(Guess(2, "ann"), StatusCode::kUnauthenticated);
  EXPECT_EQ(Guess(2, "aNN"), StatusCode::kRateLimited);
}

TEST_F(GuessGuardTest, ManyAddresses_DoNotLockTheOwnerOut) {
  Attack();
  EXPECT_EQ(Login("ann", kPassword, 3), StatusCode::kOk);  // from where she never was
  EXPECT_THAT(delays_, ElementsAre(seconds(5)));
  delays_.clear();
  EXPECT_EQ(Login("ann", kPassword, 3), StatusCode::kOk);  // known by now
  EXPECT_EQ(Login("ann", kPassword, 1), StatusCode::kOk);  // where she made the account
  EXPECT_THAT(delays_, IsEmpty());
}

TEST_F(GuessGuardTest, ManyAddresses_AreDelayedMoreAndMore) {
  std::vector<milliseconds> wanted;
  for (int address = 10; address < 25; ++address) {
    EXPECT_EQ(Guess(address), StatusCode::kUnauthenticated);
    const int beyond = address - 9 - static_cast<int>(kAll);
    if (beyond > 0) wanted.emplace_back(std::min(beyond, 5) * 1'000);
  }
  EXPECT_EQ(delays_, wanted);
  now_ += minutes(2);
  delays_.clear();
  EXPECT_EQ(Guess(30), StatusCode::kUnauthenticated);
  EXPECT_THAT(delays_, IsEmpty());
}

TEST_F(GuessGuardTest, NamesOfNobody_AreTreatedAlike) {
  for (const std::string& name : {std::string("nobody"), std::string(1'000, 'x'), std::string()}) {
    for (std::size_t i = 0; i < kHere; ++i) EXPECT_EQ(Guess(2, name), StatusCode::kUnauthenticated);
    EXPECT_EQ(Guess(2, name), StatusCode::kRateLimited);
    Attack(name);
    EXPECT_EQ(Guess(3, name), StatusCode::kUnauthenticated);
    EXPECT_THAT(delays_, ElementsAre(seconds(5)));
  }
}

TEST_F(GuessGuardTest, ARefusal_CostsNoHashWhoeverHasTheName) {
  for (const char* name : {"ann", "nobody"}) {
    for (std::size_t i = 0; i < kHere; ++i) Guess(2, name);
  }
  pool_.Stop();
  for (const char* name : {"ann", "nobody"}) {
    EXPECT_EQ(Guess(2, name), StatusCode::kRateLimited);
    EXPECT_EQ(Guess(3, name), StatusCode::kUnavailable);  // here a hash is asked for
  }
}

TEST_F(GuessGuardTest, WhatNobodyLookedAt_DoesNotCount) {
  pool_.Stop();
  for (std::size_t i = 0; i < 3 * kAll; ++i) EXPECT_EQ(Guess(2), StatusCode::kUnavailable);
  EXPECT_THAT(delays_, IsEmpty());
}

TEST_F(GuessGuardTest, OldPassword_IsGuessedNoMoreOftenThanAtSignIn) {
  const auto change = [this](std::string old_password) {
    return Run(accounts_.ChangePassword(ann_, std::move(old_password), kPassword, Address(2)))
        .status()
        .code();
  };
  EXPECT_EQ(change("wrong horse"), StatusCode::kPermissionDenied);
  EXPECT_EQ(Guess(2), StatusCode::kUnauthenticated);
  EXPECT_EQ(change("wrong horse"), StatusCode::kPermissionDenied);
  EXPECT_EQ(change(kPassword), StatusCode::kRateLimited);
  now_ += minutes(1);
  EXPECT_EQ(change(kPassword), StatusCode::kOk);
  EXPECT_EQ(change(kPassword), StatusCode::kOk);
}

TEST_F(GuessGuardTest, Off_LimitsNothing) {
  const std::size_t before = guard_.buckets();
  rates_.Set(Rates(), false);
  for (std::size_t i = 0; i < 3 * kAll; ++i) EXPECT_EQ(Guess(2), StatusCode::kUnauthenticated);
  EXPECT_THAT(delays_, IsEmpty());
  EXPECT_EQ(guard_.buckets(), before);
}

TEST_F(GuessGuardTest, AFloodOfNames_StaysBounded) {
  GuessOptions options = Options();
  options.names = 64;
  options.known_addresses = 64;
  GuessGuard guard(rates_, random_, options);
  AccountService accounts(store_.accounts(), hasher_, clock_, random_, {}, Limits(), &guard);
  for (int i = 0; i < 2'000; ++i) {
    const Credentials credentials{fmt::format("name{}", i), kPassword, "", Address(2)};
    EXPECT_EQ(Run(accounts.Login(credentials)).status().code(), StatusCode::kUnauthenticated);
  }
  EXPECT_LE(guard.buckets(), 2 * 64U + 64U);
}

/// Tries that hold their place, and delays that do not end.
class HeldTries : public GuessGuardTest {
 protected:
  static Task<void> Hold(HeldTries* self, GuessGuard* guard, std::string name, int address) {
    Result<GuessGuard::Try> attempt = co_await guard->Enter(std::move(name), Address(address));
    self->told_.push_back(attempt.status().code());
    if (attempt.ok()) self->tries_.push_back(*std::move(attempt));
  }
  void Enter(GuessGuard& guard, const std::string& name, int address) {
    runtime::Spawn(shard_, "hold", Hold(this, &guard, name, address));
    shard_.RunUntilIdle();
  }

  std::vector<StatusCode> told_;
  std::vector<GuessGuard::Try> tries_;
};

TEST_F(HeldTries, OneAddress_HasFewUnderWay) {
  for (int i = 0; i < 6; ++i) Enter(guard_, fmt::format("name{}", i), 2);
  EXPECT_THAT(told_, SizeIs(4));
  EXPECT_EQ(guard_.waiting(), 2U);
  Enter(guard_, "ann", 3);  // somebody else need not wait
  EXPECT_THAT(told_, SizeIs(5));
  tries_.clear();
  shard_.RunUntilIdle();
  EXPECT_THAT(told_, SizeIs(7));
  EXPECT_THAT(told_, testing::Each(StatusCode::kOk));
  tries_.clear();
}

TEST_F(HeldTries, ThatNobodyLookedAt_PayNoDebtOfOthers) {
  Attack();
  for (int address = 10; address < 20; ++address) Enter(guard_, "ann", address);
  ASSERT_THAT(tries_, SizeIs(10));
  for (GuessGuard::Try& attempt : tries_) {
    attempt.Settle(Unavailable("too many hashes wait"), StatusCode::kUnauthenticated);
  }
  tries_.clear();
  delays_.clear();
  EXPECT_EQ(Guess(3), StatusCode::kUnauthenticated);
  EXPECT_THAT(delays_, ElementsAre(seconds(5)));
}

TEST_F(HeldTries, Delays_AreBoundedPerAddressAndOverAll) {
  GuessOptions options;
  options.delayed_per_address = 2;
  options.delayed = 3;
  options.sleep = [](milliseconds) { return runtime::Sleep(std::chrono::hours(1)); };
  GuessGuard guard(rates_, random_, options);
  for (int address = 10; address < 16; ++address) Enter(guard, "ann", address);
  EXPECT_THAT(told_, SizeIs(kAll));
  Enter(guard, "ann", 20);
  Enter(guard, "ann", 20);
  EXPECT_THAT(told_, SizeIs(kAll));
  Enter(guard, "ann", 20);  // refused by its address: never more than two of it wait
  EXPECT_EQ(told_.back(), StatusCode::kRateLimited);
  EXPECT_EQ(guard.delayed(), 2U);
  Enter(guard, "ann", 21);
  Enter(guard, "ann", 21);  // refused for want of room over all
  EXPECT_EQ(guard.delayed(), 3U);
  EXPECT_THAT(told_, SizeIs(kAll + 2));
  EXPECT_EQ(told_.back(), StatusCode::kRateLimited);
  Enter(guard, "ann", 22);  // the only one of its address: nobody can lock it out
  EXPECT_EQ(guard.delayed(), 4U);
  EXPECT_THAT(told_, SizeIs(kAll + 2));
  tries_.clear();
  shard_.Stop();
  shard_.Discard();
  EXPECT_EQ(guard.delayed(), 0U);
}

}  // namespace
}  // namespace parley::auth
