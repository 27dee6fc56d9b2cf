#include "auth/sign_up.h"

#include "auth/testing/auth_fixture.h"

namespace parley::auth {
namespace {

using namespace std::chrono_literals;

class SignUpTest : public AuthFixture {
 protected:
  const UserId admin_ = RegisterAdmin("ann");
};

TEST_F(SignUpTest, Mode_IsTheConfigured_UntilAnAdministratorSetsIt) {
  EXPECT_EQ(*Run(sign_up_.Mode()), RegistrationMode::kOpen);
  EXPECT_EQ(SetRegistration(admin_, RegistrationMode::kClosed), StatusCode::kOk);
  EXPECT_EQ(*Run(sign_up_.Mode()), RegistrationMode::kClosed);
  // Also where the configuration says otherwise, as after a restart.
  SignUp again(store_, invitations_, clock_, RegistrationMode::kInvitation);
  EXPECT_EQ(*Run(again.Mode()), RegistrationMode::kClosed);
}

TEST_F(SignUpTest, Mode_OfAnotherNode_ShowsWithinFiveSeconds) {
  SignUp other(store_, invitations_, clock_, RegistrationMode::kOpen);
  EXPECT_EQ(*Run(other.Mode()), RegistrationMode::kOpen);
  EXPECT_EQ(SetRegistration(admin_, RegistrationMode::kClosed), StatusCode::kOk);
  clock_.Advance(kRegistrationMaxAge - 1ms);
  EXPECT_EQ(*Run(other.Mode()), RegistrationMode::kOpen);
  clock_.Advance(1ms);
  EXPECT_EQ(*Run(other.Mode()), RegistrationMode::kClosed);
}

TEST_F(SignUpTest, Mode_IsReadOnceInAWhile_AndKeptWhileTheStoreFails) {
  using storage::memory::ReadKind;
  EXPECT_EQ(SetRegistration(admin_, RegistrationMode::kInvitation), StatusCode::kOk);
  EXPECT_EQ(*Run(sign_up_.Mode()), RegistrationMode::kInvitation);
  const std::uint64_t reads = store_.controls().reads(ReadKind::kSetting);
  EXPECT_EQ(*Run(sign_up_.Mode()), RegistrationMode::kInvitation);
  EXPECT_EQ(store_.controls().reads(ReadKind::kSetting), reads);
  clock_.Advance(kRegistrationMaxAge);
  store_.controls().FailReads(Unavailable("no"));
  EXPECT_EQ(*Run(sign_up_.Mode()), RegistrationMode::kInvitation);
  SignUp fresh(store_, invitations_, clock_, RegistrationMode::kOpen);
  EXPECT_EQ(Run(fresh.Mode()).status().code(), StatusCode::kUnavailable);
}

TEST_F(SignUpTest, Open_TakesAGoodInvitation_AndRefusesAnother) {
  EXPECT_EQ(TryRegister("bob")->user.invited_by, std::nullopt);
  EXPECT_EQ(TryRegister("cyd", Invite(admin_))->user.invited_by, admin_);
  const Status wrong = TryRegister("dee", "pi_wrong").status();
  EXPECT_EQ(wrong.code(), StatusCode::kInvalidArgument);
  ASSERT_EQ(wrong.fields().size(), 1U);
  EXPECT_EQ(wrong.fields()[0].field, "invite");
}

TEST_F(SignUpTest, Invitation_IsNeeded_AndUsedOnce) {
  const UserId bo = Register("bob").user.id;
  const std::string token = Invite(bo);
  EXPECT_EQ(SetRegistration(admin_, RegistrationMode::kInvitation), StatusCode::kOk);
  EXPECT_EQ(TryRegister("cyd").status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(TryRegister("cyd", "pi_wrong").status().code(), StatusCode::kPermissionDenied);
  // One that fails uses nothing.
  EXPECT_EQ(TryRegister("bob", token).status().code(), StatusCode::kConflict);
  EXPECT_EQ(TryRegister("x", token).status().code(), StatusCode::kInvalidArgument);
  const Result<SignedIn> cy = TryRegister("cyd", token);
  ASSERT_TRUE(cy.ok()) << cy.status().ToString();
  EXPECT_EQ(cy->user.invited_by, bo);
  EXPECT_TRUE(IsAlive(cy->token));
  EXPECT_EQ(TryRegister("dee", token).status().code(), StatusCode::kPermissionDenied);
}

TEST_F(SignUpTest, Invitation_Expired_OrOfSomebodyDisabled_IsNotGood) {
  const UserId bo = Register("bob").user.id;
  InvitationRequest request;
  request.life = 1h;
  const std::string expiring = Invite(bo, request);
  const std::string other = Invite(bo);
  clock_.Advance(1h);
  EXPECT_FALSE(TryRegister("cyd", expiring).ok());
  EXPECT_TRUE(Run(administration_.ChangePerson(admin_, bo, {.disabled = true, .admin = {}})).ok());
  EXPECT_FALSE(TryRegister("cyd", other).ok());
  EXPECT_TRUE(Run(administration_.ChangePerson(admin_, bo, {.disabled = false, .admin = {}})).ok());
  EXPECT_TRUE(TryRegister("cyd", other).ok());
}

TEST_F(SignUpTest, Invitation_UsedUpWhileThePasswordWasHashed_IsRefused) {
  const std::string token = Invite(admin_);
  const auto admitted = Run(sign_up_.Admit(token));
  ASSERT_TRUE(admitted.ok() && admitted->has_value());
  ASSERT_TRUE(TryRegister("bob", token).ok());
  User late;
  late.id = UserId(Uuid::Version7(clock_.Now(), random_));
  late.username = "late";
  late.created_at = clock_.Now();
  EXPECT_EQ(Run(sign_up_.Create(late, "hash", *admitted)).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(SignUpTest, Closed_RefusesEverybody) {
  const std::string token = Invite(admin_);
  EXPECT_EQ(SetRegistration(admin_, RegistrationMode::kClosed), StatusCode::kOk);
  EXPECT_EQ(TryRegister("bob", token).status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(TryRegister("bob").status().code(), StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace parley::auth
