#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/account_store.h"
#include "storage/cassandra/account_statements.h"
#include "storage/cassandra/admin_journal.h"
#include "storage/cassandra/search_rows.h"
#include "storage/cassandra/session_rows.h"
#include "storage/cassandra/user_names.h"
#include "storage/cassandra/user_rows.h"

namespace parley::storage::cassandra {

/// AccountStore on Cassandra. docs/storage.md has the rows.
class CassandraAccounts : public AccountStore {
 public:
  CassandraAccounts(UserRows& users, UserNames& names, SearchRows& search, SessionRows& sessions,
                    AdminJournal& journal)
      : users_(users), names_(names), search_(search), sessions_(sessions), journal_(journal) {}

  runtime::Task<Status> CreateUser(User user, std::string password_hash) override;
  runtime::Task<Result<User>> FindUser(UserId user) override;
  runtime::Task<Result<std::vector<User>>> FindUsers(std::vector<UserId> users) override;
  runtime::Task<Result<User>> FindUserByName(std::string username) override;
  runtime::Task<Result<User>> UpdateUser(UserId user, UserPatch patch) override;
  runtime::Task<Result<std::vector<User>>> SearchUsers(std::string prefix, std::size_t limit,
                                                       std::string after) override;
  runtime::Task<Result<std::string>> FindPasswordHash(UserId user) override;
  runtime::Task<Status> SetPasswordHash(UserId user, std::string password_hash) override;
  runtime::Task<Status> CreateSession(parley::Session session) override;
  runtime::Task<Result<parley::Session>> FindSession(TokenHash token_hash) override;
  runtime::Task<Result<std::vector<parley::Session>>> ListSessions(UserId user) override;
  runtime::Task<Status> DeleteSession(UserId user, SessionId session) override;
  runtime::Task<Status> TouchSession(UserId user, SessionId session, TimePoint at) override;

 private:
  /// `before` is how the person was a moment ago, in the version `last`.
  runtime::Task<Result<User>> WriteProfile(User before, std::int64_t last, UserPatch patch);

  UserRows& users_;
  UserNames& names_;
  SearchRows& search_;
  SessionRows& sessions_;
  AdminJournal& journal_;
};

}  // namespace parley::storage::cassandra
