#include "auth/administration.h"

#include <gmock/gmock.h>

#include "auth/testing/auth_fixture.h"

namespace parley::auth {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

PersonChange Disable(bool disabled) { return {.disabled = disabled, .admin = std::nullopt}; }
PersonChange SetAdmin(bool admin) { return {.disabled = std::nullopt, .admin = admin}; }

class AdministrationTest : public AuthFixture {
 protected:
  Result<PersonChanged> Change(UserId by, UserId whom, PersonChange change) {
    clock_.Advance(1s);  // so that the log has an order
    return Run(administration_.ChangePerson(by, whom, change));
  }
  std::vector<AuditAction> Actions() {
    std::vector<AuditAction> actions;
    for (const AuditItem& item : Audit()) actions.push_back(item.entry.action);
    return actions;
  }
  std::vector<std::string> People(std::string query, std::string after, std::size_t limit) {
    std::vector<std::string> names;
    const auto page = Run(administration_.ListPeople(std::move(query), std::move(after), limit));
    for (const Person& person : page->items) names.push_back(person.user.username);
    return names;
  }
};

// -- Becoming an administrator --------------------------------------------------------------------

TEST_F(AdministrationTest, Claim_MadeOnce_WorksOnce) {
  const SignedIn ann = Register("ann");
  const SignedIn bob = Register("bob");
  const std::optional<std::string> token = *Run(administration_.EnsureClaim());
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(*Run(administration_.EnsureClaim()), std::nullopt);

  EXPECT_EQ(Run(administration_.Claim(ann.user.id, ann.token)).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(administration_.Claim(ann.user.id, *token))->admin);
  EXPECT_EQ(Run(administration_.Claim(bob.user.id, *token)).status().code(),
            StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(accounts_.GetUser(ann.user.id))->admin);
  EXPECT_FALSE(Run(accounts_.GetUser(bob.user.id))->admin);
  EXPECT_THAT(Actions(), ElementsAre(AuditAction::kAdminClaim));
}

TEST_F(AdministrationTest, Claim_ByNobody_IsKept) {
  const std::string token = **Run(administration_.EnsureClaim());
  EXPECT_EQ(Run(administration_.Claim(UserId(), token)).status().code(), StatusCode::kNotFound);
  const SignedIn ann = Register("ann");
  EXPECT_TRUE(Run(administration_.Claim(ann.user.id, token)).ok());
}

TEST_F(AdministrationTest, Grant_ByName_IsOfTheCommandLine) {
  const UserId ann = Register("ann").user.id;
  EXPECT_EQ(Run(administration_.Require(ann)).code(), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(administration_.Grant("ANN"))->admin);
  EXPECT_EQ(Run(administration_.Grant("bob")).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Run(administration_.Require(ann)).ok());
  EXPECT_EQ(Run(administration_.Require(UserId())).code(), StatusCode::kPermissionDenied);
  ASSERT_EQ(Audit().size(), 1U);
  EXPECT_EQ(Audit()[0].admin, std::nullopt);
  EXPECT_EQ(Audit()[0].entry.target, ann);
}

// -- People ---------------------------------------------------------------------------------------

TEST_F(AdministrationTest, ListPeople_ByPrefix_OrEverybody_InPages) {
  for (const char* name : {"bob", "ann", "anna", "cyd"}) Register(name);
  EXPECT_THAT(People("", "", 9), ElementsAre("ann", "anna", "bob", "cyd"));
  EXPECT_THAT(People("AN", "", 9), ElementsAre("ann", "anna"));
  EXPECT_THAT(People("", "", 2), ElementsAre("ann", "anna"));
  EXPECT_EQ(Run(administration_.ListPeople("", "", 2))->next, "anna");
  EXPECT_THAT(People("", "anna", 2), ElementsAre("bob", "cyd"));
  EXPECT_EQ(Run(administration_.ListPeople("", "anna", 2))->next, std::nullopt);
  EXPECT_THAT(People("zz", "", 2), IsEmpty());
}

TEST_F(AdministrationTest, GetPerson_CountsSessionsThatLive) {
  const UserId ann = Register("ann").user.id;
  ASSERT_TRUE(Login("ann").ok());
  EXPECT_EQ(Run(administration_.GetPerson(ann))->sessions, 2U);
  clock_.Advance(kSessionLifetime + 1s);
  EXPECT_EQ(Run(administration_.GetPerson(ann))->sessions, 0U);
  EXPECT_EQ(Run(administration_.GetPerson(UserId())).status().code(), StatusCode::kNotFound);
}

TEST_F(AdministrationTest, Disable_EndsSessions_AndKeepsThemOut) {
  const UserId ann = RegisterAdmin("ann");
  const SignedIn bo = Register("bob");
  const Result<PersonChanged> changed = Change(ann, bo.user.id, Disable(true));
  ASSERT_TRUE(changed.ok());
  EXPECT_TRUE(changed->person.user.disabled);
  EXPECT_EQ(changed->person.sessions, 0U);
  EXPECT_THAT(changed->ended, ElementsAre(bo.session.id));
  EXPECT_FALSE(IsAlive(bo.token));
  // Only who knows the password learns of it.
  EXPECT_EQ(Login("bob").status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Login("bob", "wrong password").status().code(), StatusCode::kUnauthenticated);

  EXPECT_FALSE(Change(ann, bo.user.id, Disable(false))->person.user.disabled);
  EXPECT_TRUE(Login("bob").ok());
  EXPECT_THAT(Actions(), ElementsAre(AuditAction::kPersonEnable, AuditAction::kPersonDisable,
                                     AuditAction::kAdminGrant));
}

TEST_F(AdministrationTest, Disabled_AreNotFound_AndOthersTakeTheirPlace) {
  const UserId ann = RegisterAdmin("ann");
  std::vector<UserId> people;
  for (int i = 10; i < 35; ++i) people.push_back(Register("bo" + std::to_string(i)).user.id);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Change(ann, people[i], Disable(true)).ok());
  const std::vector<User> found = *Run(accounts_.Search("bo"));
  ASSERT_EQ(found.size(), 15U);
  EXPECT_EQ(found.front().username, "bo20");
  EXPECT_THAT(*Run(accounts_.Search("bo11")), IsEmpty());
  EXPECT_EQ(People("bo", "", 100).size(), 25U) << "administrators see them";
}

TEST_F(AdministrationTest, ChangePerson_Oneself_Conflicts_SoThatOneAdminRemains) {
  const UserId ann = RegisterAdmin("ann");
  EXPECT_EQ(Change(ann, ann, Disable(true)).status().code(), StatusCode::kConflict);
  EXPECT_EQ(Change(ann, ann, SetAdmin(false)).status().code(), StatusCode::kConflict);
  EXPECT_TRUE(Change(ann, ann, SetAdmin(true)).ok());
  EXPECT_TRUE(Run(administration_.Require(ann)).ok());
}

TEST_F(AdministrationTest, ChangePerson_ByWhoWasUnmade_ChangesNothing) {
  const UserId ann = RegisterAdmin("ann");
  const UserId bo = Register("bob").user.id;
  ASSERT_TRUE(Change(ann, bo, SetAdmin(true)).ok());
  ASSERT_TRUE(Change(bo, ann, SetAdmin(false)).ok());
  EXPECT_EQ(Change(ann, bo, SetAdmin(false)).status().code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(SetRegistration(ann, RegistrationMode::kClosed), StatusCode::kPermissionDenied);
  EXPECT_TRUE(Run(administration_.Require(bo)).ok());
}

TEST_F(AdministrationTest, ChangePerson_ToWhatIs_LeavesNoLine) {
  const UserId ann = RegisterAdmin("ann");
  const UserId bo = Register("bob").user.id;
  const std::size_t lines = Audit().size();
  EXPECT_TRUE(Change(ann, bo, {.disabled = false, .admin = false}).ok());
  EXPECT_EQ(Audit().size(), lines);
  EXPECT_EQ(Change(ann, UserId(), Disable(true)).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Change(ann, bo, {.disabled = true, .admin = true}).ok());
  EXPECT_EQ(Audit().size(), lines + 2);
}

TEST_F(AdministrationTest, SignOut_EndsEverySession) {
  const UserId ann = RegisterAdmin("ann");
  const SignedIn bo = Register("bob");
  const SignedIn phone = *Login("bob");
  const auto ended = Run(administration_.SignOut(ann, bo.user.id));
  ASSERT_TRUE(ended.ok());
  EXPECT_THAT(*ended, testing::UnorderedElementsAre(bo.session.id, phone.session.id));
  EXPECT_FALSE(IsAlive(bo.token));
  EXPECT_TRUE(Login("bob").ok());
  EXPECT_EQ(Run(administration_.SignOut(ann, UserId())).status().code(), StatusCode::kNotFound);
}

// -- The audit log --------------------------------------------------------------------------------

TEST_F(AdministrationTest, ListAudit_TellsWhoWhatAndWhen_InPages) {
  const UserId ann = RegisterAdmin("ann");
  clock_.Advance(1s);
  EXPECT_EQ(SetRegistration(ann, RegistrationMode::kClosed), StatusCode::kOk);
  const Result<AuditPage> page = Run(administration_.ListAudit(std::nullopt, 1));
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->items[0].admin->username, "ann");
  EXPECT_EQ(page->items[0].entry.at, clock_.Now());
  EXPECT_THAT(page->items[0].entry.detail,
              ElementsAre(AuditDetail{"from", "open"}, AuditDetail{"to", "closed"}));
  ASSERT_TRUE(page->next.has_value());
  const Result<AuditPage> rest = Run(administration_.ListAudit(page->next, 9));
  ASSERT_EQ(rest->items.size(), 1U);
  EXPECT_EQ(rest->items[0].entry.action, AuditAction::kAdminGrant);
  EXPECT_EQ(rest->next, std::nullopt);
}

TEST_F(AdministrationTest, DropOldAudit_KeepsSoManyDays) {
  RegisterAdmin("ann");
  clock_.Advance(24h * 10);
  EXPECT_TRUE(Run(administration_.DropOldAudit(std::chrono::days(10))).ok());
  EXPECT_EQ(Audit().size(), 1U);
  clock_.Advance(1ms);
  EXPECT_TRUE(Run(administration_.DropOldAudit(std::chrono::days(10))).ok());
  EXPECT_EQ(Audit().size(), 0U);
}

}  // namespace
}  // namespace parley::auth
