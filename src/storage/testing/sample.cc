#include "storage/testing/sample.h"

#include <future>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "storage/testing/people.h"

namespace parley::storage {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPeople = 9;
/// Entries of one append.
constexpr std::size_t kAppend = 150;

AuditEntry Audit(std::optional<UserId> admin, AuditAction action, TimePoint at) {
  SystemRandom random;
  return {.id = AuditId(Uuid::Version7(at, random)),
          .at = at,
          .admin = admin,
          .action = action,
          .target = admin,
          .detail = {{"name", "välue"}}};
}

Invitation NewInvitation(UserId creator, std::uint32_t uses) {
  return {.id = NewId<InvitationId>(),
          .token_hash = NewToken(),
          .created_by = creator,
          .created_at = kNow,
          .expires_at = kNow + 1h,
          .max_uses = uses,
          .used = 0};
}

}  // namespace

void Sample::ExpectOk(const Status& status) { EXPECT_TRUE(status.ok()) << status.ToString(); }

void Sample::Fill(Store& store) {
  FillPeople(store);
  FillAdministration(store);
  FillConversations(store);
}

void Sample::FillPeople(Store& store) {
  for (std::size_t i = 0; i < kPeople; ++i) {
    User user = NewUser(NewName(fmt::format("p{}", i)));
    user.display_name = fmt::format("Person {} Öztürk-{}", i, i * 7);
    user.admin = i == 0;
    if (i == 1) user.email = "one@example.org";
    ExpectOk(Run(store.accounts().CreateUser(user, fmt::format("$argon2id$hash {}", i))));
    users_.push_back(user);
    for (std::size_t k = 0; k < i % 4; ++k) {
      sessions_.push_back(NewSession(user.id, kNow + std::chrono::seconds(k)));
      ExpectOk(Run(store.accounts().CreateSession(sessions_.back())));
    }
  }
  for (std::size_t i = 0; i < sessions_.size(); i += 2) {
    ExpectOk(Run(store.accounts().TouchSession(sessions_[i].user, sessions_[i].id,
                                               kNow + std::chrono::minutes(i + 1))));
  }
  ExpectOk(Run(store.accounts().DeleteSession(sessions_[3].user, sessions_[3].id)));
  ExpectOk(Run(store.accounts().UpdateUser(users_[2].id, {.display_name = "Somebody Else",
                                                          .avatar = NewId<MediaId>(),
                                                          .admin = std::nullopt,
                                                          .last_active_at = std::nullopt}))
               .status());
  ExpectOk(Run(store.accounts().UpdateUser(users_[3].id, {.display_name = std::nullopt,
                                                          .avatar = std::nullopt,
                                                          .admin = std::nullopt,
                                                          .last_active_at = kNow + 5min}))
               .status());
}

void Sample::FillAdministration(Store& store) {
  AdminStore& admin = store.admin();
  const UserId head = users_[0].id;
  ExpectOk(Run(admin.CreateAdminClaim(NewToken())));
  const TokenHash claim = NewToken();
  ExpectOk(Run(admin.CreateAdminClaim(claim)));
  ExpectOk(Run(admin.UseAdminClaim(claim, users_[1].id,
                                   Audit(users_[1].id, AuditAction::kAdminClaim, kNow)))
               .status());
  AccountChange disable;
  disable.disabled = true;
  disable.sessions = SessionsAfter::kEnded;
  // Another of the audit log's periods.
  disable.audit = {Audit(head, AuditAction::kPersonDisable, kNow + 24h * 40)};
  ExpectOk(Run(admin.ChangeAccount(users_[7].id, std::move(disable))).status());
  ExpectOk(Run(admin.WriteSetting("registration", "invitation",
                                  Audit(head, AuditAction::kSettingsRegistration, kNow + 1min))));
  for (const std::uint32_t uses : {1U, 5U, 2U}) {
    invitations_.push_back(NewInvitation(users_[uses].id, uses));
    ExpectOk(Run(admin.CreateInvitation(invitations_.back(), 10)));
  }
  User invited = NewUser(NewName("guest"));
  ExpectOk(Run(admin.CreateInvitedUser(invited, "hash of a guest", invitations_[1].token_hash))
               .status());
  users_.push_back(std::move(invited));
  for (const std::size_t i : {4U, 4U, 5U}) {
    resets_.push_back(NewToken());
    ExpectOk(Run(admin.CreatePasswordReset(
        {.token_hash = resets_.back(), .user = users_[i].id, .expires_at = kNow + 2h},
        Audit(head, AuditAction::kPersonPasswordReset, kNow + 2min))));
  }
  for (const char* const name : {"fingerprints", "cursors"}) {
    SecretKey key;
    SystemRandom().Fill(key);
    ExpectOk(Run(store.meta().GetOrCreateKey(name, key)).status());
  }
  ExpectOk(Run(store.meta().WriteTime(kNow + 3h)));
}

void Sample::Commit(const std::vector<Store*>& stores, LogBuilder& log) {
  const std::shared_ptr<const AppendRequest> request = log.Take();
  for (Store* const store : stores) {
    std::promise<AppendOutcome> answer;
    store->conversations().Append(request,
                                  [&](AppendOutcome outcome) { answer.set_value(outcome); });
    ASSERT_EQ(answer.get_future().get(), AppendOutcome::kCommitted);
  }
}

void Sample::Use(const std::vector<Store*>& stores) {
  const UserId anna = users_[0].id;
  for (LogBuilder& log : logs_) {
    log.Message(anna, "after the move", {users_[2].id}).Remove(users_[2].id).Add(users_[4].id);
    Commit(stores, log);
    log.Message(users_[4].id, "and more").Title("later");
    Commit(stores, log);
  }
  const Session session = NewSession(users_[5].id, kNow + 1h);
  AccountChange demote;
  demote.admin = false;
  demote.audit = {Audit(anna, AuditAction::kPersonDemote, kNow + 1h)};
  const AuditEntry closing = Audit(anna, AuditAction::kSettingsRegistration, kNow + 1h);
  const User invited = NewUser(NewName("late"));
  for (Store* const store : stores) {
    AccountStore& accounts = store->accounts();
    AdminStore& admin = store->admin();
    ExpectOk(Run(accounts.UpdateUser(users_[3].id, {.display_name = "New Name",
                                                    .avatar = std::nullopt,
                                                    .admin = std::nullopt,
                                                    .last_active_at = std::nullopt}))
                 .status());
    ExpectOk(Run(accounts.SetPasswordHash(users_[6].id, "another hash")));
    ExpectOk(Run(accounts.CreateSession(session)));
    ExpectOk(Run(accounts.DeleteSession(sessions_[0].user, sessions_[0].id)));
    ExpectOk(Run(accounts.TouchSession(sessions_[1].user, sessions_[1].id, kNow + 9h)));
    EXPECT_EQ(Run(accounts.CreateUser(NewUser(users_[2].username), "x")).code(),
              StatusCode::kConflict);
    ExpectOk(Run(admin.ChangeAccount(users_[1].id, demote)).status());
    ExpectOk(Run(admin.WriteSetting("registration", "closed", closing)));
    ExpectOk(Run(admin.CreateInvitedUser(invited, "hash", invitations_[2].token_hash)).status());
    ExpectOk(Run(admin.DeleteInvitation(invitations_[0].id, std::nullopt)));
    ExpectOk(Run(admin.UsePasswordReset(resets_.back(), kNow + 1h, "reset hash")).status());
    ExpectOk(Run(store->meta().WriteTime(kNow + 4h)));
  }
  sessions_.push_back(session);
  users_.push_back(invited);
}

void Sample::FillConversations(Store& store) {
  const UserId anna = users_[0].id;
  const UserId bert = users_[1].id;
  const UserId cleo = users_[2].id;
  // One that says nothing, a short one, one whose last entry ends its part, one over three parts of
  // which the second has no message in its last place.
  for (const std::uint64_t size : {1U, 40U, 1'000U, 2'345U}) {
    LogBuilder& log = logs_.emplace_back(std::vector{anna, bert, cleo}, fmt::format("of {}", size));
    while (log.head().seq.value() < size) {
      const std::uint64_t at = log.head().seq.value() + 1;
      if (at == 7) {
        log.Remove(cleo);
      } else if (at == 20) {
        log.Add(cleo);
      } else if (at == 30) {
        log.Remove(bert);
      } else if (at == 2'000) {
        log.Title("another");
      } else {
        log.Message(at % 3 == 0 && (at < 7 || at > 20) ? cleo : anna,
                    fmt::format("text {} äöü", at),
                    at % 10 == 0 ? std::vector{cleo, bert} : std::vector<UserId>());
      }
      if (at % kAppend == 0) Commit({&store}, log);
    }
    if (size % kAppend != 0 || size < kAppend) Commit({&store}, log);
  }
  std::vector<PositionRow> positions;
  for (const LogBuilder& log : logs_) {
    for (const Member& member : log.members()) {
      const bool first = member.user == anna;
      positions.push_back({.conversation = log.id(),
                           .user = member.user,
                           .joined_seq = member.joined_seq,
                           .position = {.read = first ? log.head().seq : Seq(),
                                        .read_n = first ? log.head().n : 0,
                                        .delivered = Seq(log.head().seq.value() / 2 + 1)},
                           .at = LogBuilder::TimeOf(log.head().seq)});
    }
    // Of a stay that is over.
    positions.push_back({.conversation = log.id(),
                         .user = bert,
                         .joined_seq = Seq(1),
                         .position = {.read = Seq(1), .read_n = 0, .delivered = Seq(1)},
                         .at = LogBuilder::TimeOf(Seq(2))});
  }
  ExpectOk(Run(store.conversations().WritePositions(std::move(positions))));
}

}  // namespace parley::storage
