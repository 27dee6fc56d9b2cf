#include "storage/cassandra/accounts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "storage/search_terms.h"

namespace parley::storage::cassandra {
namespace {

void Apply(const UserPatch& patch, User& user) {
  if (patch.display_name) user.display_name = *patch.display_name;
  if (patch.avatar) user.avatar = patch.avatar;
  if (patch.admin) user.admin = *patch.admin;
}

}  // namespace

// -- People ---------------------------------------------------------------------------------------

runtime::Task<Status> CassandraAccounts::CreateUser(User user, std::string password_hash) {
  return names_.Create(std::move(user), std::move(password_hash));
}

runtime::Task<Result<User>> CassandraAccounts::FindUser(UserId user) { return users_.Find(user); }

runtime::Task<Result<std::vector<User>>> CassandraAccounts::FindUsers(std::vector<UserId> users) {
  return users_.FindMany(std::move(users));
}

runtime::Task<Result<User>> CassandraAccounts::FindUserByName(std::string username) {
  return names_.Find(std::move(username));
}

runtime::Task<Result<std::vector<User>>> CassandraAccounts::SearchUsers(std::string prefix,
                                                                        std::size_t limit,
                                                                        std::string after) {
  return search_.Search(std::move(prefix), limit, std::move(after));
}

runtime::Task<Result<User>> CassandraAccounts::WriteProfile(User before, std::int64_t last,
                                                            UserPatch patch) {
  if (patch.display_name) {
    User renamed = before;
    Apply(patch, renamed);
    PARLEY_CO_TRY(co_await search_.Insert(renamed, SearchTerms(renamed), last + 1));
  }
  std::optional<User> replaced;
  PARLEY_CO_ASSIGN(const UserRow row,
                   co_await users_.Change(before.id, UserPart::kPerson,
                                          [&patch, &replaced](UserRow& row) -> Result<bool> {
                                            if (!row.user) return NoSuchUser();
                                            replaced = row.user;
                                            Apply(patch, *row.user);
                                            return true;
                                          }));
  if (!row.user) co_return NoSuchUser();
  const std::int64_t version = row.version.number;
  const User& user = *row.user;
  if (patch.display_name && replaced) {
    const std::set<std::string> terms = SearchTerms(user);
    // Another change came between: what it deleted must not win over these.
    if (version != last + 1) {
      PARLEY_CO_TRY(co_await search_.Insert(user, terms, version));
    }
    std::set<std::string> gone = SearchTerms(*replaced);
    for (const std::string& term : terms) gone.erase(term);
    IgnoreStatus(co_await search_.Erase(user.id, std::move(gone), version),
                 "whoever searches compares with the person");
  }
  co_return user;
}

runtime::Task<Result<User>> CassandraAccounts::UpdateUser(UserId id, UserPatch patch) {
  PARLEY_CO_ASSIGN(const UserRow row, co_await users_.Read(id, UserPart::kPerson));
  if (!row.user) co_return NoSuchUser();
  User user = *row.user;
  if (patch.admin == false && user.admin) {
    // Rights are taken away by steps alone (AdminJournal).
    AdminStep step;
    step.user = id;
    step.admin = false;
    PARLEY_CO_ASSIGN(AccountChanged changed,
                     co_await journal_.Run(std::move(step), Entitled::kAnyone));
    user = std::move(changed.user);
  }
  if (patch.admin == false) patch.admin.reset();
  if (patch.display_name || patch.avatar || patch.admin) {
    PARLEY_CO_ASSIGN(user, co_await WriteProfile(std::move(user), row.version.number, patch));
  }
  if (patch.last_active_at) {
    PARLEY_CO_TRY(co_await users_.SetActive(id, *patch.last_active_at));
    user.last_active_at =
        std::max(user.last_active_at.value_or(*patch.last_active_at), *patch.last_active_at);
  }
  co_return std::move(user);
}

// -- Passwords ------------------------------------------------------------------------------------

runtime::Task<Result<std::string>> CassandraAccounts::FindPasswordHash(UserId user) {
  PARLEY_CO_ASSIGN(UserRow row, co_await users_.Read(user, UserPart::kPerson));
  if (!row.user) co_return NoSuchUser();
  co_return std::move(row.password_hash);
}

runtime::Task<Status> CassandraAccounts::SetPasswordHash(UserId user, std::string password_hash) {
  const Result<UserRow> changed = co_await users_.Change(
      user, UserPart::kPerson, [hash = std::move(password_hash)](UserRow& row) -> Result<bool> {
        if (!row.user) return NoSuchUser();
        row.password_hash = hash;
        return true;
      });
  co_return changed.status();
}

// -- Sessions -------------------------------------------------------------------------------------

runtime::Task<Status> CassandraAccounts::CreateSession(parley::Session session) {
  return sessions_.Create(std::move(session));
}

runtime::Task<Result<parley::Session>> CassandraAccounts::FindSession(TokenHash token_hash) {
  return sessions_.Find(token_hash);
}

runtime::Task<Result<std::vector<parley::Session>>> CassandraAccounts::ListSessions(UserId user) {
  return sessions_.List(user);
}

runtime::Task<Status> CassandraAccounts::DeleteSession(UserId user, SessionId session) {
  return sessions_.Delete(user, session);
}

runtime::Task<Status> CassandraAccounts::TouchSession(UserId user, SessionId session,
                                                      TimePoint at) {
  return sessions_.Touch(user, session, at);
}

}  // namespace parley::storage::cassandra
