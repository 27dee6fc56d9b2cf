#include <algorithm>
#include <string>
#include <vector>

#include "storage/testing/people.h"
#include "storage/testing/store_contract.h"

namespace parley::storage {

void LinkAdminContract() {}

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAll = 1'000;

AuditEntry NewEntry(std::optional<UserId> admin, AuditAction action, TimePoint at = kNow) {
  SystemRandom random;
  AuditEntry entry;
  entry.id = AuditId(Uuid::Version7(at, random));
  entry.at = at;
  entry.admin = admin;
  entry.action = action;
  return entry;
}

Invitation NewInvitation(UserId creator, TimePoint created_at = kNow) {
  SystemRandom random;
  Invitation invitation;
  invitation.id = InvitationId(Uuid::Version7(created_at, random));
  invitation.token_hash = NewToken();
  invitation.created_by = creator;
  invitation.created_at = created_at;
  invitation.expires_at = created_at + 1h;
  return invitation;
}

AccountChange Disabling(bool disabled, AuditEntry entry) {
  AccountChange change;
  change.disabled = disabled;
  if (disabled) change.sessions = SessionsAfter::kEnded;
  change.audit = {std::move(entry)};
  return change;
}

AccountChange SettingAdmin(bool admin, AuditEntry entry) {
  AccountChange change;
  change.admin = admin;
  change.audit = {std::move(entry)};
  return change;
}

/// Somebody who is in the store.
User Make(AccountStore& accounts, runtime::Shard& shard, bool admin = false) {
  User user = NewUser();
  user.admin = admin;
  EXPECT_TRUE(runtime::RunTask(shard, accounts.CreateUser(user, "hash")).ok());
  return user;
}

struct AdminContractPeople {
  explicit AdminContractPeople(AccountStore& accounts)
      : ann(Make(accounts, shard, true)), bo(Make(accounts, shard)) {}

  runtime::Shard shard;
  User ann;  ///< an administrator
  User bo;
};

// -- Accounts -------------------------------------------------------------------------------------

TEST_P(AdminContract, ChangeAccount_IsSeenAtOnce_AndWritesTheLog) {
  const AdminContractPeople people(accounts());
  const User bo = people.bo;
  const AuditEntry entry = NewEntry(people.ann.id, AuditAction::kPersonPromote);
  ASSERT_TRUE(Run(accounts().FindUser(bo.id)).ok());  // a cache has them
  const auto changed = Run(admin().ChangeAccount(bo.id, SettingAdmin(true, entry)));
  ASSERT_TRUE(changed.ok()) << changed.status().ToString();
  EXPECT_TRUE(changed->user.admin);
  EXPECT_TRUE(changed->ended.empty());
  EXPECT_TRUE(Run(accounts().FindUser(bo.id))->admin);
  EXPECT_FALSE(Run(accounts().FindUser(bo.id))->disabled);
  const std::vector<AuditEntry> log = *Run(admin().ListAudit(std::nullopt, kAll));
  EXPECT_NE(std::ranges::find(log, entry), log.end());
  EXPECT_EQ(Run(admin().ChangeAccount(NewId<UserId>(), SettingAdmin(true, entry))).status().code(),
            StatusCode::kNotFound);
}

TEST_P(AdminContract, ChangeAccount_Disabling_EndsSessions) {
  const AdminContractPeople people(accounts());
  std::vector<Session> sessions{NewSession(people.bo.id), NewSession(people.bo.id, kNow + 1s)};
  const Session other = NewSession(people.ann.id);
  for (const Session& session : sessions) ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  ASSERT_TRUE(Run(accounts().CreateSession(other)).ok());
  ASSERT_TRUE(Run(accounts().FindSession(sessions[0].token_hash)).ok());

  auto changed = Run(admin().ChangeAccount(
      people.bo.id, Disabling(true, NewEntry(people.ann.id, AuditAction::kPersonDisable))));
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(changed->user.disabled);
  std::ranges::sort(changed->ended, {}, &Session::created_at);
  EXPECT_EQ(changed->ended, sessions);
  EXPECT_TRUE(Run(accounts().FindUser(people.bo.id))->disabled);
  for (const Session& session : sessions) {
    EXPECT_EQ(Run(accounts().FindSession(session.token_hash)).status().code(),
              StatusCode::kNotFound);
  }
  EXPECT_TRUE(Run(accounts().ListSessions(people.bo.id))->empty());
  EXPECT_TRUE(Run(accounts().FindSession(other.token_hash)).ok());

  EXPECT_EQ(Run(accounts().CreateSession(NewSession(people.bo.id))).code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(accounts().ListSessions(people.bo.id))->empty());
  ASSERT_TRUE(
      Run(admin().ChangeAccount(
              people.bo.id, Disabling(false, NewEntry(people.ann.id, AuditAction::kPersonEnable))))
          .ok());
  EXPECT_TRUE(Run(accounts().CreateSession(NewSession(people.bo.id))).ok());
}

TEST_P(AdminContract, ChangeAccount_ByWhoIsNoAdmin_ChangesNothing) {
  const AdminContractPeople people(accounts());
  const AuditEntry by_bo = NewEntry(people.bo.id, AuditAction::kPersonDemote);
  EXPECT_EQ(Run(admin().ChangeAccount(people.ann.id, SettingAdmin(false, by_bo))).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(accounts().FindUser(people.ann.id))->admin);
  const std::vector<AuditEntry> log = *Run(admin().ListAudit(std::nullopt, kAll));
  EXPECT_EQ(std::ranges::find(log, by_bo), log.end());
}

TEST_P(AdminContract, ChangeAccount_EachOtherAtOnce_LeavesOneAdmin) {
  for (int round = 0; round < 5; ++round) {
    runtime::Shard shard;
    const User one = Make(accounts(), shard, true);
    const User other = Make(accounts(), shard, true);
    std::atomic<int> turn{0};
    const int ok = CountOk([&] {
      const bool first = turn++ % 2 == 0;
      const UserId by = first ? one.id : other.id;
      const UserId target = first ? other.id : one.id;
      return admin().ChangeAccount(target,
                                   SettingAdmin(false, NewEntry(by, AuditAction::kPersonDemote)));
    });
    EXPECT_GE(ok, 1);
    const int left = (Run(accounts().FindUser(one.id))->admin ? 1 : 0) +
                     (Run(accounts().FindUser(other.id))->admin ? 1 : 0);
    EXPECT_EQ(left, 1);
  }
}

// -- The first administrator ----------------------------------------------------------------------

TEST_P(AdminContract, UseAdminClaim_WorksOnce_AndIsKeptWhereItFails) {
  const AdminContractPeople people(accounts());
  const TokenHash token = NewToken();
  const AuditEntry entry = NewEntry(people.bo.id, AuditAction::kAdminClaim);
  const auto use = [&](const TokenHash& hash, UserId user) {
    return Run(admin().UseAdminClaim(hash, user, entry));
  };
  EXPECT_EQ(use(token, people.bo.id).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(Run(admin().CreateAdminClaim(token)).ok());
  EXPECT_EQ(use(NewToken(), people.bo.id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(use(token, NewId<UserId>()).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(use(token, people.bo.id)->admin);
  EXPECT_TRUE(Run(accounts().FindUser(people.bo.id))->admin);
  EXPECT_EQ(use(token, people.bo.id).status().code(), StatusCode::kNotFound);
}

TEST_P(AdminContract, UseAdminClaim_AtOnce_OneWins) {
  const AdminContractPeople people(accounts());
  for (int round = 0; round < 10; ++round) {
    const TokenHash token = NewToken();
    ASSERT_TRUE(Run(admin().CreateAdminClaim(token)).ok());
    EXPECT_EQ(CountOk([&] {
                return admin().UseAdminClaim(token, people.bo.id,
                                             NewEntry(people.bo.id, AuditAction::kAdminClaim));
              }),
              1);
  }
}

// -- Invitations ----------------------------------------------------------------------------------

TEST_P(AdminContract, Invitations_AreFoundByIdAndToken_AndListedNewestFirst) {
  const UserId user = NewId<UserId>();
  const Invitation first = NewInvitation(user);
  Invitation second = NewInvitation(user, kNow + 1s);
  second.max_uses = 1'000;
  const Invitation others = NewInvitation(NewId<UserId>());
  for (const Invitation& invitation : {first, second, others}) {
    EXPECT_EQ(Run(admin().FindInvitation(invitation.id)).status().code(), StatusCode::kNotFound);
    ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
    EXPECT_EQ(*Run(admin().FindInvitation(invitation.id)), invitation);
    EXPECT_EQ(*Run(admin().FindInvitationByToken(invitation.token_hash)), invitation);
  }
  EXPECT_EQ(*Run(admin().ListInvitations(user)), (std::vector{second, first}));

  ASSERT_TRUE(Run(admin().DeleteInvitation(first.id, std::nullopt)).ok());
  EXPECT_EQ(Run(admin().DeleteInvitation(first.id, std::nullopt)).code(), StatusCode::kNotFound);
  EXPECT_EQ(Run(admin().FindInvitationByToken(first.token_hash)).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(*Run(admin().ListInvitations(user)), std::vector{second});
}

TEST_P(AdminContract, CreateInvitation_BeyondTheLimit_ConflictsUntilOneEnds) {
  const UserId user = NewId<UserId>();
  const Invitation first = NewInvitation(user);
  ASSERT_TRUE(Run(admin().CreateInvitation(first, 2)).ok());
  ASSERT_TRUE(Run(admin().CreateInvitation(NewInvitation(user, kNow + 1min), 2)).ok());
  EXPECT_EQ(Run(admin().CreateInvitation(NewInvitation(user, kNow + 2min), 2)).code(),
            StatusCode::kConflict);
  // The first has expired by then, and is forgotten.
  const Invitation last = NewInvitation(user, first.expires_at);
  ASSERT_TRUE(Run(admin().CreateInvitation(last, 2)).ok());
  EXPECT_EQ(Run(admin().FindInvitation(first.id)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Run(admin().ListInvitations(user))->size(), 2U);
}

TEST_P(AdminContract, CreateInvitedUser_UsesOne_AndSaysWhose) {
  const UserId inviter = NewId<UserId>();
  Invitation invitation = NewInvitation(inviter);
  invitation.max_uses = 2;
  ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
  User user = NewUser();
  (void)Run(accounts().FindUser(user.id));  // a cache may remember that they were not there
  (void)Run(accounts().FindUserByName(user.username));
  const auto created = Run(admin().CreateInvitedUser(user, "hash", invitation.token_hash));
  ASSERT_TRUE(created.ok()) << created.status().ToString();
  user.invited_by = inviter;
  EXPECT_EQ(*created, user);
  EXPECT_EQ(*Run(accounts().FindUser(user.id)), user);
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "hash");
  EXPECT_EQ(*Run(accounts().SearchUsers(user.username, 2, "")), std::vector{user});
  invitation.used = 1;
  EXPECT_EQ(*Run(admin().FindInvitation(invitation.id)), invitation);
}

TEST_P(AdminContract, CreateInvitedUser_ThatFails_UsesNothing) {
  const Invitation invitation = NewInvitation(NewId<UserId>());
  ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
  const User taken = NewUser();
  ASSERT_TRUE(Run(accounts().CreateUser(taken, "hash")).ok());
  EXPECT_EQ(Run(admin().CreateInvitedUser(NewUser(taken.username), "x", invitation.token_hash))
                .status()
                .code(),
            StatusCode::kConflict);
  EXPECT_EQ(*Run(admin().FindInvitation(invitation.id)), invitation);

  User late = NewUser();
  late.created_at = invitation.expires_at;
  for (const auto& [user, token] :
       {std::pair(late, invitation.token_hash), std::pair(NewUser(), NewToken())}) {
    EXPECT_EQ(Run(admin().CreateInvitedUser(user, "x", token)).status().code(),
              StatusCode::kNotFound);
    EXPECT_EQ(Run(accounts().FindUser(user.id)).status().code(), StatusCode::kNotFound);
    EXPECT_EQ(Run(accounts().FindUserByName(user.username)).status().code(), StatusCode::kNotFound);
  }
}

TEST_P(AdminContract, CreateInvitedUser_AtOnce_NeverMoreThanMaxUses) {
  for (int round = 0; round < 5; ++round) {
    Invitation invitation = NewInvitation(NewId<UserId>());
    invitation.max_uses = 2;
    ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
    EXPECT_EQ(CountOk([&] {
                return admin().CreateInvitedUser(NewUser(), "hash", invitation.token_hash);
              }),
              2);
    EXPECT_EQ(Run(admin().FindInvitation(invitation.id))->used, 2U);
  }
}

// -- New passwords --------------------------------------------------------------------------------

TEST_P(AdminContract, PasswordReset_WorksOnce_AndEndsSessions) {
  const AdminContractPeople people(accounts());
  const UserId bo = people.bo.id;
  const Session session = NewSession(bo);
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  ASSERT_TRUE(Run(accounts().FindSession(session.token_hash)).ok());
  const PasswordReset reset{.token_hash = NewToken(), .user = bo, .expires_at = kNow + 24h};
  const AuditEntry entry = NewEntry(people.ann.id, AuditAction::kPersonPasswordReset);
  ASSERT_TRUE(Run(admin().CreatePasswordReset(reset, entry)).ok());
  EXPECT_EQ(*Run(admin().FindPasswordReset(reset.token_hash)), reset);
  EXPECT_TRUE(Run(accounts().FindSession(session.token_hash)).ok());

  EXPECT_EQ(Run(admin().UsePasswordReset(NewToken(), kNow, "new")).status().code(),
            StatusCode::kNotFound);
  const auto used = Run(admin().UsePasswordReset(reset.token_hash, kNow + 1h, "new"));
  ASSERT_TRUE(used.ok());
  EXPECT_EQ(used->user.id, bo);
  EXPECT_EQ(used->ended, std::vector{session});
  EXPECT_EQ(*Run(accounts().FindPasswordHash(bo)), "new");
  EXPECT_FALSE(Run(accounts().FindSession(session.token_hash)).ok());
  EXPECT_EQ(Run(admin().UsePasswordReset(reset.token_hash, kNow, "newer")).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(bo)), "new");
}

TEST_P(AdminContract, PasswordReset_NewOrExpired_EndsTheOld) {
  const AdminContractPeople people(accounts());
  const AuditEntry entry = NewEntry(people.ann.id, AuditAction::kPersonPasswordReset);
  const PasswordReset old{.token_hash = NewToken(), .user = people.bo.id, .expires_at = kNow + 24h};
  const PasswordReset fresh{
      .token_hash = NewToken(), .user = people.bo.id, .expires_at = kNow + 24h};
  ASSERT_TRUE(Run(admin().CreatePasswordReset(old, entry)).ok());
  ASSERT_TRUE(Run(admin().CreatePasswordReset(fresh, entry)).ok());
  EXPECT_EQ(Run(admin().UsePasswordReset(old.token_hash, kNow, "x")).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(Run(admin().UsePasswordReset(fresh.token_hash, fresh.expires_at, "x")).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(people.bo.id)), "hash");
  EXPECT_TRUE(Run(admin().UsePasswordReset(fresh.token_hash, kNow, "x")).ok());
  EXPECT_EQ(
      Run(admin().CreatePasswordReset(
              {.token_hash = NewToken(), .user = NewId<UserId>(), .expires_at = kNow + 24h}, entry))
          .code(),
      StatusCode::kNotFound);
}

// -- Settings, audit log --------------------------------------------------------------------------

TEST_P(AdminContract, Settings_AreReadBack_AndOnlyAdminsWrite) {
  const AdminContractPeople people(accounts());
  const std::string name = "test-" + NewName();
  EXPECT_EQ(*Run(admin().ReadSetting(name)), std::nullopt);
  const auto write = [&](UserId by, std::string value) {
    return Run(admin().WriteSetting(name, std::move(value),
                                    NewEntry(by, AuditAction::kSettingsRegistration)));
  };
  EXPECT_EQ(write(people.bo.id, "x").code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(*Run(admin().ReadSetting(name)), std::nullopt);
  ASSERT_TRUE(write(people.ann.id, "closed").ok());
  EXPECT_EQ(*Run(admin().ReadSetting(name)), "closed");
  ASSERT_TRUE(write(people.ann.id, "").ok());
  EXPECT_EQ(*Run(admin().ReadSetting(name)), "");
}

TEST_P(AdminContract, Audit_IsListedNewestFirst_InPages_AndDroppedByAge) {
  const AdminContractPeople people(accounts());
  std::vector<AuditEntry> expected;
  for (int i = 0; i < 5; ++i) {
    AuditEntry entry = NewEntry(people.ann.id, AuditAction::kPersonSignOut, kNow + i * 1s);
    entry.target = people.bo.id;
    entry.detail = {{"number", std::to_string(i)}, {"empty", ""}};
    AccountChange change;
    change.audit = {entry};
    ASSERT_TRUE(Run(admin().ChangeAccount(people.bo.id, change)).ok());
    expected.insert(expected.begin(), entry);
  }
  const auto list = [&] {
    std::vector<AuditEntry> found;
    std::optional<AuditId> before;
    for (;;) {
      const std::vector<AuditEntry> page = *Run(admin().ListAudit(before, 2));
      if (page.empty()) return found;
      EXPECT_LE(page.size(), 2U);
      found.insert(found.end(), page.begin(), page.end());
      before = page.back().id;
    }
  };
  EXPECT_EQ(list(), expected);
  ASSERT_TRUE(Run(admin().DropAudit(kNow + 3s)).ok());
  expected.resize(2);
  EXPECT_EQ(list(), expected);
  ASSERT_TRUE(Run(admin().DropAudit(kNow + 3s)).ok());
  EXPECT_EQ(list(), expected);
}

TEST_P(AdminContract, Reopen_KeepsIt) {
  if (!traits().persistent) GTEST_SKIP() << "keeps nothing";
  const AdminContractPeople people(accounts());
  const TokenHash claim = NewToken();
  ASSERT_TRUE(Run(admin().CreateAdminClaim(claim)).ok());
  Invitation invitation = NewInvitation(people.bo.id);
  invitation.max_uses = 5;
  ASSERT_TRUE(Run(admin().CreateInvitation(invitation, 9)).ok());
  const auto invited = Run(admin().CreateInvitedUser(NewUser(), "hash", invitation.token_hash));
  invitation.used = 1;
  const PasswordReset reset{
      .token_hash = NewToken(), .user = people.bo.id, .expires_at = kNow + 24h};
  const AuditEntry entry = NewEntry(people.ann.id, AuditAction::kPersonDisable);
  ASSERT_TRUE(Run(admin().CreatePasswordReset(reset, entry)).ok());
  ASSERT_TRUE(Run(admin().WriteSetting("test", "value", entry)).ok());
  ASSERT_TRUE(Run(admin().ChangeAccount(people.bo.id, Disabling(true, entry))).ok());

  Reopen();
  EXPECT_TRUE(Run(accounts().FindUser(people.bo.id))->disabled);
  EXPECT_EQ(*Run(accounts().FindUser(invited->id)), *invited);
  EXPECT_EQ(*Run(admin().FindInvitation(invitation.id)), invitation);
  EXPECT_EQ(*Run(admin().FindPasswordReset(reset.token_hash)), reset);
  EXPECT_EQ(*Run(admin().ReadSetting("test")), "value");
  EXPECT_EQ(*Run(admin().ListAudit(std::nullopt, kAll)), std::vector{entry});
  EXPECT_TRUE(Run(admin().UseAdminClaim(claim, people.ann.id, entry)).ok());
}

}  // namespace
}  // namespace parley::storage
