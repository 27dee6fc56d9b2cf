#include "auth/invitations.h"

#include "auth/testing/auth_fixture.h"
#include "auth/token.h"

namespace parley::auth {
namespace {

using namespace std::chrono_literals;

class InvitationServiceTest : public AuthFixture {
 protected:
  StatusCode Create(InvitationRequest request) {
    return Run(invitations_.Create(bo_, request)).status().code();
  }
  std::vector<InvitationId> Listed(std::optional<InvitationId> after, std::size_t limit) {
    std::vector<InvitationId> ids;
    const auto page = Run(invitations_.List(bo_, after, limit));
    for (const Invitation& each : page->items) ids.push_back(each.id);
    return ids;
  }
  InvitationId CreateLater() {
    clock_.Advance(1s);
    return Run(invitations_.Create(bo_, {}))->invitation.id;
  }

  const UserId bo_ = Register("bob").user.id;
};

TEST_F(InvitationServiceTest, Create_IsFoundByItsTokenAlone) {
  const auto made = Run(invitations_.Create(bo_, {.max_uses = 2, .life = 2h}));
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE(made->token.starts_with("pi_"));
  EXPECT_EQ(made->invitation.created_by, bo_);
  EXPECT_EQ(made->invitation.max_uses, 2U);
  EXPECT_EQ(made->invitation.expires_at, clock_.Now() + 2h);
  const Result<auth::Invite> found = Run(invitations_.FindGood(made->token));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->inviter.username, "bob");
  EXPECT_EQ(found->invitation, made->invitation);
}

TEST_F(InvitationServiceTest, FindGood_AllThatAreNot_AnswerAlike) {
  const std::string expiring = Invite(bo_, {.max_uses = 1, .life = 1h});
  const std::string used = Invite(bo_);
  const std::string revoked = Invite(bo_);
  ASSERT_TRUE(TryRegister("cyd", used).ok());
  const InvitationId id = Run(invitations_.FindGood(revoked))->invitation.id;
  ASSERT_TRUE(Run(invitations_.Revoke(bo_, id)).ok());
  clock_.Advance(1h);
  const Status unknown =
      Run(invitations_.FindGood(MakeToken(TokenKind::kInvitation, random_).text)).status();
  EXPECT_EQ(unknown.code(), StatusCode::kNotFound);
  for (const std::string& token : {expiring, used, revoked, std::string("nonsense")}) {
    EXPECT_EQ(Run(invitations_.FindGood(token)).status().ToString(), unknown.ToString());
  }
}

TEST_F(InvitationServiceTest, Create_OutOfBounds_NamesTheField) {
  EXPECT_EQ(Create({.max_uses = 0, .life = 1h}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Create({.max_uses = 1'001, .life = 1h}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Create({.max_uses = 1, .life = 1h - 1ms}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Create({.max_uses = 1, .life = 24h * 30 + 1ms}), StatusCode::kInvalidArgument);
  EXPECT_EQ(Create({.max_uses = 1'000, .life = 24h * 30}), StatusCode::kOk);
}

TEST_F(InvitationServiceTest, Create_TooMany_ConflictsUntilOneIsTakenBack) {
  const InvitationId first = CreateLater();
  CreateLater();
  CreateLater();
  EXPECT_EQ(Create({}), StatusCode::kConflict);
  ASSERT_TRUE(Run(invitations_.Revoke(bo_, first)).ok());
  EXPECT_EQ(Create({}), StatusCode::kOk);
}

TEST_F(InvitationServiceTest, Create_WhereOnlyAdminsInvite_RefusesOthers) {
  InvitationService strict(store_, clock_, random_, InvitationMode::kAdmins,
                           Limits{.invitations_per_person = 3});
  const UserId ann = RegisterAdmin("ann");
  EXPECT_EQ(Run(strict.Create(bo_, {})).status().code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(strict.Create(ann, {})).ok());
}

TEST_F(InvitationServiceTest, List_NewestFirst_InPages_WithoutExpired) {
  const InvitationId first = CreateLater();
  const InvitationId second = CreateLater();
  const InvitationId third = CreateLater();
  EXPECT_EQ(Listed(std::nullopt, 2), (std::vector{third, second}));
  EXPECT_EQ(Run(invitations_.List(bo_, std::nullopt, 2))->next, second);
  EXPECT_EQ(Listed(second, 2), std::vector{first});
  EXPECT_EQ(Run(invitations_.List(bo_, second, 2))->next, std::nullopt);
  clock_.Advance(kInvitationLife - 1s);
  EXPECT_EQ(Listed(std::nullopt, 9), std::vector{third});
}

TEST_F(InvitationServiceTest, Revoke_IsForTheOwnerAndAdmins) {
  const UserId cy = Register("cyd").user.id;
  const UserId ann = RegisterAdmin("ann");
  const InvitationId one = CreateLater();
  const InvitationId other = CreateLater();
  EXPECT_EQ(Run(invitations_.Revoke(cy, one)).code(), StatusCode::kNotFound);
  EXPECT_TRUE(Run(invitations_.Revoke(bo_, one)).ok());
  EXPECT_EQ(Run(invitations_.Revoke(bo_, one)).code(), StatusCode::kNotFound);
  const std::size_t lines = Audit().size();
  EXPECT_TRUE(Run(invitations_.Revoke(ann, other)).ok());
  const std::vector<AuditItem> log = Audit();
  ASSERT_EQ(log.size(), lines + 1);
  EXPECT_EQ(log.front().entry.action, AuditAction::kInvitationRevoke);
  EXPECT_EQ(log.front().entry.target, bo_);
}

}  // namespace
}  // namespace parley::auth
