#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/testing/people.h"
#include "storage/testing/store_contract.h"

namespace parley::storage {

void LinkAccountContract() {}

namespace {

using namespace std::chrono_literals;

UserPatch Renamed(std::string display_name) {
  UserPatch patch;
  patch.display_name = std::move(display_name);
  return patch;
}

UserPatch Admin(bool admin) {
  UserPatch patch;
  patch.admin = admin;
  return patch;
}

TEST_P(AccountContract, CreateUser_IsFoundInEveryWay) {
  User user = NewUser();
  user.email = "anna@example.org";
  user.avatar = NewId<MediaId>();
  user.admin = true;
  user.last_active_at = kNow + 5s;
  EXPECT_EQ(Run(accounts().FindUser(user.id)).status().code(), StatusCode::kNotFound);
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  EXPECT_EQ(*Run(accounts().FindUser(user.id)), user);
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
  EXPECT_EQ(*Run(accounts().FindUsers({user.id})), std::vector{user});
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "hash");
}

TEST_P(AccountContract, CreateUser_TakenName_ConflictsAndChangesNothing) {
  const User user = NewUser();
  const User other = NewUser(user.username);
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  EXPECT_EQ(Run(accounts().CreateUser(other, "other")).code(), StatusCode::kConflict);
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
  EXPECT_EQ(Run(accounts().FindUser(other.id)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "hash");
}

TEST_P(AccountContract, CreateUser_SameNameAtOnce_OneWins) {
  const std::string name = NewName();
  EXPECT_EQ(CountOk([&] { return accounts().CreateUser(NewUser(name), "hash"); }), 1);
  EXPECT_TRUE(Run(accounts().FindUserByName(name)).ok());
}

TEST_P(AccountContract, UnknownUser_IsNotFound) {
  const UserId nobody = NewId<UserId>();
  EXPECT_EQ(Run(accounts().FindUser(nobody)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Run(accounts().FindUserByName(NewName())).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Run(accounts().UpdateUser(nobody, Renamed("x"))).status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(Run(accounts().FindPasswordHash(nobody)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Run(accounts().SetPasswordHash(nobody, "x")).code(), StatusCode::kNotFound);
  EXPECT_EQ(Run(accounts().FindUser(nobody)).status().code(), StatusCode::kNotFound);
}

TEST_P(AccountContract, FindUsers_AnswersThoseThatExist_InTheOrderAskedFor) {
  std::vector<User> users;
  for (int i = 0; i < 4; ++i) {
    users.push_back(NewUser());
    ASSERT_TRUE(Run(accounts().CreateUser(users.back(), "hash")).ok());
  }
  (void)Run(accounts().FindUser(users[1].id));  // a cache has one of them
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(*Run(accounts().FindUsers(
                  {users[2].id, users[1].id, NewId<UserId>(), users[3].id, users[0].id})),
              (std::vector{users[2], users[1], users[3], users[0]}));
  }
  EXPECT_TRUE(Run(accounts().FindUsers({}))->empty());
}

TEST_P(AccountContract, UpdateUser_ChangesWhatIsGiven_AndIsSeenAtOnce) {
  User user = NewUser();
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  const auto update = [&](UserPatch patch) {
    EXPECT_EQ(*Run(accounts().UpdateUser(user.id, patch)), user);
    EXPECT_EQ(*Run(accounts().FindUser(user.id)), user);
    EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
    EXPECT_EQ(*Run(accounts().FindUsers({user.id})), std::vector{user});
  };
  user.display_name = "Anna B.";
  update(Renamed(user.display_name));
  user.avatar = NewId<MediaId>();
  UserPatch patch;
  patch.avatar = user.avatar;
  update(patch);
  user.admin = true;
  update(Admin(true));
  user.last_active_at = kNow + 60s;
  patch = {};
  patch.last_active_at = user.last_active_at;
  update(patch);
  update({});
  user.display_name = "Both";
  user.admin = false;
  patch = Renamed("Both");
  patch.admin = false;
  update(patch);
}

TEST_P(AccountContract, UpdateUser_AtOnce_LosesNoField) {
  const User user = NewUser();
  ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  std::thread thread([&] {
    runtime::Shard shard;
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(runtime::RunTask(shard, accounts().UpdateUser(user.id, Admin(true))).ok());
    }
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(Run(accounts().UpdateUser(user.id, Renamed(std::to_string(i)))).ok());
  }
  thread.join();
  EXPECT_EQ(Run(accounts().FindUser(user.id))->display_name, "19");
  EXPECT_TRUE(Run(accounts().FindUser(user.id))->admin);
}

TEST_P(AccountContract, SearchUsers_ByPrefixOfNameOrAnyWord) {
  const std::string tag = NewName("q");
  std::vector<User> users{NewUser(NewName("c")), NewUser(NewName("a")), NewUser(tag + "x"),
                          NewUser(NewName("b"))};
  std::string upper = tag;
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  users[0].display_name = upper + " First";
  users[1].display_name = "Second " + tag + "y";
  users[3].display_name = "No" + tag;  // inside a word
  for (const User& user : users) ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());

  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 10, "")), (std::vector{users[1], users[0], users[2]}));
  EXPECT_EQ(*Run(accounts().SearchUsers(upper, 10, "")),
            (std::vector{users[1], users[0], users[2]}));
  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 2, "")), (std::vector{users[1], users[0]}));
  EXPECT_EQ(*Run(accounts().SearchUsers(tag + "x", 10, "")), std::vector{users[2]});
  EXPECT_TRUE(Run(accounts().SearchUsers(tag + "z", 10, ""))->empty());

  const std::string second = users[0].username;
  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 10, second)), std::vector{users[2]});
  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 1, users[1].username)), std::vector{users[0]});

  ASSERT_TRUE(Run(accounts().UpdateUser(users[1].id, Renamed("Anna C."))).ok());
  EXPECT_EQ(*Run(accounts().SearchUsers(tag, 10, "")), (std::vector{users[0], users[2]}));
}

TEST_P(AccountContract, SearchUsers_WithoutPrefix_WalksEverybodyByName) {
  std::set<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const User user = NewUser();
    names.insert(user.username);
    ASSERT_TRUE(Run(accounts().CreateUser(user, "hash")).ok());
  }
  std::set<std::string> found;
  std::string after;
  for (;;) {
    const std::vector<User> page = *Run(accounts().SearchUsers("", 2, after));
    if (page.empty()) break;
    ASSERT_LE(page.size(), 2U);
    for (const User& user : page) {
      ASSERT_GT(user.username, after);
      after = user.username;
      found.insert(user.username);
    }
  }
  EXPECT_TRUE(std::ranges::includes(found, names));
}

TEST_P(AccountContract, SetPasswordHash_Replaces) {
  const User user = NewUser();
  ASSERT_TRUE(Run(accounts().CreateUser(user, "old")).ok());
  ASSERT_TRUE(Run(accounts().SetPasswordHash(user.id, "new")).ok());
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "new");
}

// -- Sessions -------------------------------------------------------------------------------------

TEST_P(AccountContract, Sessions_AreFoundByToken_AndListedOldestFirst) {
  const UserId user = NewId<UserId>();
  const Session second = NewSession(user, kNow + 1s);
  const Session first = NewSession(user, kNow);
  const Session others = NewSession(NewId<UserId>());
  for (const Session& session : {second, first, others}) {
    EXPECT_EQ(Run(accounts().FindSession(session.token_hash)).status().code(),
              StatusCode::kNotFound);
    ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
    EXPECT_EQ(*Run(accounts().FindSession(session.token_hash)), session);
  }
  EXPECT_EQ(*Run(accounts().ListSessions(user)), (std::vector{first, second}));
  EXPECT_TRUE(Run(accounts().ListSessions(NewId<UserId>()))->empty());
}

TEST_P(AccountContract, DeleteSession_IsGoneAtOnce) {
  const UserId user = NewId<UserId>();
  const Session session = NewSession(user);
  const Session other = NewSession(user, kNow + 1s);
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  ASSERT_TRUE(Run(accounts().CreateSession(other)).ok());
  ASSERT_TRUE(Run(accounts().FindSession(session.token_hash)).ok());
  EXPECT_EQ(Run(accounts().DeleteSession(NewId<UserId>(), session.id)).code(),
            StatusCode::kNotFound);
  EXPECT_TRUE(Run(accounts().FindSession(session.token_hash)).ok());
  ASSERT_TRUE(Run(accounts().DeleteSession(user, session.id)).ok());
  EXPECT_EQ(Run(accounts().FindSession(session.token_hash)).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(*Run(accounts().ListSessions(user)), std::vector{other});
  EXPECT_EQ(Run(accounts().DeleteSession(user, session.id)).code(), StatusCode::kNotFound);
}

TEST_P(AccountContract, TouchSession_OnlyMovesForward) {
  const UserId user = NewId<UserId>();
  const Session session = NewSession(user);
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  const auto last_used = [&] {
    const TimePoint at = Run(accounts().FindSession(session.token_hash))->last_used_at;
    EXPECT_EQ(Run(accounts().ListSessions(user))->front().last_used_at, at);
    return at;
  };
  EXPECT_EQ(last_used(), kNow);
  ASSERT_TRUE(Run(accounts().TouchSession(user, session.id, kNow + 9s)).ok());
  EXPECT_EQ(last_used(), kNow + 9s);
  ASSERT_TRUE(Run(accounts().TouchSession(user, session.id, kNow + 5s)).ok());
  EXPECT_EQ(last_used(), kNow + 9s);
}

TEST_P(AccountContract, TouchSession_Gone_IsNotBroughtBack) {
  const UserId user = NewId<UserId>();
  const Session session = NewSession(user);
  ASSERT_TRUE(Run(accounts().CreateSession(session)).ok());
  ASSERT_TRUE(Run(accounts().DeleteSession(user, session.id)).ok());
  EXPECT_TRUE(Run(accounts().TouchSession(user, session.id, kNow + 9s)).ok());
  EXPECT_EQ(Run(accounts().FindSession(session.token_hash)).status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(Run(accounts().ListSessions(user))->empty());
}

TEST_P(AccountContract, Reopen_KeepsAccounts) {
  if (!traits().persistent) GTEST_SKIP() << "keeps nothing";
  User user = NewUser();
  ASSERT_TRUE(Run(accounts().CreateUser(user, "old")).ok());
  UserPatch patch = Renamed("Anna D.");
  patch.admin = true;
  user = *Run(accounts().UpdateUser(user.id, patch));
  ASSERT_TRUE(Run(accounts().SetPasswordHash(user.id, "new")).ok());
  const Session kept = NewSession(user.id);
  const Session deleted = NewSession(user.id);
  ASSERT_TRUE(Run(accounts().CreateSession(kept)).ok());
  ASSERT_TRUE(Run(accounts().CreateSession(deleted)).ok());
  ASSERT_TRUE(Run(accounts().DeleteSession(user.id, deleted.id)).ok());

  Reopen();
  EXPECT_EQ(*Run(accounts().FindUser(user.id)), user);
  EXPECT_EQ(*Run(accounts().FindUserByName(user.username)), user);
  EXPECT_EQ(Run(accounts().CreateUser(NewUser(user.username), "x")).code(), StatusCode::kConflict);
  EXPECT_EQ(*Run(accounts().FindPasswordHash(user.id)), "new");
  EXPECT_EQ(*Run(accounts().ListSessions(user.id)), std::vector{kept});
  EXPECT_FALSE(Run(accounts().FindSession(deleted.token_hash)).ok());
}

}  // namespace
}  // namespace parley::storage
