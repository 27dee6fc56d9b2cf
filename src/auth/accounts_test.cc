#include "auth/accounts.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/token.h"
#include "runtime/testing/run_task.h"
#include "storage/memory/fake_store.h"

namespace parley::auth {
namespace {

using runtime::Task;
using storage::memory::FakeAccounts;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr PasswordCost kCheap{.memory_kib = 8, .passes = 1};
constexpr char kPassword[] = "correct horse";

Registration Ann() {
  return {.username = "Ann",
          .password = kPassword,
          .display_name = std::nullopt,
          .email = std::nullopt,
          .invite = std::nullopt,
          .device_name = "laptop"};
}

class AccountServiceTest : public testing::Test {
 protected:
  AccountService Service(AccountPolicy policy) {
    return {store_.accounts(), hasher_, clock_, random_, policy, Limits()};
  }
  template <class T>
  T Run(Task<T> task) {
    return runtime::RunTask(shard_, std::move(task));
  }
  SignedIn Register(std::string username) {
    Registration registration = Ann();
    registration.username = std::move(username);
    Result<SignedIn> result = Run(accounts_.Register(std::move(registration)));
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return *std::move(result);
  }
  SignedIn Login(std::string password = kPassword) {
    Result<SignedIn> result = Run(accounts_.Login({"ann", std::move(password), "phone"}));
    EXPECT_TRUE(result.ok()) << result.status().ToString();
    return *std::move(result);
  }
  StatusCode Authenticate(const std::string& token) {
    return Run(accounts_.Authenticate(token)).status().code();
  }
  std::size_t CountSessions(UserId user) { return Run(accounts_.ListSessions(user))->size(); }

  runtime::Shard shard_;
  runtime::BlockingPool pool_{1, 16};
  storage::memory::FakeStore store_;
  FakeClock clock_;
  FakeRandom random_;
  PasswordHasher hasher_{kCheap, pool_};
  AccountService accounts_ = Service({});
};

TEST_F(AccountServiceTest, Register_SignsIn) {
  const SignedIn ann = Register("Ann");
  EXPECT_EQ(ann.user.username, "ann");
  EXPECT_EQ(ann.user.display_name, "Ann");
  EXPECT_FALSE(ann.user.admin);
  EXPECT_EQ(ann.session.device_name, "laptop");
  const Result<Caller> caller = Run(accounts_.Authenticate(ann.token));
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->user, ann.user.id);
  EXPECT_EQ(caller->session, ann.session.id);
  EXPECT_EQ(*Run(accounts_.GetUser(ann.user.id)), ann.user);
}

TEST_F(AccountServiceTest, Register_TakenInOtherCase_Conflict) {
  Register("Ann");
  Registration again = Ann();
  again.username = "aNN";
  EXPECT_EQ(Run(accounts_.Register(again)).status().code(), StatusCode::kConflict);
}

TEST_F(AccountServiceTest, Register_WrongForm_NamesTheField) {
  const auto field = [this](Registration registration) {
    const Status status = Run(accounts_.Register(std::move(registration))).status();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    return status.fields().empty() ? "" : status.fields()[0].field;
  };
  Registration name = Ann();
  name.username = "a";
  EXPECT_EQ(field(name), "username");
  Registration password = Ann();
  password.password = "1234567";
  EXPECT_EQ(field(password), "password");
  Registration display_name = Ann();
  display_name.display_name = "  ";
  EXPECT_EQ(field(display_name), "display_name");
  Registration email = Ann();
  email.email = "nowhere";
  EXPECT_EQ(field(email), "email");
  Registration device = Ann();
  device.device_name = "\n";
  EXPECT_EQ(field(device), "device_name");
}

TEST_F(AccountServiceTest, Register_NotOpen_PermissionDenied) {
  for (const RegistrationMode mode : {RegistrationMode::kInvitation, RegistrationMode::kClosed}) {
    AccountService accounts = Service({.registration = mode});
    EXPECT_EQ(Run(accounts.Register(Ann())).status().code(), StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(Run(accounts_.Login({"ann", kPassword, ""})).status().code(),
            StatusCode::kUnauthenticated);
}

TEST_F(AccountServiceTest, Login_EitherCase_MakesAnotherSession) {
  const SignedIn first = Register("ann");
  const SignedIn second = *Run(accounts_.Login({"ANN", kPassword, "phone"}));
  EXPECT_EQ(second.user, first.user);
  EXPECT_NE(second.session.id, first.session.id);
  EXPECT_NE(second.token, first.token);
  EXPECT_EQ(CountSessions(first.user.id), 2U);
}

TEST_F(AccountServiceTest, Login_WrongNameOrPassword_AnswerAlike) {
  Register("ann");
  const Status wrong_password = Run(accounts_.Login({"ann", "wrong horse", ""})).status();
  EXPECT_EQ(wrong_password.code(), StatusCode::kUnauthenticated);
  for (const char* name : {"bob", "no name at all", ""}) {
    EXPECT_EQ(Run(accounts_.Login({name, kPassword, ""})).status().ToString(),
              wrong_password.ToString());
  }
}

// What the hasher does with its time is its own test; here: that unknown names go through it.
TEST_F(AccountServiceTest, Login_UnknownName_CostsAHash) {
  pool_.Stop();
  for (const std::string& name : {std::string("bob"), std::string("no name at all"),
                                  std::string(10'000, 'x'), std::string()}) {
    EXPECT_EQ(Run(accounts_.Login({name, kPassword, ""})).status().code(),
              StatusCode::kUnavailable);
  }
}

TEST_F(AccountServiceTest, Login_HashOfAnotherCost_IsMadeAnew) {
  const UserId ann = Register("ann").user.id;
  const std::string before = *Run(store_.accounts().FindPasswordHash(ann));
  PasswordHasher dearer({.memory_kib = 16, .passes = 1}, pool_);
  AccountService accounts(store_.accounts(), dearer, clock_, random_, {}, Limits());
  ASSERT_TRUE(Run(accounts.Login({"ann", kPassword, ""})).ok());
  const std::string after = *Run(store_.accounts().FindPasswordHash(ann));
  EXPECT_NE(after, before);
  EXPECT_FALSE(dearer.NeedsRehash(after));
  EXPECT_TRUE(Run(accounts.Login({"ann", kPassword, ""})).ok());
  EXPECT_EQ(*Run(store_.accounts().FindPasswordHash(ann)), after);
}

/// Changes the password at the moment when a session is made.
class RacingAccounts : public FakeAccounts {
 public:
  using FakeAccounts::FakeAccounts;
  Task<Status> CreateSession(Session session) override {
    const UserId user = session.user;
    PARLEY_CO_TRY(co_await FakeAccounts::CreateSession(std::move(session)));
    if (!racing) co_return Status::Ok();
    co_return co_await SetPasswordHash(user, "another");
  }
  bool racing = false;
};

TEST_F(AccountServiceTest, Login_PasswordChangesMeanwhile_LeavesNoSession) {
  RacingAccounts store(store_.controls());
  AccountService accounts(store, hasher_, clock_, random_, {}, Limits());
  const SignedIn ann = *Run(accounts.Register(Ann()));
  store.racing = true;
  EXPECT_EQ(Run(accounts.Login({"ann", kPassword, ""})).status().code(),
            StatusCode::kUnauthenticated);
  EXPECT_THAT(*Run(store.ListSessions(ann.user.id)), ElementsAre(ann.session));
}

TEST_F(AccountServiceTest, Authenticate_NoTokenOfOurs_Unauthenticated) {
  Register("ann");
  NewToken stranger = MakeToken(TokenKind::kSession, random_);
  for (const std::string& token : {std::string(), std::string("pt_"), stranger.text}) {
    EXPECT_EQ(Authenticate(token), StatusCode::kUnauthenticated);
  }
}

TEST_F(AccountServiceTest, Authenticate_StoreFails_IsNotTakenForASignOut) {
  const SignedIn ann = Register("ann");
  store_.controls().FailReads(Unavailable("disk"));
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kUnavailable);
}

TEST_F(AccountServiceTest, Authenticate_LivesNinetyDaysFromTheLastUse) {
  const SignedIn ann = Register("ann");
  clock_.Advance(kSessionLifetime);
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kOk);
  clock_.Advance(kSessionLifetime);
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kOk);
  clock_.Advance(kSessionLifetime + std::chrono::milliseconds(1));
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kUnauthenticated);
  EXPECT_THAT(*Run(store_.accounts().ListSessions(ann.user.id)), IsEmpty());
}

TEST_F(AccountServiceTest, Authenticate_MovesLastUse_OncePerHour) {
  const SignedIn ann = Register("ann");
  const auto last_used = [&] {
    return Run(accounts_.ListSessions(ann.user.id))->at(0).last_used_at;
  };
  const TimePoint start = clock_.Now();
  clock_.Advance(kTouchInterval - std::chrono::milliseconds(1));
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kOk);
  EXPECT_EQ(last_used(), start);
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kOk);
  EXPECT_EQ(last_used(), start + kTouchInterval);
}

TEST_F(AccountServiceTest, ListSessions_OldestFirst_WithoutExpired) {
  const SignedIn first = Register("ann");
  clock_.Advance(std::chrono::hours(24 * 60));
  const SignedIn second = Login();
  EXPECT_THAT(*Run(accounts_.ListSessions(first.user.id)),
              ElementsAre(first.session, second.session));
  clock_.Advance(std::chrono::hours(24 * 60));
  EXPECT_THAT(*Run(accounts_.ListSessions(first.user.id)), ElementsAre(second.session));
  EXPECT_THAT(*Run(store_.accounts().ListSessions(first.user.id)), SizeIs(1));
}

TEST_F(AccountServiceTest, SignOut_EndsThatOne) {
  const SignedIn first = Register("ann");
  const SignedIn second = Login();
  EXPECT_THAT(*Run(accounts_.SignOut(first.user.id, second.session.id)),
              ElementsAre(second.session.id));
  EXPECT_EQ(Authenticate(second.token), StatusCode::kUnauthenticated);
  EXPECT_EQ(Authenticate(first.token), StatusCode::kOk);
  EXPECT_EQ(Run(accounts_.SignOut(first.user.id, second.session.id)).status().code(),
            StatusCode::kNotFound);
}

TEST_F(AccountServiceTest, SignOut_SessionOfAnother_NotFound) {
  const SignedIn ann = Register("ann");
  const SignedIn bob = Register("bob");
  EXPECT_EQ(Run(accounts_.SignOut(bob.user.id, ann.session.id)).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(Authenticate(ann.token), StatusCode::kOk);
}

TEST_F(AccountServiceTest, SignOutOthers_KeepsTheCurrent) {
  const SignedIn first = Register("ann");
  const SignedIn second = Login();
  const SignedIn third = Login();
  EXPECT_THAT(*Run(accounts_.SignOutOthers({first.user.id, second.session.id})),
              testing::UnorderedElementsAre(first.session.id, third.session.id));
  EXPECT_EQ(Authenticate(first.token), StatusCode::kUnauthenticated);
  EXPECT_EQ(Authenticate(second.token), StatusCode::kOk);
  EXPECT_EQ(Authenticate(third.token), StatusCode::kUnauthenticated);
}

TEST_F(AccountServiceTest, ChangePassword_SignsOutTheOthers) {
  const SignedIn first = Register("ann");
  const SignedIn second = Login();
  EXPECT_THAT(*Run(accounts_.ChangePassword({first.user.id, first.session.id}, kPassword,
                                            "battery staple")),
              ElementsAre(second.session.id));
  EXPECT_EQ(Authenticate(first.token), StatusCode::kOk);
  EXPECT_EQ(Authenticate(second.token), StatusCode::kUnauthenticated);
  EXPECT_EQ(Run(accounts_.Login({"ann", kPassword, ""})).status().code(),
            StatusCode::kUnauthenticated);
  Login("battery staple");
}

TEST_F(AccountServiceTest, ChangePassword_WrongOldOrBadNew_ChangesNothing) {
  const SignedIn ann = Register("ann");
  Login();
  const Caller caller{ann.user.id, ann.session.id};
  EXPECT_EQ(Run(accounts_.ChangePassword(caller, "wrong horse", "battery staple")).status().code(),
            StatusCode::kPermissionDenied);
  const Status bad_new = Run(accounts_.ChangePassword(caller, kPassword, "short")).status();
  EXPECT_EQ(bad_new.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(bad_new.fields()[0].field, "new");
  EXPECT_EQ(CountSessions(ann.user.id), 2U);
  Login();
}

TEST_F(AccountServiceTest, UpdateMe_DisplayName) {
  const SignedIn ann = Register("ann");
  EXPECT_EQ(Run(accounts_.UpdateMe(ann.user.id, {"Ann B"}))->display_name, "Ann B");
  EXPECT_EQ(Run(accounts_.UpdateMe(ann.user.id, {}))->display_name, "Ann B");
  EXPECT_EQ(Run(accounts_.UpdateMe(ann.user.id, {"\t"})).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(AccountServiceTest, GetUsers_ThoseThatExist_AtMostOneHundred) {
  const SignedIn ann = Register("ann");
  const SignedIn bob = Register("bob");
  const UserId nobody(Uuid::Version7(clock_.Now(), random_));
  EXPECT_THAT(*Run(accounts_.GetUsers({bob.user.id, nobody, ann.user.id})),
              ElementsAre(bob.user, ann.user));
  EXPECT_EQ(Run(accounts_.GetUser(nobody)).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Run(accounts_.GetUsers(std::vector<UserId>(100, nobody))).ok());
  EXPECT_EQ(Run(accounts_.GetUsers(std::vector<UserId>(101, nobody))).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(AccountServiceTest, Search_ExactNameComesFirst_HoweverManyItBegins) {
  for (int i = 0; i < 25; ++i) {
    Registration other;
    other.username = "aaa" + std::to_string(i);
    other.password = "correct horse";
    other.display_name = "Zoe the Other";
    ASSERT_TRUE(Run(accounts_.Register(std::move(other))).ok());
  }
  const User zoe = Register("zoe").user;
  const std::vector<User> found = *Run(accounts_.Search("zoe"));
  ASSERT_EQ(found.size(), kSearchMaxResults);
  EXPECT_EQ(found.front(), zoe);
}

TEST_F(AccountServiceTest, Search_AsThePolicyAllows) {
  const User anna = Register("anna").user;
  const User hannah = Register("hannah").user;
  EXPECT_THAT(*Run(accounts_.Search("AN")), ElementsAre(anna));
  EXPECT_EQ(Run(accounts_.Search("a")).status().fields()[0].field, "query");
  EXPECT_EQ(Run(accounts_.Search(std::string(101, 'a'))).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_THAT(*Run(accounts_.Search("\xC3\xA9\xC3\xA9")), IsEmpty());

  AccountService exact = Service({.search = SearchMode::kExact});
  EXPECT_THAT(*Run(exact.Search("Hannah")), ElementsAre(hannah));
  EXPECT_THAT(*Run(exact.Search("anna b")), IsEmpty());
  EXPECT_THAT(*Run(exact.Search("ann")), IsEmpty());
  EXPECT_FALSE(Run(exact.Search("a")).ok());

  AccountService off = Service({.search = SearchMode::kOff});
  EXPECT_THAT(*Run(off.Search("anna")), IsEmpty());
}

TEST_F(AccountServiceTest, NoteActive_MovesForward_SeldomButAtTheEnd) {
  const UserId ann = Register("ann").user.id;
  const auto note = [&](ActivityNote how) {
    EXPECT_TRUE(Run(accounts_.NoteActive(ann, how)).ok());
    return Run(accounts_.GetUser(ann))->last_active_at;
  };
  EXPECT_EQ(Run(accounts_.GetUser(ann))->last_active_at, std::nullopt);
  const TimePoint begin = clock_.Now();
  EXPECT_EQ(note(ActivityNote::kNow), begin);
  clock_.Advance(kActivityInterval - std::chrono::milliseconds(1));
  EXPECT_EQ(note(ActivityNote::kNow), begin);
  EXPECT_EQ(note(ActivityNote::kLast), clock_.Now());
  clock_.Advance(kActivityInterval);
  EXPECT_EQ(note(ActivityNote::kNow), clock_.Now());
}

TEST_F(AccountServiceTest, NoteActive_WhoComesAndGoesQuickly_CostsAWriteInTenSeconds) {
  const UserId ann = Register("ann").user.id;
  const auto leave = [&] {
    EXPECT_TRUE(Run(accounts_.NoteActive(ann, ActivityNote::kLast)).ok());
    return Run(accounts_.GetUser(ann))->last_active_at;
  };
  const TimePoint begin = clock_.Now();
  EXPECT_EQ(leave(), begin);
  clock_.Advance(kLastActivityInterval - std::chrono::milliseconds(1));
  EXPECT_EQ(leave(), begin);
  clock_.Advance(std::chrono::milliseconds(1));
  EXPECT_EQ(leave(), clock_.Now());
}

}  // namespace
}  // namespace parley::auth
