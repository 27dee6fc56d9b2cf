#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "runtime/shard.h"
#include "runtime/testing/run_task.h"
#include "storage/cassandra/account_stores.h"
#include "storage/cassandra/testing/account_keyspace.h"
#include "storage/testing/people.h"

// What is left where a process dies between two steps, and who mends it. On three real nodes.
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

class AccountSteps : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(AccountKeyspace::session(), nullptr);
    Result<std::unique_ptr<AccountStores>> stores =
        AccountStores::Open(*AccountKeyspace::session(), clock_);
    ASSERT_TRUE(stores.ok()) << stores.status().ToString();
    stores_ = *std::move(stores);
  }

  template <class T>
  T Run(runtime::Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }

  AccountStore& accounts() { return stores_->accounts(); }
  AdminStore& admin() { return stores_->admin(); }
  AdminJournal& journal() { return stores_->journal(); }
  InvitationUses& uses() { return stores_->invitation_uses(); }

  User Make(bool admin = false) {
    User user = NewUser();
    user.admin = admin;
    EXPECT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
    return user;
  }

  Invitation Invite() {
    Invitation invitation{.id = NewId<InvitationId>(),
                          .token_hash = NewToken(),
                          .created_by = NewId<UserId>(),
                          .created_at = kNow,
                          .expires_at = kNow + 24h};
    EXPECT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
    return invitation;
  }

  std::uint32_t UsedOf(const Invitation& invitation) {
    return Run(admin().FindInvitation(invitation.id))->used;
  }

  FakeClock clock_{kNow};
  runtime::Shard shard_;
  std::unique_ptr<AccountStores> stores_;
};

InvitationRows::Place PlaceOf(const Invitation& invitation) {
  return {.created_by = invitation.created_by, .id = invitation.id};
}

// -- The journal ----------------------------------------------------------------------------------

AdminStep Disabling(UserId user, UserId by) {
  AdminStep step;
  step.user = user;
  step.disabled = true;
  step.sessions = SessionsAfter::kEnded;
  step.audit = {NewEntry(by, AuditAction::kPersonDisable)};
  return step;
}

TEST_F(AccountSteps, StepThatWasDecided_IsDoneByTheNextWhoComes) {
  const User ann = Make(true);
  const User bo = Make();
  const parley::Session session = NewSession(bo.id);
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  const AdminStep step = Disabling(bo.id, ann.id);
  ASSERT_TRUE(Run(journal().Decide(step, Entitled::kAdministrators))->has_value());
  EXPECT_FALSE(Run(accounts().FindUser(bo.id))->disabled);  // and then its node died

  const std::vector<AuditEntry> log = *Run(admin().ListAudit(std::nullopt, 1'000));
  EXPECT_EQ(std::ranges::count(log, step.audit.front()), 1);
  EXPECT_TRUE(Run(accounts().FindUser(bo.id))->disabled);
  EXPECT_FALSE(Run(accounts().FindSession(session.token_hash)).ok());
  EXPECT_EQ(Run(accounts().CreateSession(NewSession(bo.id))).code(), StatusCode::kPermissionDenied);
}

TEST_F(AccountSteps, StepDoneAgain_ByWhoSleptMeanwhile_ChangesNothing) {
  const User ann = Make(true);
  const User bo = Make();
  const AdminStep step = Disabling(bo.id, ann.id);
  const std::int64_t number = **Run(journal().Decide(step, Entitled::kAdministrators));
  ASSERT_TRUE(Run(journal().FinishPending()).ok());
  AccountChange enabling;
  enabling.disabled = false;
  enabling.audit = {NewEntry(ann.id, AuditAction::kPersonEnable)};
  ASSERT_TRUE(Run(admin().ChangeAccount(bo.id, enabling)).ok());
  const parley::Session session = NewSession(bo.id);
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());

  ASSERT_TRUE(Run(journal().Do(step, number)).ok());
  EXPECT_FALSE(Run(accounts().FindUser(bo.id))->disabled);
  EXPECT_TRUE(Run(accounts().FindSession(session.token_hash)).ok());
}

TEST_F(AccountSteps, OldSettingWrittenLate_LosesToTheNewOne) {
  const User ann = Make(true);
  const std::string name = NewName("setting");
  AdminStep step;
  step.setting = SettingChange{.name = name, .value = "old"};
  step.audit = {NewEntry(ann.id, AuditAction::kSettingsRegistration)};
  const std::int64_t number = **Run(journal().Decide(step, Entitled::kAdministrators));
  ASSERT_TRUE(
      Run(admin().WriteSetting(name, "new", NewEntry(ann.id, AuditAction::kSettingsRegistration)))
          .ok());
  ASSERT_TRUE(Run(journal().Do(step, number)).ok());
  EXPECT_EQ(*Run(admin().ReadSetting(name)), "new");
}

TEST_F(AccountSteps, AdminWhoWasUnmadeByAStepUnderWay_MayDoNothing) {
  const User ann = Make(true);
  const User bo = Make(true);
  AdminStep step;
  step.user = ann.id;
  step.admin = false;
  step.audit = {NewEntry(bo.id, AuditAction::kPersonDemote)};
  ASSERT_TRUE(Run(journal().Decide(step, Entitled::kAdministrators))->has_value());
  // Nobody has done it yet, but it is decided.
  EXPECT_EQ(
      Run(admin().WriteSetting("test", "x", NewEntry(ann.id, AuditAction::kSettingsRegistration)))
          .code(),
      StatusCode::kPermissionDenied);
  EXPECT_FALSE(Run(accounts().FindUser(ann.id))->admin);
}

TEST_F(AccountSteps, ClaimThatWasUsed_IsGone_ThoughItsNodeDied) {
  const TokenHash token = NewToken();
  const User ann = Make();
  const User bo = Make();
  ASSERT_TRUE(Run(admin().CreateAdminClaim(token)).ok());
  AdminStep step;
  step.claim = token;
  step.user = ann.id;
  step.admin = true;
  ASSERT_TRUE(Run(journal().Decide(step, Entitled::kAnyone))->has_value());
  EXPECT_EQ(Run(admin().UseAdminClaim(token, bo.id, NewEntry(bo.id, AuditAction::kAdminClaim)))
                .status()
                .code(),
            StatusCode::kNotFound);
  EXPECT_TRUE(Run(accounts().FindUser(ann.id))->admin);
  EXPECT_FALSE(Run(accounts().FindUser(bo.id))->admin);
}

// -- Names ----------------------------------------------------------------------------------------

TEST_F(AccountSteps, NameOfAnAccountThatNeverCame_IsFreeAfterAMinute) {
  const User gone = NewUser();
  ASSERT_TRUE(Run(stores_->names().Claim(gone.username, gone.id, kNow)).ok());
  EXPECT_EQ(Run(accounts().FindUserByName(gone.username)).status().code(), StatusCode::kNotFound);
  User next = NewUser(gone.username);
  EXPECT_EQ(Run(accounts().CreateUser(next, "hash")).code(), StatusCode::kConflict);
  next.created_at = kNow + kMakingTime;
  ASSERT_TRUE(Run(accounts().CreateUser(next, "hash")).ok());
  EXPECT_EQ(*Run(accounts().FindUserByName(next.username)), next);

  // It slept, and goes on: it has been abandoned.
  EXPECT_FALSE(Run(accounts().CreateUser(gone, "hash")).ok());
  EXPECT_EQ(Run(accounts().FindUser(gone.id)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(*Run(accounts().FindUserByName(next.username)), next);
}

TEST_F(AccountSteps, AccountMadeTwice_WithTheSameId_StaysAsItWas) {
  const User user = NewUser();
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  EXPECT_EQ(Run(accounts().CreateUser(user, "other")).code(), StatusCode::kConflict);
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "hash");
}

TEST_F(AccountSteps, AbandonedAccount_CannotBeMadeAnyMore) {
  const User user = NewUser();
  ASSERT_TRUE(Run(stores_->names().Claim(user.username, user.id, kNow)).ok());
  EXPECT_FALSE(*Run(stores_->names().Settle(user.id, user.username)));
  EXPECT_EQ(Run(accounts().CreateUser(user, "hash")).code(), StatusCode::kUnavailable);
  EXPECT_TRUE(Run(accounts().CreateUser(NewUser(user.username), "hash")).ok());
}

// -- Invitations ----------------------------------------------------------------------------------

TEST_F(AccountSteps, UseOfAnAccountThatNeverCame_IsGivenBackAfterAMinute) {
  const Invitation invitation = Invite();
  const User gone = NewUser();
  ASSERT_TRUE(Run(uses().Reserve(PlaceOf(invitation), gone)).ok());
  EXPECT_EQ(UsedOf(invitation), 1U);
  EXPECT_EQ(
      Run(admin().CreateInvitedUser(NewUser(), "hash", invitation.token_hash)).status().code(),
      StatusCode::kNotFound);

  clock_.Advance(kMakingTime);
  EXPECT_TRUE(Run(admin().FindInvitationByToken(invitation.token_hash))->IsGood(clock_.Now()));
  EXPECT_TRUE(Run(admin().CreateInvitedUser(NewUser(), "hash", invitation.token_hash)).ok());
  EXPECT_EQ(UsedOf(invitation), 1U);
  EXPECT_FALSE(Run(accounts().CreateUser(gone, "hash")).ok());  // it had been abandoned
}

TEST_F(AccountSteps, UseOfAnAccountThatCame_IsCounted_ThoughItsNodeDied) {
  const Invitation invitation = Invite();
  const User user = NewUser();
  ASSERT_TRUE(Run(uses().Reserve(PlaceOf(invitation), user)).ok());
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());

  clock_.Advance(kMakingTime);
  EXPECT_EQ(Run(admin().FindInvitationByToken(invitation.token_hash))->used, 1U);
  const auto row = Run(stores_->invitations().Read(PlaceOf(invitation)));
  EXPECT_EQ(row->invitation.used, 1U);
  EXPECT_TRUE(row->making.empty());
  EXPECT_TRUE(
      Run(uses().Conclude(PlaceOf(invitation), user.id, true)).ok());  // late, by who made it
  EXPECT_EQ(UsedOf(invitation), 1U);
}

// -- Searching ------------------------------------------------------------------------------------

TEST_F(AccountSteps, RowsOfNamesThatPeopleDoNotHave_AreNotFound_AndHideNobody) {
  const std::string tag = NewName("q");
  std::vector<User> users;
  for (int i = 0; i < 3; ++i) {
    users.push_back(NewUser(std::string(1, static_cast<char>('a' + i)) + NewName()));
    users.back().display_name = tag + " " + std::to_string(i);
    ASSERT_TRUE(Run(accounts().CreateUser(users.back(), "hash")).ok());
  }
  // A rename that died after its name was decided, before its old rows were deleted.
  const auto renamed =
      Run(stores_->users().Change(users[0].id, UserPart::kPerson, [](UserRow& row) -> Result<bool> {
        row.user->display_name = "Somebody";
        return true;
      }));
  ASSERT_TRUE(renamed.ok());
  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 1, "")), std::vector{users[1]});
  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 9, "")), (std::vector{users[1], users[2]}));
}

TEST_F(AccountSteps, RenamedBackAndForth_IsFoundByTheLastName) {
  const User user = Make();
  const std::string one = NewName("x");
  const std::string other = NewName("y");
  for (const std::string& name : {one, other, one, other, one}) {
    UserPatch patch;
    patch.display_name = name;
    ASSERT_TRUE(Run(accounts().UpdateUser(user.id, patch)).ok());
  }
  EXPECT_EQ(Run(accounts().SearchUsers(one, 9, ""))->size(), 1U);
  EXPECT_TRUE(Run(accounts().SearchUsers(other, 9, ""))->empty());
}

TEST_F(AccountSteps, ShortPrefix_FindsThroughAllPartitions) {
  // Letters that no other test uses.
  std::vector<User> users;
  for (const char* name : {"zq_a", "zqa", "zqb.c"}) {
    users.push_back(NewUser(name + NewName("")));
    ASSERT_TRUE(Run(accounts().CreateUser(users.back(), "hash")).ok());
  }
  EXPECT_EQ(*Run(accounts().SearchUsers("ZQ", 9, "")), users);
  EXPECT_EQ(*Run(accounts().SearchUsers("zqa", 9, "")), std::vector{users[1]});
  EXPECT_EQ(*Run(accounts().SearchUsers("z", 2, users[0].username)),
            (std::vector{users[1], users[2]}));
}

// -- Changes at once ------------------------------------------------------------------------------

TEST_F(AccountSteps, DisabledWhileSigningIn_LeavesNoSession) {
  const User ann = Make(true);
  for (int round = 0; round < 5; ++round) {
    const User bo = Make();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        runtime::Shard shard;
        const Status signed_in =
            runtime::RunTask(shard, accounts().CreateSession(NewSession(bo.id)));
        EXPECT_TRUE(signed_in.ok() || signed_in.code() == StatusCode::kPermissionDenied)
            << signed_in.ToString();
      });
    }
    AccountChange change;
    change.disabled = true;
    change.sessions = SessionsAfter::kEnded;
    change.audit = {NewEntry(ann.id, AuditAction::kPersonDisable)};
    EXPECT_TRUE(Run(admin().ChangeAccount(bo.id, change)).ok());
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(Run(accounts().ListSessions(bo.id))->empty());
  }
}

}  // namespace
}  // namespace parley::storage::cassandra
