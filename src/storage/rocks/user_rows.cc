#include <algorithm>
#include <map>
#include <utility>

#include <rocksdb/write_batch.h>

#include "storage/rocks/account_writes.h"
#include "storage/rocks/accounts.h"
#include "storage/rocks/keys.h"
#include "storage/rocks/prefix_scan.h"
#include "storage/search_terms.h"
#include "wire/records.h"

// People, their names and passwords.
namespace parley::storage::rocks {
namespace {

/// A search looks at so many rows at most (some 10 ms); with more matches it finds the best of
/// these.
constexpr std::size_t kSearchRowsMax = 20'000;

Status NoSuchUser() { return NotFound("no such user"); }

}  // namespace

Status AccountRows::CreateUser(const User& user, std::string_view password_hash) {
  const std::lock_guard lock(mutex_);
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool taken, db_.Get(Family::kUsernames, user.username, value));
  if (taken) return Conflict("the username is taken");

  rocksdb::WriteBatch batch;
  PutNewUser(batch, db_, user, password_hash);
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

Result<User> AccountRows::FindUser(UserId user, Depth depth) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kUsers, user.view(), value, depth));
  if (!found) return NoSuchUser();
  return wire::ReadUserRecord(value.ToStringView(), user);
}

Result<std::vector<User>> AccountRows::FindUsers(const std::vector<UserId>& users,
                                                 Depth depth) const {
  std::vector<Key> keys;
  keys.reserve(users.size());
  for (const UserId& user : users) keys.push_back(Key().Add(user));
  PARLEY_ASSIGN(const Rows rows, db_.MultiGet(Family::kUsers, keys, depth));
  std::vector<User> found;
  found.reserve(users.size());
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (!rows.has(i)) continue;
    PARLEY_ASSIGN(User user, wire::ReadUserRecord(rows.bytes(i), users[i]));
    found.push_back(std::move(user));
  }
  return found;
}

Result<User> AccountRows::FindUserByName(std::string_view username) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kUsernames, username, value));
  if (!found) return NoSuchUser();
  if (value.size() != Uuid::kSize) return DataLoss("a stored username leads nowhere");
  return FindUser(IdAtEnd<UserId>(value.ToStringView()));
}

Result<User> AccountRows::UpdateUser(UserId id, const UserPatch& patch) {
  const std::lock_guard lock(mutex_);
  PARLEY_ASSIGN(const User before, FindUser(id));
  User after = before;
  if (patch.display_name) after.display_name = *patch.display_name;
  if (patch.avatar) after.avatar = patch.avatar;
  if (patch.admin) after.admin = *patch.admin;
  if (patch.last_active_at) after.last_active_at = patch.last_active_at;

  rocksdb::WriteBatch batch;
  PutUser(batch, db_, after);
  if (patch.display_name) ReplaceTerms(batch, db_, before, after);
  const Durability durability = patch.IsActivityAlone() ? Durability::kLogged : Durability::kSynced;
  PARLEY_TRY(ToStatus(db_.Write(batch, durability)));
  return after;
}

Result<std::vector<User>> AccountRows::SearchUsers(std::string_view prefix, std::size_t limit,
                                                   std::string_view after) const {
  if (prefix.empty()) return ListUsers(limit, after);
  std::map<std::string, UserId, std::less<>> best;  // the first `limit` usernames behind `after`
  std::size_t rows = 0;
  PrefixScan scan(db_, Family::kUserSearch, ToLowerAscii(prefix));
  for (scan.Seek(scan.prefix()); scan.Valid() && rows < kSearchRowsMax; scan.Next(), ++rows) {
    const bool full = best.size() >= limit;
    if (limit == 0 || scan.value() <= after) continue;
    if (full && scan.value() >= best.rbegin()->first) continue;
    const bool added =
        best.try_emplace(std::string(scan.value()), IdAtEnd<UserId>(scan.key())).second;
    if (added && full) best.erase(std::prev(best.end()));
  }
  PARLEY_TRY(scan.status());
  std::vector<UserId> users;
  users.reserve(best.size());
  for (const auto& [username, user] : best) users.push_back(user);
  return FindUsers(users);
}

Result<std::vector<User>> AccountRows::ListUsers(std::size_t limit, std::string_view after) const {
  std::vector<UserId> users;
  users.reserve(limit);
  PrefixScan scan(db_, Family::kUsernames, "");
  for (scan.Seek(after); scan.Valid() && users.size() < limit; scan.Next()) {
    if (scan.key() == after) continue;
    if (scan.value().size() != Uuid::kSize) return DataLoss("a stored username leads nowhere");
    users.push_back(IdAtEnd<UserId>(scan.value()));
  }
  PARLEY_TRY(scan.status());
  return FindUsers(users);
}

Result<std::string> AccountRows::FindPasswordHash(UserId user) const {
  rocksdb::PinnableSlice value;
  PARLEY_ASSIGN(const bool found, db_.Get(Family::kPasswords, user.view(), value));
  if (!found) return NoSuchUser();
  return value.ToString();
}

Status AccountRows::SetPasswordHash(UserId user, std::string_view password_hash) {
  const std::lock_guard lock(mutex_);
  PARLEY_TRY(FindPasswordHash(user).status());
  rocksdb::WriteBatch batch;
  PutPasswordHash(batch, db_, user, password_hash);
  return ToStatus(db_.Write(batch, Durability::kSynced));
}

}  // namespace parley::storage::rocks
