#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/account_stores.h"
#include "storage/cassandra/testing/account_keyspace.h"
#include "storage/cassandra/testing/fault_session.h"
#include "storage/testing/people.h"

// Answers of the database that are lost: what was done is found out, never guessed. On three real
// nodes.
namespace parley::storage::cassandra {
namespace {

using namespace std::chrono_literals;

AuditEntry NewEntry(std::optional<UserId> admin, AuditAction action) {
  AuditEntry entry;
  entry.id = NewId<AuditId>();
  entry.at = kNow;
  entry.admin = admin;
  entry.action = action;
  return entry;
}

/// Every test runs twice: what timed out was done, or was not.
class AccountFaults : public testing::TestWithParam<Fault> {
 protected:
  void SetUp() override {
    ASSERT_NE(AccountKeyspace::session(), nullptr);
    session_ = std::make_unique<FaultSession>(*AccountKeyspace::session());
    Result<std::unique_ptr<AccountStores>> stores = AccountStores::Open(*session_, clock_);
    ASSERT_TRUE(stores.ok()) << stores.status().ToString();
    stores_ = *std::move(stores);
  }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  void Lose(const std::string& statement, int passes = 0) {
    session_->Fail(statement, GetParam(), passes);
  }

  AccountStore& accounts() { return stores_->accounts(); }
  AdminStore& admin() { return stores_->admin(); }

  User Make(bool admin = false) {
    User user = NewUser();
    user.admin = admin;
    EXPECT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
    return user;
  }

  FakeClock clock_{kNow};
  runtime::Shard shard_;
  std::unique_ptr<FaultSession> session_;
  std::unique_ptr<AccountStores> stores_;
};

TEST_P(AccountFaults, ClaimOfAName_IsFoundOut) {
  const User user = NewUser();
  Lose("usernames.claim");
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
}

TEST_P(AccountFaults, WritingAnAccount_IsFoundOut) {
  const User user = NewUser();
  Lose("users.write");
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "hash");
}

TEST_P(AccountFaults, ChangingAnAccount_HappensOnce) {
  const User user = Make();
  Lose("users.write");
  UserPatch patch;
  patch.display_name = "Anna D.";
  EXPECT_EQ(Run(accounts().UpdateUser(user.id, patch))->display_name, "Anna D.");
  const auto row = Run(stores_->users().Read(user.id, UserPart::kPerson));
  EXPECT_EQ(row->version.number, 2);
}

TEST_P(AccountFaults, WhatCannotBeFoundOut_IsUnknown) {
  const User user = Make();
  Lose("users.write");
  for (int i = 0; i < 10; ++i) session_->Fail("users.settle", Fault::kUnknownNotDone);
  EXPECT_EQ(Run(accounts().SetPasswordHash(user.id, "new")).code(), StatusCode::kUnknown);
  const std::string now = *Run(accounts().FindPasswordHash(user.id));
  EXPECT_EQ(now, GetParam() == Fault::kUnknownDone ? "new" : "hash");
}

TEST_P(AccountFaults, SigningInAndOut_AreFoundOut) {
  const parley::Session session = NewSession(NewId<UserId>());
  Lose("users.write");
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  EXPECT_EQ(*Run(accounts().FindSession(session.token_hash)), session);
  Lose("users.write");
  ASSERT_TRUE(Run(accounts().DeleteSession(session.user, session.id)).ok());
  EXPECT_FALSE(Run(accounts().FindSession(session.token_hash)).ok());
}

TEST_P(AccountFaults, DecidingAStep_IsFoundOut_AndItIsInTheLogOnce) {
  const User ann = Make(true);
  const User bo = Make();
  for (int passes = 0; passes < 2; ++passes) {  // deciding, then ending the step
    Lose("administration.write", passes);
    AccountChange change;
    change.disabled = passes == 0;
    change.audit = {NewEntry(ann.id, AuditAction::kPersonDisable)};
    const auto changed = Run(admin().ChangeAccount(bo.id, change));
    ASSERT_TRUE(changed.ok()) << changed.status().ToString();
    EXPECT_EQ(Run(accounts().FindUser(bo.id))->disabled, passes == 0);
    const std::vector<AuditEntry> log = *Run(admin().ListAudit(std::nullopt, 1'000));
    EXPECT_EQ(std::ranges::count(log, change.audit.front()), 1);
  }
}

TEST_P(AccountFaults, StepOfWhichABitFails_IsDoneByTheNext) {
  const User ann = Make(true);
  const std::string name = NewName("setting");
  const auto write = [&](std::string value) {
    return Run(admin().WriteSetting(name, std::move(value),
                                    NewEntry(ann.id, AuditAction::kSettingsRegistration)));
  };
  for (int i = 0; i < 3; ++i) session_->Fail("settings.write", Fault::kRefused);
  EXPECT_EQ(write("closed").code(), StatusCode::kUnknown);
  EXPECT_EQ(*Run(admin().ReadSetting(name)), std::nullopt);
  ASSERT_TRUE(Run(admin().DropAudit(TimePoint())).ok());
  EXPECT_EQ(*Run(admin().ReadSetting(name)), "closed");
}

TEST_P(AccountFaults, ClaimsAreMadeAndUsedOnce) {
  const TokenHash token = NewToken();
  const User ann = Make();
  Lose("admin_claims.insert");
  ASSERT_TRUE(Run(admin().CreateAdminClaim(token)).ok());
  const auto use = [&] {
    return Run(admin().UseAdminClaim(token, ann.id, NewEntry(ann.id, AuditAction::kAdminClaim)));
  };
  Lose("admin_claims.delete");
  EXPECT_TRUE(use()->admin);
  EXPECT_EQ(use().status().code(), StatusCode::kNotFound);
}

TEST_P(AccountFaults, InvitationsAreUsedAsOftenAsAccountsAreMade) {
  Invitation invitation{.id = NewId<InvitationId>(),
                        .token_hash = NewToken(),
                        .created_by = NewId<UserId>(),
                        .created_at = kNow,
                        .expires_at = kNow + 24h,
                        .max_uses = 9};
  Lose("invitations.write");
  ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
  for (int passes = 0; passes < 2; ++passes) {  // reserving, then counting
    Lose("invitations.write", passes);
    ASSERT_TRUE(Run(admin().CreateInvitedUser(NewUser(), "hash", invitation.token_hash)).ok());
  }
  const auto row =
      Run(stores_->invitations().Read({.created_by = invitation.created_by, .id = invitation.id}));
  EXPECT_EQ(row->invitation.used, 2U);
  EXPECT_TRUE(row->making.empty());
}

TEST_P(AccountFaults, InvitedAccountThatIsNotMade_GivesItsUseBack) {
  const Invitation invitation{.id = NewId<InvitationId>(),
                              .token_hash = NewToken(),
                              .created_by = NewId<UserId>(),
                              .created_at = kNow,
                              .expires_at = kNow + 24h};
  ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
  const User user = NewUser();
  session_->Fail("users.write", Fault::kRefused);
  EXPECT_EQ(Run(admin().CreateInvitedUser(user, "hash", invitation.token_hash)).status().code(),
            StatusCode::kUnavailable);
  EXPECT_FALSE(Run(accounts().FindUserByName(user.username)).ok());
  EXPECT_EQ(Run(admin().FindInvitation(invitation.id))->used, 0U);
  EXPECT_TRUE(
      Run(admin().CreateInvitedUser(NewUser(user.username), "hash", invitation.token_hash)).ok());
}

TEST_P(AccountFaults, KeysAreTheSameForAll) {
  const std::string name = NewName("key");
  SecretKey key;
  SystemRandom().Fill(key);
  Lose("secret_keys.insert");
  EXPECT_EQ(*Run(stores_->meta().GetOrCreateKey(name, key)), key);
  EXPECT_EQ(*Run(stores_->meta().GetOrCreateKey(name, SecretKey())), key);
}

INSTANTIATE_TEST_SUITE_P(TimedOut, AccountFaults,
                         testing::Values(Fault::kUnknownDone, Fault::kUnknownNotDone),
                         [](const testing::TestParamInfo<Fault>& info) {
                           return info.param == Fault::kUnknownDone ? "Done" : "NotDone";
                         });

}  // namespace
}  // namespace parley::storage::cassandra
