#include "storage/rocks/accounts.h"

#include <utility>

#include "storage/rocks/memory_first.h"

namespace parley::storage::rocks {

runtime::Task<Status> RocksAccountStore::CreateUser(User user, std::string password_hash) {
  return pool_.Run([this, user = std::move(user), hash = std::move(password_hash)] {
    return rows_.CreateUser(user, hash);
  });
}

runtime::Task<Result<User>> RocksAccountStore::FindUser(UserId user) {
  return MemoryFirst(&pool_, [this, user](Depth depth) { return rows_.FindUser(user, depth); });
}

runtime::Task<Result<std::vector<User>>> RocksAccountStore::FindUsers(std::vector<UserId> users) {
  const bool quick = users.size() <= kQuickRows;
  return MemoryFirstIf(quick, &pool_, [this, users = std::move(users)](Depth depth) {
    return rows_.FindUsers(users, depth);
  });
}

runtime::Task<Result<User>> RocksAccountStore::FindUserByName(std::string username) {
  return pool_.Run([this, name = std::move(username)] { return rows_.FindUserByName(name); });
}

runtime::Task<Result<User>> RocksAccountStore::UpdateUser(UserId user, UserPatch patch) {
  return pool_.Run(
      [this, user, patch = std::move(patch)] { return rows_.UpdateUser(user, patch); });
}

runtime::Task<Result<std::vector<User>>> RocksAccountStore::SearchUsers(std::string prefix,
                                                                        std::size_t limit,
                                                                        std::string after) {
  return pool_.Run([this, prefix = std::move(prefix), limit, after = std::move(after)] {
    return rows_.SearchUsers(prefix, limit, after);
  });
}

runtime::Task<Result<std::string>> RocksAccountStore::FindPasswordHash(UserId user) {
  return pool_.Run([this, user] { return rows_.FindPasswordHash(user); });
}

runtime::Task<Status> RocksAccountStore::SetPasswordHash(UserId user, std::string password_hash) {
  return pool_.Run(
      [this, user, hash = std::move(password_hash)] { return rows_.SetPasswordHash(user, hash); });
}

runtime::Task<Status> RocksAccountStore::CreateSession(Session session) {
  return pool_.Run([this, session = std::move(session)] { return rows_.CreateSession(session); });
}

runtime::Task<Result<Session>> RocksAccountStore::FindSession(TokenHash token_hash) {
  return MemoryFirst(
      &pool_, [this, token_hash](Depth depth) { return rows_.FindSession(token_hash, depth); });
}

runtime::Task<Result<std::vector<Session>>> RocksAccountStore::ListSessions(UserId user) {
  return pool_.Run([this, user] { return rows_.ListSessions(user); });
}

runtime::Task<Status> RocksAccountStore::DeleteSession(UserId user, SessionId session) {
  return pool_.Run([this, user, session] { return rows_.DeleteSession(user, session); });
}

runtime::Task<Status> RocksAccountStore::TouchSession(UserId user, SessionId session,
                                                      TimePoint at) {
  std::vector<RowMerge> uses;
  uses.push_back(SessionUse(user, session, at));
  return soft_writer_.Merge(std::move(uses));
}

}  // namespace parley::storage::rocks
