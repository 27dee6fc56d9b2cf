#include "auth/password_resets.h"

#include "auth/testing/auth_fixture.h"

namespace parley::auth {
namespace {

using namespace std::chrono_literals;

class PasswordResetsTest : public AuthFixture {
 protected:
  StatusCode Use(std::string token, std::string password = "a new password") {
    return Run(password_resets_.Use(std::move(token), std::move(password))).status().code();
  }

  const UserId admin_ = RegisterAdmin("ann");
  const SignedIn bo_ = Register("bob");
};

TEST_F(PasswordResetsTest, Use_SetsThePasswordOnce_AndEndsSessions) {
  const auto made = Run(password_resets_.Create(admin_, bo_.user.id));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->expires_at, clock_.Now() + 24h);
  EXPECT_TRUE(IsAlive(bo_.token)) << "the link alone changes nothing";

  const auto used = Run(password_resets_.Use(made->token, "a new password"));
  ASSERT_TRUE(used.ok());
  EXPECT_EQ(used->ended, std::vector{bo_.session});
  EXPECT_FALSE(IsAlive(bo_.token));
  EXPECT_EQ(Login("bob").status().code(), StatusCode::kUnauthenticated);
  EXPECT_TRUE(Login("bob", "a new password").ok());
  EXPECT_EQ(Use(made->token, "yet another one"), StatusCode::kNotFound);
}

TEST_F(PasswordResetsTest, Use_WrongOldOrReplaced_NotFound) {
  const std::string replaced = Run(password_resets_.Create(admin_, bo_.user.id))->token;
  const std::string token = Run(password_resets_.Create(admin_, bo_.user.id))->token;
  EXPECT_EQ(Use(replaced), StatusCode::kNotFound);
  EXPECT_EQ(Use("pr_nonsense"), StatusCode::kNotFound);
  EXPECT_EQ(Use(bo_.token), StatusCode::kNotFound);
  EXPECT_EQ(Use(token, "short"), StatusCode::kInvalidArgument);
  clock_.Advance(24h);
  EXPECT_EQ(Use(token), StatusCode::kNotFound);
  EXPECT_TRUE(Login("bob").ok());
}

TEST_F(PasswordResetsTest, Create_IsForAdmins_AndInTheLogWithoutTheToken) {
  EXPECT_EQ(Run(password_resets_.Create(bo_.user.id, admin_)).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_EQ(Run(password_resets_.Create(admin_, UserId())).status().code(), StatusCode::kNotFound);
  clock_.Advance(1s);
  ASSERT_TRUE(Run(password_resets_.Create(admin_, bo_.user.id)).ok());
  const AuditItem line = Audit().front();
  EXPECT_EQ(line.entry.action, AuditAction::kPersonPasswordReset);
  EXPECT_EQ(line.entry.target, bo_.user.id);
  EXPECT_TRUE(line.entry.detail.empty());
}

}  // namespace
}  // namespace parley::auth
