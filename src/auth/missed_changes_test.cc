// Rights, where a cache that many servers share has missed a change.

#include <gtest/gtest.h>

#include "auth/testing/auth_fixture.h"
#include "storage/cached/redis/shared_cache_store.h"
#include "storage/testing/fake_remote_cache.h"

namespace parley::auth {
namespace {

PersonChange SetAdmin(bool admin) { return {.disabled = std::nullopt, .admin = admin}; }

/// What the fixture does is not heard of by this server's cache.
class MissedChangesTest : public AuthFixture {
 protected:
  /// The person as the cache has them from now on.
  void Keep(UserId user) { EXPECT_TRUE(Run(shared_.accounts().FindUser(user)).ok()); }

  storage::cached::FakeRemoteCache cache_;
  storage::cached::SharedCacheStore shared_{store_, cache_};
  InvitationService invitations_there_{shared_, clock_, random_, InvitationMode::kEveryone,
                                       Limits{.invitations_per_person = 3}};
  Administration administration_there_{shared_, sign_up_, clock_, random_, Limits()};
};

TEST_F(MissedChangesTest, WhoWasPromoted_CanBeDemoted) {
  const UserId admin = RegisterAdmin("ann");
  const UserId bob = Register("bob").user.id;
  Keep(bob);
  ASSERT_TRUE(Run(administration_.ChangePerson(admin, bob, SetAdmin(true))).ok());
  ASSERT_FALSE(Run(shared_.accounts().FindUser(bob))->admin) << "the cache missed it";
  ASSERT_TRUE(Run(administration_there_.ChangePerson(admin, bob, SetAdmin(false))).ok());
  EXPECT_FALSE(Run(store_.accounts().FindUser(bob))->admin);
}

TEST_F(MissedChangesTest, AnInvitationOfWhoWasDisabled_IsGoodNoMore) {
  const UserId admin = RegisterAdmin("ann");
  const UserId bob = Register("bob").user.id;
  const std::string token = Invite(bob);
  Keep(bob);
  EXPECT_TRUE(Run(invitations_there_.FindGood(token)).ok());
  ASSERT_TRUE(Run(administration_.ChangePerson(admin, bob, {true, std::nullopt})).ok());
  EXPECT_EQ(Run(invitations_there_.FindGood(token)).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace parley::auth
