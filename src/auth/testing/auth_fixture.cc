#include "auth/testing/auth_fixture.h"

namespace parley::auth {

Result<SignedIn> AuthFixture::TryRegister(std::string username, std::optional<std::string> invite) {
  Registration registration;
  registration.username = std::move(username);
  registration.password = kPassword;
  registration.invite = std::move(invite);
  return Run(accounts_.Register(std::move(registration)));
}

UserId AuthFixture::RegisterAdmin(std::string username) {
  const UserId id = Register(username).user.id;
  EXPECT_TRUE(Run(administration_.Grant(std::move(username))).ok());
  return id;
}

}  // namespace parley::auth
